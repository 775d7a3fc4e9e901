package org.saddlemap.spec;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** LIBSVM's sparse text. */
public record LibsvmSource(String path) implements DataSource {
  static final SourceFormat FORMAT =
      new SourceFormat(
          "libsvm", List.of(), (value, data) -> new LibsvmSource(SourceFormat.path(value)));

  @Override
  public Map<String, String> written() {
    return Map.of("libsvm", EffectiveSpec.quoted(path));
  }

  @Override
  public DataSource at(UnaryOperator<String> place) {
    return new LibsvmSource(place.apply(path));
  }
}

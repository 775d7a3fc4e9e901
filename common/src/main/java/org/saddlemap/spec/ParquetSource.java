package org.saddlemap.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Parquet with numeric columns, one of them the label. */
public record ParquetSource(String path, String label) implements DataSource {
  static final SourceFormat FORMAT =
      new SourceFormat(
          "parquet",
          List.of("label"),
          (value, data) -> new ParquetSource(SourceFormat.path(value), SourceFormat.label(data)));

  @Override
  public Map<String, String> written() {
    Map<String, String> m = new LinkedHashMap<>();
    m.put("parquet", EffectiveSpec.quoted(path));
    m.put("label", EffectiveSpec.scalar(label));
    return m;
  }

  @Override
  public DataSource at(UnaryOperator<String> place) {
    return new ParquetSource(place.apply(path), label);
  }
}

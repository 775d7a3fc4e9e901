package org.saddlemap.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** MNIST's own format, gzipped or not; pixels become value/255. */
public record IdxSource(String images, String labels) implements DataSource {
  static final SourceFormat FORMAT =
      new SourceFormat("idx", List.of(), (value, data) -> read(value));

  @Override
  public Map<String, String> written() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("images", EffectiveSpec.quoted(images));
    files.put("labels", EffectiveSpec.quoted(labels));
    return Map.of("idx", EffectiveSpec.flow(files));
  }

  @Override
  public DataSource at(UnaryOperator<String> place) {
    return new IdxSource(place.apply(images), place.apply(labels));
  }

  private static IdxSource read(Value value) {
    Section files =
        value.section(List.of("images", "labels"), "a mapping {images: FILE, labels: FILE}");
    return new IdxSource(
        SourceFormat.path(files.require("images", "images: train-images-idx3-ubyte.gz")),
        SourceFormat.path(files.require("labels", "labels: train-labels-idx1-ubyte.gz")));
  }
}

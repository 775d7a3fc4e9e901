package org.saddlemap.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A mapping of a document whose keys are all known, in the order written. */
final class Section {
  private final Value value;
  private final Map<String, Value> entries;

  private Section(Value value, Map<String, Value> entries) {
    this.value = value;
    this.entries = entries;
  }

  static Section of(
      Value value, MappingNode mapping, List<String> known, Map<String, String> elsewhere) {
    Map<String, Value> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Value keyValue = new Value(value.document(), value.path(), tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
        throw keyValue.error("has a key that is a list or a mapping; keys are plain words");
      }
      String key = scalar.getValue();
      String path = value.path().isEmpty() ? key : value.path() + "." + key;
      Value at = new Value(value.document(), Value.shown(path), tuple.getKeyNode());
      if (elsewhere.containsKey(key)) {
        throw at.error("belongs into the section '%s'".formatted(elsewhere.get(key)));
      }
      if (!known.contains(key)) {
        boolean cut =
            key.chars().filter(c -> c == ')').count() > key.chars().filter(c -> c == '(').count();
        if (cut) { // YAML ends a value at the comma
          throw at.error(
              "is not known; within { } a value that contains a comma needs quotes: \"blocks(2, 0.5)\"");
        }
        throw at.error(
            "is not known; "
                + Spelling.nearest(key, known)
                    .map("did you mean '%s'?"::formatted)
                    .orElse("known here: " + String.join(", ", known)));
      }
      Value before = entries.put(key, new Value(value.document(), path, tuple.getValueNode()));
      if (before != null) {
        throw at.error(
            "stands twice, first with the value in line %d; keep one".formatted(before.line()));
      }
    }
    return new Section(value, entries);
  }

  /** The mapping itself, for errors that concern it as a whole. */
  Value value() {
    return value;
  }

  Map<String, Value> entries() {
    return entries;
  }

  boolean has(String key) {
    return entries.containsKey(key);
  }

  Optional<Value> find(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  /**
   * @param example how it could be written, for the message
   */
  Value require(String key, String example) {
    return find(key)
        .orElseThrow(() -> value.error("needs the key '%s', such as %s".formatted(key, example)));
  }

  double positive(String key, double fallback) {
    return find(key).map(v -> v.number(0, false, Double.MAX_VALUE)).orElse(fallback);
  }

  long integer(String key, long min, long max, long fallback) {
    return find(key).map(v -> v.integer(min, max)).orElse(fallback);
  }

  boolean flag(String key, boolean fallback) {
    return find(key).map(Value::flag).orElse(fallback);
  }

  <E extends Enum<E>> E word(String key, Class<E> type, E fallback) {
    return find(key).map(v -> v.word(type)).orElse(fallback);
  }
}

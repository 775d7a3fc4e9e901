package org.saddlemap.spec;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value of a document with the path of keys that leads to it. Scalars are read by what is asked
 * of them, quoted or not.
 */
record Value(Document document, String path, Node node) {
  private static final Set<Tag> TAGS =
      Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.MAP, Tag.SEQ);
  private static final int MAX_LENGTH = 4096;
  private static final int SHOWN = 60;

  InvalidInput error(String message) {
    return document.error(node, path, flat(message)); // The message may quote what was written.
  }

  /** Line of the document, from 1. */
  int line() {
    return node.getStartMark().map(m -> m.getLine() + 1).orElse(0);
  }

  boolean isScalar() {
    return node instanceof ScalarNode && !isNull();
  }

  boolean isMapping() {
    return node instanceof MappingNode;
  }

  boolean isList() {
    return node instanceof SequenceNode;
  }

  private boolean isNull() {
    return node instanceof ScalarNode scalar
        && scalar.isPlain()
        && Set.of("", "~", "null", "Null", "NULL").contains(scalar.getValue());
  }

  /**
   * A scalar's text.
   *
   * @param expected what would be right, for the message
   */
  String text(String expected) {
    requireKnownTag();
    if (!isScalar()) {
      throw error("is %s; needs %s".formatted(kind(), expected));
    }
    String text = ((ScalarNode) node).getValue();
    if (text.length() > MAX_LENGTH) {
      throw error("is a text of %d characters; needs %s".formatted(text.length(), expected));
    }
    return text;
  }

  double number(double min, boolean included, double max) {
    String expected =
        "a number %s %s%s"
            .formatted(
                included ? ">=" : ">",
                shown(min),
                max == Double.MAX_VALUE ? "" : " and < " + shown(max));
    String text = text(expected);
    double value;
    try {
      value = new BigDecimal(text.strip()).doubleValue() + 0.0; // no −0
    } catch (NumberFormatException e) {
      throw error("'%s' is not a number; needs %s".formatted(shown(text), expected));
    }
    boolean inside =
        (included ? value >= min : value > min)
            && (max == Double.MAX_VALUE ? value <= max : value < max);
    if (!inside) {
      throw error("%s is out of range; needs %s".formatted(shown(text), expected));
    }
    return value;
  }

  /** Any finite number. */
  double number() {
    return number(-Double.MAX_VALUE, true, Double.MAX_VALUE);
  }

  long integer(long min, long max) {
    String expected =
        min == Long.MIN_VALUE && max == Long.MAX_VALUE
            ? "a whole number of 64 bits"
            : max == Long.MAX_VALUE
                ? "a whole number >= " + min
                : "a whole number from %d to %d".formatted(min, max);
    String text = text(expected);
    long value;
    try {
      // 4e3 and 4000.0 are whole numbers too.
      value = new BigDecimal(text.strip()).longValueExact();
    } catch (NumberFormatException | ArithmeticException e) {
      throw error("'%s' is not a whole number; needs %s".formatted(shown(text), expected));
    }
    if (value < min || value > max) {
      throw error("%d is out of range; needs %s".formatted(value, expected));
    }
    return value;
  }

  boolean flag() {
    String expected = "true or false";
    String text = text(expected);
    if (!text.equals("true") && !text.equals("false")) {
      throw error("'%s' is neither; needs %s".formatted(shown(text), expected));
    }
    return text.equals("true");
  }

  <E extends Enum<E>> E word(Class<E> type) {
    List<String> words =
        Arrays.stream(type.getEnumConstants()).map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
    String expected = "one of " + String.join(", ", words);
    String text = text(expected);
    int index = words.indexOf(text);
    if (index < 0) {
      throw error(
          "'%s' is not known; %s"
              .formatted(
                  shown(text),
                  Spelling.nearest(text, words)
                      .map(w -> "did you mean '%s'? (%s)".formatted(w, expected))
                      .orElse("needs " + expected)));
    }
    return type.getEnumConstants()[index];
  }

  /** The value of a key, where this is a mapping that has it; looks at nothing else. */
  Optional<Value> find(String key) {
    return node instanceof MappingNode mapping
        ? mapping.getValue().stream()
            .filter(t -> t.getKeyNode() instanceof ScalarNode k && k.getValue().equals(key))
            .map(
                t -> new Value(document, path.isEmpty() ? key : path + "." + key, t.getValueNode()))
            .findFirst()
        : Optional.empty();
  }

  /** The elements of a list, with their positions from 0 in their paths. */
  List<Value> list(String expected) {
    requireKnownTag();
    if (!(node instanceof SequenceNode sequence)) {
      throw error("is %s; needs %s".formatted(kind(), expected));
    }
    List<Value> elements = new ArrayList<>();
    for (Node element : sequence.getValue()) {
      elements.add(new Value(document, "%s[%d]".formatted(path, elements.size()), element));
    }
    return elements;
  }

  /** A mapping with some of the known keys, each at most once. */
  Section section(List<String> known, String expected) {
    return section(known, Map.of(), expected);
  }

  /**
   * A mapping with some of the known keys, each at most once.
   *
   * @param elsewhere keys that belong to other sections, and which
   */
  Section section(List<String> known, Map<String, String> elsewhere, String expected) {
    requireKnownTag();
    if (!(node instanceof MappingNode mapping)) {
      throw error("is %s; needs %s".formatted(kind(), expected));
    }
    return Section.of(this, mapping, known, elsewhere);
  }

  private void requireKnownTag() {
    if (!TAGS.contains(node.getTag())) {
      throw error(
          "has the tag '%s'; tags have no meaning here".formatted(node.getTag().getValue()));
    }
  }

  /** What it is, in words. */
  private String kind() {
    return isNull()
        ? "empty"
        : isScalar()
            ? "the value '%s'".formatted(shown(((ScalarNode) node).getValue()))
            : isList() ? "a list" : "a mapping";
  }

  /** Short enough for a message, and on one line. */
  static String shown(String text) {
    String flat = flat(text);
    return flat.length() <= SHOWN ? flat : flat.substring(0, SHOWN) + "…";
  }

  private static String flat(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  private static String shown(double bound) {
    return org.saddlemap.space.Hyperparameter.text(bound);
  }
}

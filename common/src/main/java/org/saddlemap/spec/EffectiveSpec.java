package org.saddlemap.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.saddlemap.space.Axis;
import org.saddlemap.space.Condition;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Space;

/**
 * The canonical YAML of a spec that was read: every default filled in, the same text however its
 * file was laid out. {@link SpecReader} reads it back as an equal plan.
 */
public final class EffectiveSpec {
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.()+-]*|-[0-9][0-9.E+-]*");

  private final StringBuilder out = new StringBuilder();

  private EffectiveSpec() {}

  /**
   * What of a spec says which trials a sweep has and what comes out of each, and nothing else: no
   * name, no limits, no place of the data, nothing that stands at its default. Two specs with equal
   * text number the same trials alike, and so are one sweep where their data are the same.
   */
  public static String identity(SweepSpec spec) {
    EffectiveSpec identity = new EffectiveSpec();
    Space space = spec.space();
    for (Hyperparameter h : Hyperparameter.values()) {
      Object value = space.fixed().get(h);
      if (value != null
          && !space.values(h).isEmpty()
          && !h.defaultText().equals(Optional.of(Hyperparameter.text(value)))) {
        identity.line(h.key(), value(value));
      }
    }
    space.axes().forEach(a -> identity.line(a.hyperparameter().key(), list(a.values())));
    space.excluded().forEach(c -> identity.line("exclude", condition(c)));
    identity.line("replicates", Integer.toString(spec.replicates()));
    identity.line("seed", Long.toString(spec.seed()));
    identity.line("examine", spec.examination().canonical());
    return identity.out.toString();
  }

  /** The canonical text. */
  public static String yaml(SweepSpec spec) {
    EffectiveSpec effective = new EffectiveSpec();
    effective.write(spec);
    return effective.out.toString();
  }

  /** The section {@code data} alone, as it stands in a spec. */
  public static String yaml(DataSpec data) {
    EffectiveSpec effective = new EffectiveSpec();
    effective.block("data", data(data));
    return effective.out.toString();
  }

  private void write(SweepSpec spec) {
    line("name", scalar(spec.name()));
    block("data", data(spec.data()));
    Space space = spec.space();
    for (Hyperparameter.Section section : Hyperparameter.Section.values()) {
      block(word(section), fixed(space, section));
    }
    Map<String, String> grid = new LinkedHashMap<>();
    space.axes().forEach(a -> grid.put(a.hyperparameter().key(), axis(a)));
    block("grid", grid);
    if (!space.excluded().isEmpty()) {
      out.append("exclude:\n");
      space.excluded().forEach(c -> out.append("  - where: ").append(condition(c)).append('\n'));
    }
    line("replicates", Integer.toString(spec.replicates()));
    line("seed", Long.toString(spec.seed()));
    line("arithmetic", word(spec.arithmetic()));
    Map<String, String> limits = new LinkedHashMap<>();
    limits.put("trial_seconds", number(spec.limits().seconds()));
    limits.put("trial_megabytes", Long.toString(spec.limits().megabytes()));
    block("limits", limits);
    ExaminationSpec e = spec.examination();
    if (e.signalsOnly()) {
      line("examine", "signals");
      return;
    }
    Map<String, String> examine = new LinkedHashMap<>(e.settings());
    examine.put("thresholds", flow(e.thresholdSettings()));
    block("examine", examine);
  }

  private static Map<String, String> data(DataSpec data) {
    Map<String, String> m = new LinkedHashMap<>(data.source().written());
    m.put("task", word(data.task()));
    m.put("scale", word(data.scale()));
    m.put("holdout", number(data.holdout()));
    m.put("seed", Long.toString(data.seed()));
    data.limit().ifPresent(limit -> m.put("limit", Long.toString(limit)));
    return m;
  }

  private static Map<String, String> fixed(Space space, Hyperparameter.Section section) {
    Map<String, String> m = new LinkedHashMap<>();
    for (Hyperparameter h : Hyperparameter.values()) {
      if (h.section() == section && space.fixed().containsKey(h)) {
        m.put(h.key(), value(space.fixed().get(h)));
      }
    }
    return m;
  }

  private static String axis(Axis axis) {
    // Counts by %s: %d would write them in the digits of the user's locale.
    if (axis instanceof Axis.Linear r) {
      return "{from: %s, to: %s, count: %s}".formatted(number(r.from()), number(r.to()), r.count());
    }
    if (axis instanceof Axis.Log r) {
      return "{log: [%s, %s], count: %s}".formatted(number(r.from()), number(r.to()), r.count());
    }
    return list(axis.values());
  }

  private static String condition(Condition condition) {
    Map<String, String> m = new LinkedHashMap<>();
    new TreeMap<>(condition.tests())
        .forEach(
            (h, test) ->
                m.put(
                    h.key(),
                    test instanceof Condition.In in
                        ? in.values().size() == 1 ? value(in.values().get(0)) : list(in.values())
                        : quoted(test.text())));
    return flow(m);
  }

  private void line(String key, String value) {
    out.append(key).append(": ").append(value).append('\n');
  }

  private void block(String key, Map<String, String> entries) {
    if (entries.isEmpty()) {
      return;
    }
    out.append(key).append(":\n");
    entries.forEach((k, v) -> out.append("  ").append(k).append(": ").append(v).append('\n'));
  }

  static String flow(Map<String, String> entries) {
    return entries.entrySet().stream()
        .map(e -> e.getKey() + ": " + e.getValue())
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String list(List<Object> values) {
    return values.stream().map(EffectiveSpec::value).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String value(Object value) {
    return scalar(Hyperparameter.text(value));
  }

  static String number(double value) {
    return Hyperparameter.text(value);
  }

  /** A constant's name in specs. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  static String scalar(String text) {
    return PLAIN.matcher(text).matches() && !text.equalsIgnoreCase("null") ? text : quoted(text);
  }

  /** YAML's double-quoted style; what is neither ASCII nor a letter is escaped. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
              } else if ((c >= ' ' && c <= '~')
                  || (c > 127 && c < 0xD800 && Character.isLetter(c))) {
                quoted.appendCodePoint(c);
              } else {
                quoted.append((c < 0x10000 ? "\\u%04X" : "\\U%08X").formatted(c));
              }
            });
    return quoted.append('"').toString();
  }
}

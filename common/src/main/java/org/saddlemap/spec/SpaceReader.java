package org.saddlemap.spec;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.saddlemap.space.Axis;
import org.saddlemap.space.Condition;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.LearningRate;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Space;

/** Reads the sections {@code network}, {@code train}, {@code grid} and {@code exclude}. */
final class SpaceReader {
  private static final Pattern COMPARISON = Pattern.compile("\\s*(<=|>=|<|>)(.*)");

  /** The longest range of sharpness: it is kept value by value, unlike other ranges. */
  private static final long MAX_SHARPNESS_COUNT = 10_000;

  private static final long MAX_COUNT = 1_000_000;

  private final Section top;
  private final DataSpec data;

  /** Where each hyperparameter is given. */
  private final Map<Hyperparameter, Value> given = new EnumMap<>(Hyperparameter.class);

  private final Map<Hyperparameter, Object> fixed = new EnumMap<>(Hyperparameter.class);
  private final List<Axis> axes = new ArrayList<>();

  /** All values that each hyperparameter takes, given or by default. */
  private final Map<Hyperparameter, List<Object>> taken = new EnumMap<>(Hyperparameter.class);

  SpaceReader(Section top, DataSpec data) {
    this.top = top;
    this.data = data;
  }

  Space read(int replicates) {
    for (Hyperparameter.Section section : Hyperparameter.Section.values()) {
      String key = EffectiveSpec.word(section);
      top.find(key).ifPresent(v -> hyperparameters(v, Optional.of(section)).forEach(this::fix));
    }
    top.find("grid").ifPresent(v -> hyperparameters(v, Optional.empty()).forEach(this::sweep));
    fillDefaults();
    List<Condition> excluded = top.find("exclude").map(this::conditions).orElse(List.of());
    Space space = space(excluded, replicates);
    new Combinations(space, data, taken, given, top.value()).check();
    return space;
  }

  /** The entries by hyperparameter: those of a section, or of any for the grid and conditions. */
  private static Map<Hyperparameter, Value> hyperparameters(
      Value value, Optional<Hyperparameter.Section> section) {
    List<String> known = new ArrayList<>();
    Map<String, String> elsewhere = new HashMap<>();
    for (Hyperparameter h : Hyperparameter.values()) {
      if (section.isEmpty() || section.get() == h.section()) {
        known.add(h.key());
        known.addAll(h.olderKeys());
      } else {
        elsewhere.put(h.key(), EffectiveSpec.word(h.section()));
        h.olderKeys().forEach(key -> elsewhere.put(key, EffectiveSpec.word(h.section())));
      }
    }
    Map<Hyperparameter, Value> entries = new LinkedHashMap<>();
    value
        .section(
            known,
            elsewhere,
            "a mapping of hyperparameters to values, such as {%s: …}".formatted(known.get(0)))
        .entries()
        .forEach(
            (key, v) -> {
              Value twice = entries.put(Hyperparameter.byAnyKey(key).orElseThrow(), v);
              if (twice != null) {
                throw v.error(
                    "cannot stand beside '%s' (line %d): batch_norm: true is normalization: batch; keep one"
                        .formatted(twice.path(), twice.line()));
              }
            });
    return entries;
  }

  private void fix(Hyperparameter h, Value value) {
    if (!value.isScalar() && (value.isList() || value.isMapping())) {
      throw value.error(
          "is %s; needs a single value (to sweep several, put %s into grid)"
              .formatted(value.isList() ? "a list" : "a mapping", h.key()));
    }
    given.put(h, value);
    Object v = parse(h, value);
    fixed.put(h, v);
    taken.put(h, List.of(v));
  }

  private void sweep(Hyperparameter h, Value value) {
    Value before = given.put(h, value);
    if (before != null) {
      throw value.error(
          "is swept in line %d, and fixed as '%s' in line %d; keep one of the two"
              .formatted(value.line(), before.path(), before.line()));
    }
    try {
      Axis axis = axis(h, value);
      taken.put(h, axis.values());
      axes.add(axis);
    } catch (IllegalArgumentException e) {
      throw value.error(e.getMessage());
    }
  }

  private static Axis axis(Hyperparameter h, Value value) {
    if (value.isList()) {
      return new Axis.Listed(h, distinct(value, h));
    }
    if (!value.isMapping()) {
      return new Axis.Listed(h, List.of(parse(h, value)));
    }
    Section form =
        value.section(
            h == Hyperparameter.LEARNING_RATE
                ? List.of("from", "to", "log", "count", "sharpness")
                : List.of("from", "to", "log", "count"),
            "");
    return form.has("sharpness") ? sharpness(form) : range(h, form, MAX_COUNT);
  }

  private static Axis range(Hyperparameter h, Section form, long maxCount) {
    if (form.has("log")) {
      forbid(form, "from", "log");
      forbid(form, "to", "log");
      Value log = form.require("log", "");
      List<Value> ends = log.list("two ends, such as log: [0.001, 1]");
      if (ends.size() != 2) {
        throw log.error(
            "has %d elements; needs two ends, such as log: [0.001, 1]".formatted(ends.size()));
      }
      return new Axis.Log(h, ends.get(0).number(), ends.get(1).number(), count(form, maxCount));
    }
    return new Axis.Linear(
        h,
        form.require("from", "{from: 1, to: 5, count: 5} or {log: [0.01, 1], count: 3}").number(),
        form.require("to", "{from: 1, to: 5, count: 5}").number(),
        count(form, maxCount));
  }

  private static int count(Section form, long max) {
    return (int) form.require("count", "count: 5").integer(2, max);
  }

  private static Axis sharpness(Section form) {
    for (String other : List.of("from", "to", "log", "count")) {
      forbid(form, other, "sharpness");
    }
    Value of = form.require("sharpness", "");
    List<Object> multiples;
    if (of.isMapping()) {
      multiples =
          range(
                  Hyperparameter.LEARNING_RATE,
                  of.section(List.of("from", "to", "log", "count"), ""),
                  MAX_SHARPNESS_COUNT)
              .values()
              .stream()
              .map(v -> (Object) new LearningRate.Sharpness(((LearningRate.Absolute) v).eta()))
              .toList();
    } else {
      List<Value> elements = of.isList() ? of.list("") : List.of(of);
      multiples = new ArrayList<>();
      for (Value element : elements) {
        multiples.add(new LearningRate.Sharpness(element.number(0, false, Double.MAX_VALUE)));
      }
    }
    return new Axis.Listed(Hyperparameter.LEARNING_RATE, multiples);
  }

  private static void forbid(Section form, String key, String with) {
    form.find(key)
        .ifPresent(
            v -> {
              throw v.error("has no meaning beside '%s'; leave one of them out".formatted(with));
            });
  }

  /** The parsed elements of a list: at least one, none twice. */
  private static List<Object> distinct(Value value, Hyperparameter h) {
    Map<Object, Value> seen = new HashMap<>();
    List<Object> values = new ArrayList<>();
    for (Value element : value.list("a list of values")) {
      Object v = parse(h, element);
      Value before = seen.put(v, element);
      if (before != null) {
        throw element.error(
            "has the value %s a second time, after '%s'; keep one"
                .formatted(Hyperparameter.text(v), before.path()));
      }
      values.add(v);
    }
    if (values.isEmpty()) {
      throw value.error("has no values; needs at least one");
    }
    return values;
  }

  private static Object parse(Hyperparameter h, Value value) {
    String text = value.text("a value of " + h.key());
    try {
      return h.parse(text);
    } catch (IllegalArgumentException e) {
      String hint = "";
      if (text.indexOf('(') >= 0 != text.indexOf(')') >= 0) {
        hint =
            "; within [ ] a value that contains a comma needs quotes: \"scaled_normal(1.5, 0.1)\"";
      } else {
        Matcher word =
            Pattern.compile("\\s*([A-Za-z_-][A-Za-z0-9_-]*).*", Pattern.DOTALL).matcher(text);
        if (word.matches() && !h.words().contains(word.group(1))) {
          hint =
              Spelling.nearest(word.group(1), h.words())
                  .map("; did you mean '%s'?"::formatted)
                  .orElse("");
        }
      }
      throw value.error("'%s' %s%s".formatted(Value.shown(text), e.getMessage(), hint));
    }
  }

  /** Fills in defaults, except of hyperparameters that apply to no configuration. */
  private void fillDefaults() {
    if (!given.containsKey(Hyperparameter.LOSS) && data.task() == DataSpec.Task.REGRESSION) {
      fixed.put(Hyperparameter.LOSS, Loss.MSE);
      taken.put(Hyperparameter.LOSS, List.of(Loss.MSE));
    }
    if (given.containsKey(Hyperparameter.EPOCHS) && given.containsKey(Hyperparameter.MAX_STEPS)) {
      Value steps = given.get(Hyperparameter.MAX_STEPS);
      Value epochs = given.get(Hyperparameter.EPOCHS);
      throw epochs.error(
          "cannot stand beside '%s' (line %d): both are the budget; keep one"
              .formatted(steps.path(), steps.line()));
    }
    for (Hyperparameter h : Hyperparameter.values()) {
      boolean budgetGiven =
          h == Hyperparameter.MAX_STEPS && given.containsKey(Hyperparameter.EPOCHS);
      if (!taken.containsKey(h) && !budgetGiven && h.defaultText().isPresent()) {
        Object value = h.parse(h.defaultText().get());
        taken.put(h, List.of(value));
        if (applies(h)) {
          fixed.put(h, value);
        }
      }
    }
  }

  /** Governors are declared before what they govern, so all of their values are known here. */
  private boolean applies(Hyperparameter h) {
    return h.governor().map(g -> taken.get(g).stream().anyMatch(h::appliesAt)).orElse(true);
  }

  private List<Condition> conditions(Value exclude) {
    List<Condition> conditions = new ArrayList<>();
    for (Value element :
        exclude.list(
            "a list of conditions, such as - where: {batch_size: full, depth: \"> 16\"}")) {
      Section entry =
          element.section(
              List.of("where"), "a condition, such as where: {batch_size: full, depth: \"> 16\"}");
      Value where = entry.require("where", "where: {batch_size: full, depth: \"> 16\"}");
      Map<Hyperparameter, Condition.Test> tests = new EnumMap<>(Hyperparameter.class);
      hyperparameters(where, Optional.empty()).forEach((h, v) -> tests.put(h, test(h, v)));
      if (tests.isEmpty()) {
        throw where.error(
            "has no tests, so it would exclude everything; name hyperparameters and values");
      }
      conditions.add(new Condition(tests));
    }
    return conditions;
  }

  private Condition.Test test(Hyperparameter h, Value value) {
    List<Object> occurring = taken.getOrDefault(h, List.of());
    if (occurring.isEmpty()) {
      throw value.error("has no value in this spec, so the condition can never hold");
    }
    if (value.isScalar()) {
      String text = value.text("");
      Matcher m = COMPARISON.matcher(text);
      if (m.matches()) {
        Condition.Test test = compare(m.group(1), m.group(2), value);
        if (occurring.stream().noneMatch(test::holds)) {
          throw value.error(
              "'%s' can never hold; %s takes %s"
                  .formatted(Value.shown(text), h.key(), texts(occurring)));
        }
        return test;
      }
      requireOccurring(h, parse(h, value), value, occurring);
      return new Condition.In(List.of(parse(h, value)));
    }
    if (!value.isList()) {
      throw value.error("needs a value, a list of values, or a comparison such as \"> 16\"");
    }
    List<Object> values = distinct(value, h);
    List<Value> elements = value.list("");
    for (int i = 0; i < values.size(); i++) {
      requireOccurring(h, values.get(i), elements.get(i), occurring);
    }
    return new Condition.In(values);
  }

  private static Condition.Test compare(String sign, String bound, Value value) {
    Condition.Relation relation =
        Arrays.stream(Condition.Relation.values())
            .filter(r -> r.sign().equals(sign))
            .findFirst()
            .orElseThrow();
    try {
      return new Condition.Compare(relation, new BigDecimal(bound.strip()).doubleValue() + 0.0);
    } catch (IllegalArgumentException e) {
      throw value.error(
          "'%s' is not a number to compare with; needs something like \"%s 16\""
              .formatted(Value.shown(bound.strip()), sign));
    }
  }

  private static void requireOccurring(
      Hyperparameter h, Object wanted, Value at, List<Object> occurring) {
    if (!occurring.contains(wanted)) {
      throw at.error(
          "the value %s never occurs, so the condition can never hold; %s takes %s"
              .formatted(Hyperparameter.text(wanted), h.key(), texts(occurring)));
    }
  }

  private static String texts(List<Object> values) {
    Set<String> texts =
        values.stream()
            .limit(12)
            .map(Hyperparameter::text)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return String.join(", ", texts) + (values.size() > 12 ? ", …" : "");
  }

  private Space space(List<Condition> excluded, int replicates) {
    long points = 1;
    try {
      for (Axis axis : axes) {
        points = Math.multiplyExact(points, (long) taken.get(axis.hyperparameter()).size());
      }
      Math.multiplyExact(points, (long) replicates);
    } catch (ArithmeticException e) {
      throw top.require("grid", "")
          .error(
              "spans more than 2^63 - 1 trials (%s times %d replicates); needs fewer or shorter axes"
                  .formatted(
                      axes.stream()
                          .map(
                              a ->
                                  "%s %d"
                                      .formatted(
                                          a.hyperparameter().key(),
                                          taken.get(a.hyperparameter()).size()))
                          .collect(Collectors.joining(" × ")),
                      replicates));
    }
    try {
      return new Space(fixed, axes, excluded);
    } catch (IllegalArgumentException e) {
      throw top.find("exclude")
          .orElse(top.value())
          .error(e.getMessage().toLowerCase(Locale.ROOT) + "; nothing is left to train");
    }
  }
}

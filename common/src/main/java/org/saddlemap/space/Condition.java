package org.saddlemap.space;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Tests on single hyperparameters, all of which must hold: {@code {batch_size: full, depth: ">
 * 16"}}.
 */
public record Condition(Map<Hyperparameter, Test> tests) {
  public Condition {
    tests = Map.copyOf(tests);
    if (tests.isEmpty()) {
      throw new IllegalArgumentException("has no tests");
    }
  }

  /** A test on one value. */
  public sealed interface Test {
    boolean holds(Object value);

    /** As it is written in a spec. */
    String text();
  }

  /** Equality with one of several values, as {@link Hyperparameter#parse} returns them. */
  public record In(List<Object> values) implements Test {
    public In {
      values = List.copyOf(values);
    }

    @Override
    public boolean holds(Object value) {
      return values.contains(value);
    }

    @Override
    public String text() {
      return values.size() == 1
          ? Hyperparameter.text(values.get(0))
          : values.stream().map(Hyperparameter::text).collect(Collectors.joining(", ", "[", "]"));
    }
  }

  /**
   * Order against a number; a value that is no number ({@code full}, {@code sharpness(2)}) never
   * satisfies it.
   */
  public record Compare(Relation relation, double bound) implements Test {
    public Compare {
      Check.finite("bound", bound);
    }

    @Override
    public boolean holds(Object value) {
      double x;
      if (value instanceof Number n) {
        x = n.doubleValue();
      } else if (value instanceof BatchSize.Rows rows) {
        x = rows.count();
      } else if (value instanceof LearningRate.Absolute rate) {
        x = rate.eta();
      } else {
        return false;
      }
      return switch (relation) {
        case LESS -> x < bound;
        case AT_MOST -> x <= bound;
        case GREATER -> x > bound;
        case AT_LEAST -> x >= bound;
      };
    }

    @Override
    public String text() {
      return relation.sign + " " + Names.number(bound);
    }
  }

  /** An order relation. */
  public enum Relation {
    LESS("<"),
    AT_MOST("<="),
    GREATER(">"),
    AT_LEAST(">=");

    private final String sign;

    Relation(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }
  }

  /**
   * The same condition where values of a hyperparameter are given other names: its test holds for a
   * name where it holds for each value that gets it. Empty where it holds for none any more.
   *
   * @param values all that occur
   * @param name of each
   */
  Optional<Condition> with(Hyperparameter h, List<Object> values, UnaryOperator<Object> name) {
    Test test = tests.get(h);
    if (test == null) {
      return Optional.of(this);
    }
    List<Object> names =
        values.stream()
            .map(name)
            .distinct()
            .filter(n -> values.stream().filter(v -> name.apply(v).equals(n)).allMatch(test::holds))
            .toList();
    Map<Hyperparameter, Test> renamed = new EnumMap<>(tests);
    renamed.put(h, new In(names));
    return names.isEmpty() ? Optional.empty() : Optional.of(new Condition(renamed));
  }

  public Set<Hyperparameter> hyperparameters() {
    return tests.keySet();
  }
}

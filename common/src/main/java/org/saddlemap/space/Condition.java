package org.saddlemap.space;

import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** Whether all tests hold; a hyperparameter without a value satisfies none. */
  public boolean holds(Configuration configuration) {
    return tests.entrySet().stream()
        .allMatch(t -> configuration.value(t.getKey()).map(t.getValue()::holds).orElse(false));
  }

  public Set<Hyperparameter> hyperparameters() {
    return tests.keySet();
  }
}

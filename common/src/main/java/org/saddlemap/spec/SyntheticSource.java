package org.saddlemap.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.saddlemap.spec.DataSpec.Task;

/**
 * Data that are drawn from a seed.
 *
 * @param problem what is drawn
 * @param rows at least 2
 * @param features inputs; 2 for {@link Problem#SPIRALS}, at least 2 for {@link Problem#XOR}
 * @param classes at least 2, or the target columns of a regression ({@link Problem#TEACHER} and
 *     {@link Problem#DEEP_LINEAR}; 0 for one)
 * @param noise standard deviation of Gaussian noise
 */
public record SyntheticSource(Problem problem, int rows, int features, int classes, double noise)
    implements DataSource {
  static final SourceFormat FORMAT =
      new SourceFormat("synthetic", List.of(), (value, data) -> read(value));

  /** A synthetic problem. */
  public enum Problem {
    /** {@code classes} interleaved arms in the plane, with noise in the position. */
    SPIRALS,
    /** One Gaussian of standard deviation {@code noise} for each class, centres standard normal. */
    BLOBS,
    /**
     * Standard normal inputs; targets of a random tanh network with one hidden layer, plus noise.
     */
    TEACHER,
    /**
     * Standard normal inputs; targets of a random linear map with singular values 1, 2, …, plus
     * noise.
     */
    DEEP_LINEAR,
    /** Sign of the product of the first two of {@code features} inputs in {−1, 1}, with noise. */
    XOR;

    /** What its labels are. */
    public Task task() {
      return this == TEACHER || this == DEEP_LINEAR ? Task.REGRESSION : Task.CLASSIFICATION;
    }

    /** A usual size of it, where a spec is silent. */
    public SyntheticSource standard() {
      return switch (this) {
        case SPIRALS -> new SyntheticSource(this, 600, 2, 3, 0.05);
        case BLOBS -> new SyntheticSource(this, 1000, 10, 3, 0.5);
        case TEACHER -> new SyntheticSource(this, 1000, 10, 1, 0);
        case DEEP_LINEAR -> new SyntheticSource(this, 500, 8, 4, 0);
        case XOR -> new SyntheticSource(this, 1000, 2, 2, 0.1);
      };
    }
  }

  @Override
  public Map<String, String> written() {
    Map<String, String> m = new LinkedHashMap<>();
    m.put("problem", EffectiveSpec.word(problem));
    m.put("rows", Integer.toString(rows));
    m.put("features", Integer.toString(features));
    m.put("classes", Integer.toString(classes));
    m.put("noise", EffectiveSpec.number(noise));
    return Map.of("synthetic", EffectiveSpec.flow(m));
  }

  /** Itself, which is in no file. */
  @Override
  public DataSource at(UnaryOperator<String> place) {
    return this;
  }

  private static SyntheticSource read(Value value) {
    if (value.isScalar()) {
      return value.word(Problem.class).standard();
    }
    Section s =
        value.section(
            List.of("problem", "rows", "features", "classes", "noise"),
            "a mapping such as {problem: spirals, rows: 600}");
    SyntheticSource standard =
        s.require("problem", "problem: spirals").word(Problem.class).standard();
    SyntheticSource given =
        new SyntheticSource(
            standard.problem(),
            (int) s.integer("rows", 1, 100_000_000, standard.rows()),
            (int) s.integer("features", 1, 100_000, standard.features()),
            (int) s.integer("classes", 1, 10_000, standard.classes()),
            s.find("noise").map(v -> v.number(0, true, Double.MAX_VALUE)).orElse(standard.noise()));
    try {
      given.requireSound();
    } catch (IllegalArgumentException e) {
      throw value.error(e.getMessage());
    }
    return given;
  }

  /**
   * @throws IllegalArgumentException where the numbers do not fit the problem
   */
  void requireSound() {
    boolean plane = problem == Problem.SPIRALS;
    if (plane && features != 2) {
      throw new IllegalArgumentException(
          "spirals lie in the plane; needs features: 2, got " + features);
    }
    if (problem == Problem.XOR && (features < 2 || classes != 2)) {
      throw new IllegalArgumentException(
          "xor is the sign of the product of two inputs; needs features >= 2 and classes: 2, got %d and %d"
              .formatted(features, classes));
    }
    if (problem.task() == Task.CLASSIFICATION && classes < 2) {
      throw new IllegalArgumentException("needs classes >= 2, got " + classes);
    }
    if (rows < classes) {
      throw new IllegalArgumentException(
          "needs at least one row a class, got %d rows and %d classes".formatted(rows, classes));
    }
  }
}

package org.saddlemap.spec;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.LearningRate;
import org.saddlemap.verdict.Thresholds;

/**
 * How trained networks are examined.
 *
 * @param signalsOnly whether signals, loss and levels are all that is measured, so that no verdict
 *     but {@code diverged (nonfinite)} is given
 * @param rows Krylov work is done on at most so many training rows (a seeded subset where there are
 *     more)
 * @param ceiling gradient-equivalents a trial's examination may cost, in units of one full-batch
 *     gradient on those rows; by the network's size where it is not given ({@link #ceiling(double,
 *     int)})
 * @param exactBelow networks of at most so many parameters get their exact Hessian spectrum
 * @param sharpness whether λmax(H) is measured of every trial, not only where the verdict looked at
 *     curvature
 * @param seed of the examination's own random streams
 * @param thresholds what the rule decides by
 */
public record ExaminationSpec(
    boolean signalsOnly,
    int rows,
    OptionalDouble ceiling,
    int exactBelow,
    boolean sharpness,
    long seed,
    Thresholds thresholds) {
  private static final double CEILING = 3000;
  private static final double MOST = 100_000;

  /** Multiplications of an examination that is over in a moment: a tenth of a second or so. */
  private static final double MOMENT = 2e8;

  public static final ExaminationSpec DEFAULT =
      new ExaminationSpec(
          false, 512, OptionalDouble.empty(), 300, false, 12345, Thresholds.DEFAULT);

  /** Signals, loss and levels alone, on the default's rows. */
  public static final ExaminationSpec SIGNALS =
      new ExaminationSpec(
          true,
          DEFAULT.rows(),
          DEFAULT.ceiling(),
          DEFAULT.exactBelow(),
          false,
          DEFAULT.seed(),
          DEFAULT.thresholds());

  public ExaminationSpec {
    if (rows < 1) {
      throw new IllegalArgumentException("needs rows >= 1, got " + rows);
    }
    if (ceiling.isPresent() && !(ceiling.getAsDouble() >= 1)) {
      throw new IllegalArgumentException("needs a ceiling >= 1, got " + ceiling.getAsDouble());
    }
    if (exactBelow < 0) {
      throw new IllegalArgumentException("needs exact_below >= 0, got " + exactBelow);
    }
  }

  /**
   * The ceiling that holds for a network: where none is given 3000, and up to 100,000 where so many
   * gradients take but a moment, as those of a few units on a few rows do.
   *
   * @param parameters of the network
   * @param examined rows
   */
  public double ceiling(double parameters, int examined) {
    return ceiling.orElse(
        Math.max(CEILING, Math.min(MOST, MOMENT / (3 * parameters * Math.max(1, examined)))));
  }

  /**
   * The same for one configuration. Where its rate is given in units of the sharpness, the
   * sharpness at the end is measured too, since it is what such a sweep is about.
   */
  public ExaminationSpec of(Configuration configuration) {
    return configuration.learningRate() instanceof LearningRate.Sharpness ? withSharpness() : this;
  }

  /** The same with the sharpness of every trial. */
  public ExaminationSpec withSharpness() {
    return new ExaminationSpec(signalsOnly, rows, ceiling, exactBelow, true, seed, thresholds);
  }

  /** The same for so many training rows: no more can be examined. */
  ExaminationSpec on(int trainingRows) {
    return signalsOnly || rows <= trainingRows
        ? this
        : new ExaminationSpec(
            false, trainingRows, ceiling, exactBelow, sharpness, seed, thresholds);
  }

  /**
   * What differs from {@link #DEFAULT}, {@code key=value} joined by semicolons: a setting that a
   * later version adds leaves the text of older ones as it is. Equal settings have equal text.
   */
  public String canonical() {
    Map<String, String> defaults = DEFAULT.all();
    return all().entrySet().stream()
        .filter(e -> !e.getValue().equals(defaults.get(e.getKey())))
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(";"));
  }

  private Map<String, String> all() {
    Map<String, String> all = new LinkedHashMap<>(settings());
    all.put("signals", Boolean.toString(signalsOnly));
    thresholdSettings().forEach((key, value) -> all.put("thresholds." + key, value));
    return all;
  }

  /** The keys of a spec's section but {@code thresholds} that have a value. */
  Map<String, String> settings() {
    Map<String, String> m = new LinkedHashMap<>();
    m.put("rows", Integer.toString(rows));
    ceiling.ifPresent(most -> m.put("ceiling", Hyperparameter.text(most)));
    m.put("exact_below", Integer.toString(exactBelow));
    m.put("sharpness", Boolean.toString(sharpness));
    m.put("seed", Long.toString(seed));
    return m;
  }

  /** The keys below {@code thresholds}, and their values. */
  Map<String, String> thresholdSettings() {
    Map<String, String> m = new LinkedHashMap<>();
    m.put("eps", Hyperparameter.text(thresholds.eps()));
    m.put("eps_flat", Hyperparameter.text(thresholds.epsFlat()));
    m.put("eps_slope", Hyperparameter.text(thresholds.epsSlope()));
    m.put("slow", Hyperparameter.text(thresholds.slow()));
    m.put("floor_max", Hyperparameter.text(thresholds.floorMax()));
    m.put("blow_up", Hyperparameter.text(thresholds.blowUp()));
    m.put("move", Hyperparameter.text(thresholds.move()));
    m.put("t_statistic", Hyperparameter.text(thresholds.tStatistic()));
    m.put("upward", Hyperparameter.text(thresholds.upward()));
    return m;
  }

  /** The same with another seed. */
  public ExaminationSpec withSeed(long other) {
    return new ExaminationSpec(
        signalsOnly, rows, ceiling, exactBelow, sharpness, other, thresholds);
  }
}

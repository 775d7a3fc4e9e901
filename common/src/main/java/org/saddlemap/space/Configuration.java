package org.saddlemap.space;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One point of the space: a value for every hyperparameter that applies. Immutable; equal by
 * content.
 */
public final class Configuration {
  private final Map<Hyperparameter, Object> values;

  /**
   * Defaults, overridden by what is given, less what does not apply. {@code epochs} takes the place
   * of {@code max_steps}.
   */
  private Configuration(Map<Hyperparameter, Object> given) {
    EnumMap<Hyperparameter, Object> all = new EnumMap<>(Hyperparameter.class);
    for (Hyperparameter h : Hyperparameter.values()) {
      if (given.containsKey(h)) {
        all.put(h, given.get(h));
      } else if (h != Hyperparameter.MAX_STEPS || !given.containsKey(Hyperparameter.EPOCHS)) {
        h.defaultValue().ifPresent(value -> all.put(h, value));
      }
    }
    all.keySet().removeIf(h -> h.governor().map(g -> !h.appliesAt(all.get(g))).orElse(false));
    this.values = Collections.unmodifiableMap(all);
  }

  /**
   * The configuration with these values, and defaults where none is given. A value of what does not
   * apply to it, such as a momentum of plain SGD, is dropped.
   *
   * @param given values as {@link Hyperparameter#parse} returns them
   * @throws IllegalArgumentException where both {@code max_steps} and {@code epochs} are given
   */
  public static Configuration of(Map<Hyperparameter, Object> given) {
    if (given.containsKey(Hyperparameter.EPOCHS) && given.containsKey(Hyperparameter.MAX_STEPS)) {
      throw new IllegalArgumentException("max_steps and epochs cannot both be given");
    }
    return new Configuration(given);
  }

  /**
   * Reads {@link #canonical} and {@link #identity} back: what is not there stands at its default.
   *
   * @throws IllegalArgumentException where the text is not of that form
   */
  public static Configuration parse(String canonical) {
    EnumMap<Hyperparameter, Object> given = new EnumMap<>(Hyperparameter.class);
    for (String entry : canonical.isEmpty() ? new String[0] : canonical.split(";", -1)) {
      int eq = entry.indexOf('=');
      Hyperparameter h =
          Hyperparameter.byAnyKey(eq < 0 ? entry : entry.substring(0, eq))
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "Not a hyperparameter's entry: '" + entry + "'"));
      given.put(h, h.parse(entry.substring(eq + 1)));
    }
    return of(given);
  }

  /**
   * {@code key=value} of all that applies, in the registry's order, joined by semicolons; equal
   * configurations have equal text.
   */
  public String canonical() {
    return text(values.entrySet().stream());
  }

  /**
   * The same without what stands at its default, so that a hyperparameter that a later version adds
   * leaves the text of older configurations as it is: what identities rest on.
   */
  public String identity() {
    return text(
        values.entrySet().stream()
            .filter(e -> !e.getKey().defaultValue().equals(Optional.of(e.getValue()))));
  }

  private static String text(Stream<Map.Entry<Hyperparameter, Object>> entries) {
    return entries
        .map(e -> e.getKey().key() + "=" + Hyperparameter.text(e.getValue()))
        .collect(Collectors.joining(";"));
  }

  /** The canonical text of one value; empty where it does not apply. */
  public Optional<String> text(Hyperparameter h) {
    return Optional.ofNullable(values.get(h)).map(Hyperparameter::text);
  }

  /** The value as {@link Hyperparameter#parse} returns it; empty where it does not apply. */
  public Optional<Object> value(Hyperparameter h) {
    return Optional.ofNullable(values.get(h));
  }

  public int depth() {
    return integer(Hyperparameter.DEPTH);
  }

  public int width() {
    return integer(Hyperparameter.WIDTH);
  }

  public Activation activation() {
    return (Activation) applying(Hyperparameter.ACTIVATION);
  }

  public Activation outputActivation() {
    return (Activation) values.get(Hyperparameter.OUTPUT_ACTIVATION);
  }

  public Loss loss() {
    return (Loss) values.get(Hyperparameter.LOSS);
  }

  /** How weights and biases start, with the parameters that are hyperparameters filled in. */
  public Initializer initializer() {
    Initializer weights = (Initializer) values.get(Hyperparameter.INITIALIZER);
    if (weights instanceof Initializer.Open open) {
      weights = open.with(key -> real(Hyperparameter.byKey(key).orElseThrow()));
    }
    Object biases = values.get(Hyperparameter.BIAS_INITIALIZER);
    return biases == null || biases instanceof Initializer.Zeros
        ? weights
        : new Initializer.WithBiases(weights, (Initializer) biases);
  }

  public Parametrization parametrization() {
    return (Parametrization) values.get(Hyperparameter.PARAMETRIZATION);
  }

  /** None where there are no hidden layers. */
  public Normalization normalization() {
    return (Normalization) values.getOrDefault(Hyperparameter.NORMALIZATION, Normalization.NONE);
  }

  /** None below two hidden layers. */
  public Residual residual() {
    return (Residual) values.getOrDefault(Hyperparameter.RESIDUAL, Residual.NONE);
  }

  /** 0 where there are no hidden layers. */
  public double dropout() {
    return (Double) values.getOrDefault(Hyperparameter.DROPOUT, 0.0);
  }

  /** Units of each hidden layer. */
  public List<Integer> widths() {
    return depth() == 0
        ? List.of()
        : ((Widths) applying(Hyperparameter.WIDTHS)).of(depth(), width());
  }

  /** Functions of each hidden layer. */
  public List<Activation> activations() {
    return depth() == 0
        ? List.of()
        : ((Activations) applying(Hyperparameter.ACTIVATIONS)).of(depth(), activation());
  }

  public boolean bias() {
    return (Boolean) values.get(Hyperparameter.BIAS);
  }

  public OptimizerKind optimizer() {
    return (OptimizerKind) values.get(Hyperparameter.OPTIMIZER);
  }

  public LearningRate learningRate() {
    return (LearningRate) values.get(Hyperparameter.LEARNING_RATE);
  }

  public Schedule schedule() {
    return (Schedule) values.get(Hyperparameter.SCHEDULE);
  }

  /** Steps. */
  public int warmup() {
    return integer(Hyperparameter.WARMUP);
  }

  /** Uniform where there is one layer. */
  public LayerRates layerRates() {
    return (LayerRates) values.getOrDefault(Hyperparameter.LAYER_RATES, new LayerRates.Uniform());
  }

  public BatchSize batchSize() {
    return (BatchSize) values.get(Hyperparameter.BATCH_SIZE);
  }

  /** Mini-batches a step; 1 where the batch is full. */
  public int accumulation() {
    return values.containsKey(Hyperparameter.ACCUMULATION)
        ? integer(Hyperparameter.ACCUMULATION)
        : 1;
  }

  /** What a step sees: all of its mini-batches together. */
  public BatchSize stepSize() {
    return batchSize() instanceof BatchSize.Rows batch
        ? new BatchSize.Rows(
            (int) Math.min((long) batch.count() * accumulation(), Integer.MAX_VALUE))
        : batchSize();
  }

  /** Rows a step of a training set of that many rows; never more than there are. */
  public int rowsPerStep(int rows) {
    return stepSize().of(rows);
  }

  public Clipping clipping() {
    return (Clipping) values.get(Hyperparameter.CLIPPING);
  }

  /** The same without clipping. */
  public Configuration unclipped() {
    EnumMap<Hyperparameter, Object> given = new EnumMap<>(values);
    given.put(Hyperparameter.CLIPPING, new Clipping.None());
    return of(given);
  }

  public double momentum() {
    return real(Hyperparameter.MOMENTUM);
  }

  public double beta1() {
    return real(Hyperparameter.BETA1);
  }

  public double beta2() {
    return real(Hyperparameter.BETA2);
  }

  public double rho() {
    return real(Hyperparameter.RHO);
  }

  public double epsilon() {
    return real(Hyperparameter.EPSILON);
  }

  public double weightDecay() {
    return real(Hyperparameter.WEIGHT_DECAY);
  }

  public double l2() {
    return real(Hyperparameter.L2);
  }

  /**
   * Steps of a trial on that many training rows: {@code max_steps}, or epochs × ⌈rows/rows a step⌉.
   */
  public int steps(int rows) {
    if (values.containsKey(Hyperparameter.EPOCHS)) {
      int each = rowsPerStep(rows);
      int steps = rows / each + (rows % each == 0 ? 0 : 1);
      return Math.toIntExact((long) integer(Hyperparameter.EPOCHS) * steps);
    }
    return integer(Hyperparameter.MAX_STEPS);
  }

  private int integer(Hyperparameter h) {
    return Math.toIntExact((Long) applying(h));
  }

  private double real(Hyperparameter h) {
    return (Double) applying(h);
  }

  /** To be asked only where it applies. */
  private Object applying(Hyperparameter h) {
    Object value = values.get(h);
    if (value == null) {
      throw new IllegalStateException(h.key() + " does not apply to " + identity());
    }
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Configuration c && values.equals(c.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return canonical();
  }
}

package org.saddlemap.space;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Everything that a spec can fix or sweep, with its section, type, range and default. A new
 * hyperparameter is one constant here, one accessor in {@link Configuration}, and its meaning in
 * the worker; specs, tables and their documentation follow.
 */
public enum Hyperparameter {
  DEPTH(
      Section.NETWORK,
      ValueType.LONG,
      "2",
      "hidden layers; 0 is a linear model",
      t -> integer(t, 0, 200)),
  WIDTH(
      Section.NETWORK,
      ValueType.LONG,
      "64",
      "units of every hidden layer; NULL at depth 0",
      t -> integer(t, 1, 65_536),
      ofHiddenLayers()),
  ACTIVATION(
      Section.NETWORK,
      ValueType.STRING,
      "tanh",
      "function of the hidden layers; NULL at depth 0",
      t -> constant(Activation.class, t),
      ofHiddenLayers()),
  OUTPUT_ACTIVATION(
      Section.NETWORK,
      ValueType.STRING,
      "identity",
      "function of the last layer",
      t -> constant(Activation.class, t)),
  LOSS(
      Section.NETWORK,
      ValueType.STRING,
      "cross_entropy",
      "training objective, without L2",
      t -> constant(Loss.class, t)),
  INITIALIZER(
      Section.NETWORK,
      ValueType.STRING,
      "xavier_uniform",
      "distribution of the initial weights",
      Initializer::parse),
  STD(
      Section.NETWORK,
      ValueType.DOUBLE,
      null,
      "standard deviation of the initial weights of normal(std) and, before they are cut, of truncated_normal(std); NULL for others",
      Hyperparameter::positive,
      of("normal(std)", "truncated_normal(std)"),
      4),
  BOUND(
      Section.NETWORK,
      ValueType.DOUBLE,
      null,
      "bound of the initial weights of uniform(bound); NULL for others",
      Hyperparameter::positive,
      of("uniform(bound)"),
      4),
  WEIGHT(
      Section.NETWORK,
      ValueType.DOUBLE,
      null,
      "every initial weight of constant(weight); NULL for others",
      t -> number(t, -Double.MAX_VALUE, Double.MAX_VALUE),
      of("constant(weight)"),
      4),
  GAIN(
      Section.NETWORK,
      ValueType.DOUBLE,
      null,
      "factor of the semi-orthogonal initial weights of orthogonal(gain); NULL for others",
      Hyperparameter::positive,
      of("orthogonal(gain)"),
      4),
  SIGMA_W(
      Section.NETWORK,
      ValueType.DOUBLE,
      null,
      "σw of scaled_normal(sigma_w, sigma_b): the initial weights are N(0, σw²/fan-in); NULL for others",
      Hyperparameter::positive,
      of("scaled_normal(sigma_w, sigma_b)"),
      4),
  SIGMA_B(
      Section.NETWORK,
      ValueType.DOUBLE,
      null,
      "σb of scaled_normal(sigma_w, sigma_b): the initial biases are N(0, σb²); NULL for others",
      t -> number(t, 0, Double.MAX_VALUE),
      of("scaled_normal(sigma_w, sigma_b)"),
      4),
  BIAS_INITIALIZER(
      Section.NETWORK,
      ValueType.STRING,
      "zeros",
      "distribution of the initial biases; NULL where the initializer has its own: scaled_normal and torch_default",
      Initializer::parseBiases,
      ofPlainBiases(),
      4),
  PARAMETRIZATION(
      Section.NETWORK,
      ValueType.STRING,
      "standard",
      "how initial weights and learning rates go with the width: " + Parametrization.FORMS,
      Parametrization::parse,
      null,
      4),
  NORMALIZATION(
      Section.NETWORK,
      ValueType.STRING,
      "none",
      "normalization of the hidden layers, with a trained scale: "
          + Normalization.FORMS
          + "; before the activation unless it says otherwise; NULL at depth 0",
      Normalization::parse,
      ofHiddenLayers(),
      4),
  RESIDUAL(
      Section.NETWORK,
      ValueType.STRING,
      "none",
      "residual connections over the hidden layers but the first: none, blocks(layers), blocks(layers, scale); NULL below depth 2",
      Residual::parse,
      ofSeveralHiddenLayers(),
      4),
  DROPOUT(
      Section.NETWORK,
      ValueType.DOUBLE,
      "0",
      "share of the hidden units that each step of training leaves out (Srivastava et al. 2014); the judged objective is the one without; NULL at depth 0",
      Hyperparameter::decay,
      ofHiddenLayers(),
      4),
  WIDTHS(
      Section.NETWORK,
      ValueType.STRING,
      "uniform",
      "units of the hidden layers where they differ: " + Widths.FORMS + "; NULL at depth 0",
      Widths::parse,
      ofHiddenLayers(),
      4),
  ACTIVATIONS(
      Section.NETWORK,
      ValueType.STRING,
      "uniform",
      "functions of the hidden layers where they differ: "
          + Activations.FORMS
          + "; NULL at depth 0",
      Activations::parse,
      ofHiddenLayers(),
      4),
  BIAS(
      Section.NETWORK,
      ValueType.BOOLEAN,
      "true",
      "whether layers have biases",
      Hyperparameter::bool),
  OPTIMIZER(
      Section.TRAIN,
      ValueType.STRING,
      "sgd",
      "rule that turns a gradient into a step",
      t -> constant(OptimizerKind.class, t)),
  LEARNING_RATE(
      Section.TRAIN, ValueType.DOUBLE, "0.1", "step size as it was used", LearningRate::parse),
  SCHEDULE(
      Section.TRAIN,
      ValueType.STRING,
      "constant",
      "factor on the learning rate, by step after the warm-up: " + Schedule.FORMS,
      Schedule::parse,
      null,
      4),
  WARMUP(
      Section.TRAIN,
      ValueType.LONG,
      "0",
      "first steps, in which the learning rate rises linearly from nothing",
      t -> integer(t, 0, Integer.MAX_VALUE),
      null,
      4),
  LAYER_RATES(
      Section.TRAIN,
      ValueType.STRING,
      "uniform",
      "factors on the learning rate by layer, from the input: "
          + LayerRates.FORMS
          + "; NULL at depth 0",
      LayerRates::parse,
      ofHiddenLayers(),
      4),
  BATCH_SIZE(
      Section.TRAIN, ValueType.STRING, "32", "training rows a step, or full", BatchSize::parse),
  ACCUMULATION(
      Section.TRAIN,
      ValueType.LONG,
      "1",
      "mini-batches whose mean gradient makes a step; NULL where the batch is full",
      t -> integer(t, 1, Integer.MAX_VALUE),
      ofMiniBatches(),
      4),
  CLIPPING(
      Section.TRAIN,
      ValueType.STRING,
      "none",
      "limit on the gradient: none, norm(x), value(x)",
      Clipping::parse),
  MOMENTUM(
      Section.TRAIN,
      ValueType.DOUBLE,
      "0.9",
      "μ of momentum and nesterov; NULL for others",
      t -> number(t, 0, 1),
      of(OptimizerKind.MOMENTUM, OptimizerKind.NESTEROV)),
  BETA1(
      Section.TRAIN,
      ValueType.DOUBLE,
      "0.9",
      "decay of Adam's first moment; NULL for others",
      Hyperparameter::decay,
      of(OptimizerKind.ADAM, OptimizerKind.ADAMW)),
  BETA2(
      Section.TRAIN,
      ValueType.DOUBLE,
      "0.999",
      "decay of Adam's second moment; NULL for others",
      Hyperparameter::decay,
      of(OptimizerKind.ADAM, OptimizerKind.ADAMW)),
  RHO(
      Section.TRAIN,
      ValueType.DOUBLE,
      "0.9",
      "decay of RMSprop's mean square; NULL for others",
      Hyperparameter::decay,
      of(OptimizerKind.RMSPROP)),
  EPSILON(
      Section.TRAIN,
      ValueType.DOUBLE,
      "1.0E-8",
      "ε in the denominator of adam, adamw, adagrad and rmsprop; NULL for others",
      Hyperparameter::positive,
      of(OptimizerKind.ADAM, OptimizerKind.ADAMW, OptimizerKind.ADAGRAD, OptimizerKind.RMSPROP)),
  WEIGHT_DECAY(
      Section.TRAIN,
      ValueType.DOUBLE,
      "0.01",
      "λ of adamw's decoupled weight decay, no part of the objective; NULL for others",
      t -> number(t, 0, Double.MAX_VALUE),
      of(OptimizerKind.ADAMW),
      4),
  L2(
      Section.TRAIN,
      ValueType.DOUBLE,
      "0",
      "λ of the objective's term (λ/2)‖θ‖²",
      t -> number(t, 0, Double.MAX_VALUE)),
  MAX_STEPS(
      Section.TRAIN,
      ValueType.LONG,
      "1000",
      "budget in steps",
      t -> integer(t, 0, Integer.MAX_VALUE)),
  EPOCHS(
      Section.TRAIN,
      ValueType.LONG,
      null,
      "budget in passes over the training set, instead of max_steps",
      t -> integer(t, 1, Integer.MAX_VALUE));

  /** Where a spec fixes it. */
  public enum Section {
    NETWORK,
    TRAIN
  }

  /**
   * Where a hyperparameter has a meaning: at these values of another one, declared before it, that
   * applies everywhere.
   *
   * @param sql the same in SQL, behind the column's name
   */
  private record Scope(
      Supplier<Hyperparameter> governor, Predicate<Object> holds, String sql, String words) {
    static Scope at(Supplier<Hyperparameter> governor, Set<?> values, String words) {
      return new Scope(governor, values::contains, "IN " + listed(values), words);
    }

    private static String listed(Set<?> values) {
      return values.stream()
          .map(v -> v instanceof Number ? text(v) : "'" + text(v) + "'")
          .sorted()
          .collect(joining(", ", "(", ")"));
    }
  }

  private static Scope ofHiddenLayers() {
    return new Scope(() -> DEPTH, v -> !v.equals(0L), "NOT IN (0)", "hidden layers");
  }

  private static Scope ofSeveralHiddenLayers() {
    return new Scope(() -> DEPTH, v -> (Long) v > 1, "NOT IN (0, 1)", "two hidden layers and more");
  }

  private static Scope ofMiniBatches() {
    return new Scope(
        () -> BATCH_SIZE, v -> !v.equals(new BatchSize.Full()), "NOT IN ('full')", "mini-batches");
  }

  private static Scope of(OptimizerKind... kinds) {
    return Scope.at(
        () -> OPTIMIZER,
        Set.of(kinds),
        Arrays.stream(kinds)
            .map(OptimizerKind::text)
            .sorted()
            .collect(joining(", "))
            .replaceFirst(", ([^,]*)$", " and $1"));
  }

  private static Scope of(String... initializers) {
    return Scope.at(
        () -> INITIALIZER,
        Arrays.stream(initializers).map(Initializer::parse).collect(toSet()),
        String.join(" and ", initializers));
  }

  private static Scope ofPlainBiases() {
    return new Scope(
        () -> INITIALIZER,
        v -> !((Initializer) v).ownBiases(),
        "NOT LIKE 'scaled_normal(%' AND initializer <> 'torch_default'",
        "initializers but scaled_normal and torch_default");
  }

  private final Section section;
  private final int since;
  private final ValueType type;
  private final String defaultText;
  private final String doc;

  @SuppressWarnings("ImmutableEnumChecker") // all of them are stateless
  private final Function<String, Object> parser;

  @SuppressWarnings("ImmutableEnumChecker") // all of them are stateless
  private final Optional<Scope> scope;

  @SuppressWarnings("ImmutableEnumChecker") // values are immutable
  private final Optional<Object> defaultValue;

  Hyperparameter(
      Section section,
      ValueType type,
      String defaultText,
      String doc,
      Function<String, Object> parser) {
    this(section, type, defaultText, doc, parser, null);
  }

  Hyperparameter(
      Section section,
      ValueType type,
      String defaultText,
      String doc,
      Function<String, Object> parser,
      Scope scope) {
    this(section, type, defaultText, doc, parser, scope, 1);
  }

  /** One that came later than the first version of the tables' schema. */
  Hyperparameter(
      Section section,
      ValueType type,
      String defaultText,
      String doc,
      Function<String, Object> parser,
      Scope scope,
      int since) {
    this.section = section;
    this.since = since;
    this.type = type;
    this.defaultText = defaultText;
    this.doc = doc;
    this.parser = parser;
    this.scope = Optional.ofNullable(scope);
    this.defaultValue = defaultText().map(this::parse);
  }

  /** The key in specs and the column in tables. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  public Section section() {
    return section;
  }

  /** Type of its column in the tables. */
  public ValueType type() {
    return type;
  }

  /** What it is, in one line. */
  public String doc() {
    return doc;
  }

  /** The value where a spec is silent; empty where silence means that it does not apply. */
  public Optional<String> defaultText() {
    return Optional.ofNullable(defaultText);
  }

  /** The same as a value. */
  Optional<Object> defaultValue() {
    return defaultValue;
  }

  /** The hyperparameter whose value says whether this one applies; empty where it always does. */
  public Optional<Hyperparameter> governor() {
    return scope.map(s -> s.governor().get());
  }

  /**
   * Whether it changes anything at that value of its {@link #governor}. Where it does not, it is no
   * part of a configuration: it has no value there, in identities and tables neither.
   */
  public boolean appliesAt(Object governing) {
    return scope.map(s -> s.holds().test(governing)).orElse(true);
  }

  /**
   * Where it applies, in SQL, on the columns of {@code trials}; empty where it always does.
   *
   * @see #appliesAt
   */
  public Optional<String> appliesInSql() {
    return scope.map(s -> s.governor().get().key() + " " + s.sql());
  }

  /**
   * The version of the tables' schema ({@code schema_version}) that it came with. Rows of earlier
   * ones have no column of it, and stand at its default where it applies.
   */
  public int since() {
    return since;
  }

  /** What it belongs to, such as {@code momentum and nesterov}; empty where it always applies. */
  public Optional<String> belongsTo() {
    return scope.map(Scope::words);
  }

  public static Optional<Hyperparameter> byKey(String key) {
    return Arrays.stream(values()).filter(h -> h.key().equals(key)).findFirst();
  }

  /** The same, also by a name that it had before. */
  public static Optional<Hyperparameter> byAnyKey(String key) {
    return byKey(key)
        .or(() -> Arrays.stream(values()).filter(h -> h.olderKeys().contains(key)).findFirst());
  }

  /** Names that it had before, which specs and old rows may still use. */
  public List<String> olderKeys() {
    return this == NORMALIZATION ? List.of("batch_norm") : List.of();
  }

  /**
   * The value that the text stands for: a {@code Long}, {@code Double}, {@code Boolean}, or one of
   * this package's types.
   *
   * @throws IllegalArgumentException with the reason, to be read after "key 'text' "
   */
  public Object parse(String text) {
    return parser.apply(text.strip());
  }

  /** The canonical text of a value, which {@link #parse} reads back as an equal value. */
  public static String text(Object value) {
    if (value instanceof Double d) {
      return Names.number(d);
    }
    if (value instanceof Initializer i) {
      return i.text();
    }
    if (value instanceof Enum<?> e) {
      return Names.text(e);
    }
    if (value instanceof Clipping c) {
      return c.text();
    }
    if (value instanceof BatchSize b) {
      return b.text();
    }
    if (value instanceof LearningRate r) {
      return r.text();
    }
    if (value instanceof Parametrization p) {
      return p.text();
    }
    if (value instanceof Normalization n) {
      return n.text();
    }
    if (value instanceof Residual r) {
      return r.text();
    }
    if (value instanceof Widths w) {
      return w.text();
    }
    if (value instanceof Activations a) {
      return a.text();
    }
    if (value instanceof Schedule s) {
      return s.text();
    }
    if (value instanceof LayerRates r) {
      return r.text();
    }
    return value.toString();
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text) {
    return Names.parse(type, text)
        .orElseThrow(() -> new IllegalArgumentException("is not one of " + Names.choices(type)));
  }

  private static Long integer(String text, long min, long max) {
    try {
      // 4e3 and 4000.0 are whole numbers too, however YAML writes them.
      long value = new java.math.BigDecimal(text).longValueExact();
      if (value >= min && value <= max) {
        return value;
      }
      throw new ArithmeticException("out of range");
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "is not a whole number from %d to %d".formatted(min, max), e);
    }
  }

  private static Double number(String text, double min, double max) {
    double value;
    try {
      value = Names.parseNumber(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("is not a number", e);
    }
    if (Double.isInfinite(value)) {
      throw new IllegalArgumentException("is too large");
    }
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          max == Double.MAX_VALUE
              ? "is not at least " + Names.number(min)
              : "is not between %s and %s".formatted(Names.number(min), Names.number(max)));
    }
    return value;
  }

  /** An epsilon must be above 0: else 0 is divided by 0 where a gradient has always been 0. */
  private static Double positive(String text) {
    double value = number(text, 0, Double.MAX_VALUE);
    // Steps are taken in float32, in which smaller numbers are 0.
    if ((float) value == 0) {
      throw new IllegalArgumentException("is not above 0 in single precision");
    }
    return value;
  }

  /** A mean's decay must be below 1: at 1 it ignores all gradients, and Adam divides by 0. */
  private static Double decay(String text) {
    double value = number(text, 0, 1);
    if (value == 1) {
      throw new IllegalArgumentException("is not below 1");
    }
    return value;
  }

  private static Boolean bool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("is neither true nor false");
    };
  }
}

package org.saddlemap.space;

import static org.saddlemap.space.Form.belowOne;
import static org.saddlemap.space.Form.flag;
import static org.saddlemap.space.Form.number;
import static org.saddlemap.space.Form.ofForms;
import static org.saddlemap.space.Form.ofRates;
import static org.saddlemap.space.Form.ofWords;
import static org.saddlemap.space.Form.oneOf;
import static org.saddlemap.space.Form.positive;
import static org.saddlemap.space.Form.whole;
import static org.saddlemap.space.Scope.ofHiddenLayers;
import static org.saddlemap.space.Scope.ofMiniBatches;
import static org.saddlemap.space.Scope.ofPlainBiases;
import static org.saddlemap.space.Scope.ofSeveralHiddenLayers;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Everything that a spec can fix or sweep, with its section, type, range and default. A new
 * hyperparameter is one constant here, one accessor in {@link Configuration}, and its meaning in
 * the worker; specs, tables and their documentation follow.
 */
public enum Hyperparameter {
  DEPTH(Section.NETWORK, whole(0, 200), "2", "hidden layers; 0 is a linear model"),
  WIDTH(
      Section.NETWORK,
      whole(1, 65_536),
      "64",
      "units of every hidden layer; NULL at depth 0",
      ofHiddenLayers()),
  ACTIVATION(
      Section.NETWORK,
      oneOf(Activation.class),
      "tanh",
      "function of the hidden layers; NULL at depth 0",
      ofHiddenLayers()),
  OUTPUT_ACTIVATION(
      Section.NETWORK, oneOf(Activation.class), "identity", "function of the last layer"),
  LOSS(Section.NETWORK, oneOf(Loss.class), "cross_entropy", "training objective, without L2"),
  INITIALIZER(
      Section.NETWORK,
      ofForms(Initializer.forms(), Initializer::parse),
      "xavier_uniform",
      "distribution of the initial weights"),
  STD(
      Section.NETWORK,
      positive(),
      null,
      "standard deviation of the initial weights of normal(std) and, before they are cut, of truncated_normal(std); NULL for others",
      Scope.of("normal(std)", "truncated_normal(std)"),
      4),
  BOUND(
      Section.NETWORK,
      positive(),
      null,
      "bound of the initial weights of uniform(bound); NULL for others",
      Scope.of("uniform(bound)"),
      4),
  WEIGHT(
      Section.NETWORK,
      number(-Double.MAX_VALUE, Double.MAX_VALUE),
      null,
      "every initial weight of constant(weight); NULL for others",
      Scope.of("constant(weight)"),
      4),
  GAIN(
      Section.NETWORK,
      positive(),
      null,
      "factor of the semi-orthogonal initial weights of orthogonal(gain); NULL for others",
      Scope.of("orthogonal(gain)"),
      4),
  SIGMA_W(
      Section.NETWORK,
      positive(),
      null,
      "σw of scaled_normal(sigma_w, sigma_b): the initial weights are N(0, σw²/fan-in); NULL for others",
      Scope.of("scaled_normal(sigma_w, sigma_b)"),
      4),
  SIGMA_B(
      Section.NETWORK,
      number(0, Double.MAX_VALUE),
      null,
      "σb of scaled_normal(sigma_w, sigma_b): the initial biases are N(0, σb²); NULL for others",
      Scope.of("scaled_normal(sigma_w, sigma_b)"),
      4),
  BIAS_INITIALIZER(
      Section.NETWORK,
      ofForms(Initializer.BIAS_FORMS, Initializer::parseBiases),
      "zeros",
      "distribution of the initial biases; NULL where the initializer has its own: scaled_normal and torch_default",
      ofPlainBiases(),
      4),
  PARAMETRIZATION(
      Section.NETWORK,
      ofForms(Parametrization.FORMS, Parametrization::parse),
      "standard",
      "how initial weights and learning rates go with the width: " + Parametrization.FORMS,
      null,
      4),
  NORMALIZATION(
      Section.NETWORK,
      ofWords(Normalization::parse, "none", "batch", "layer", "rms"),
      "none",
      "normalization of the hidden layers, with a trained scale: "
          + Normalization.FORMS
          + "; before the activation unless it says otherwise; NULL at depth 0",
      ofHiddenLayers(),
      4),
  RESIDUAL(
      Section.NETWORK,
      ofWords(Residual::parse, "none", "true", "false", "blocks"),
      "none",
      "residual connections over the hidden layers but the first: none, blocks(layers), blocks(layers, scale); NULL below depth 2",
      ofSeveralHiddenLayers(),
      4),
  DROPOUT(
      Section.NETWORK,
      belowOne(),
      "0",
      "share of the hidden units that each step of training leaves out (Srivastava et al. 2014); the judged objective is the one without; NULL at depth 0",
      ofHiddenLayers(),
      4),
  WIDTHS(
      Section.NETWORK,
      ofForms(Widths.FORMS, Widths::parse),
      "uniform",
      "units of the hidden layers where they differ: " + Widths.FORMS + "; NULL at depth 0",
      ofHiddenLayers(),
      4),
  ACTIVATIONS(
      Section.NETWORK,
      ofForms(Activations.FORMS, Activations::parse),
      "uniform",
      "functions of the hidden layers where they differ: "
          + Activations.FORMS
          + "; NULL at depth 0",
      ofHiddenLayers(),
      4),
  BIAS(Section.NETWORK, flag(), "true", "whether layers have biases"),
  OPTIMIZER(
      Section.TRAIN, oneOf(OptimizerKind.class), "sgd", "rule that turns a gradient into a step"),
  LEARNING_RATE(Section.TRAIN, ofRates(), "0.1", "step size as it was used"),
  SCHEDULE(
      Section.TRAIN,
      ofForms(Schedule.FORMS, Schedule::parse),
      "constant",
      "factor on the learning rate, by step after the warm-up: " + Schedule.FORMS,
      null,
      4),
  WARMUP(
      Section.TRAIN,
      whole(0, Integer.MAX_VALUE),
      "0",
      "first steps, in which the learning rate rises linearly from nothing",
      null,
      4),
  LAYER_RATES(
      Section.TRAIN,
      ofForms(LayerRates.FORMS, LayerRates::parse),
      "uniform",
      "factors on the learning rate by layer, from the input: "
          + LayerRates.FORMS
          + "; NULL at depth 0",
      ofHiddenLayers(),
      4),
  BATCH_SIZE(
      Section.TRAIN, ofWords(BatchSize::parse, "full"), "32", "training rows a step, or full"),
  ACCUMULATION(
      Section.TRAIN,
      whole(1, Integer.MAX_VALUE),
      "1",
      "mini-batches whose mean gradient makes a step; NULL where the batch is full",
      ofMiniBatches(),
      4),
  CLIPPING(
      Section.TRAIN,
      ofWords(Clipping::parse, "none", "norm", "value"),
      "none",
      "limit on the gradient: none, norm(x), value(x)"),
  MOMENTUM(
      Section.TRAIN,
      number(0, 1),
      "0.9",
      "μ of momentum and nesterov; NULL for others",
      Scope.of(OptimizerKind.MOMENTUM, OptimizerKind.NESTEROV)),
  BETA1(
      Section.TRAIN,
      belowOne(),
      "0.9",
      "decay of Adam's first moment; NULL for others",
      Scope.of(OptimizerKind.ADAM, OptimizerKind.ADAMW)),
  BETA2(
      Section.TRAIN,
      belowOne(),
      "0.999",
      "decay of Adam's second moment; NULL for others",
      Scope.of(OptimizerKind.ADAM, OptimizerKind.ADAMW)),
  RHO(
      Section.TRAIN,
      belowOne(),
      "0.9",
      "decay of RMSprop's mean square; NULL for others",
      Scope.of(OptimizerKind.RMSPROP)),
  EPSILON(
      Section.TRAIN,
      positive(),
      "1.0E-8",
      "ε in the denominator of adam, adamw, adagrad and rmsprop; NULL for others",
      Scope.of(
          OptimizerKind.ADAM, OptimizerKind.ADAMW, OptimizerKind.ADAGRAD, OptimizerKind.RMSPROP)),
  WEIGHT_DECAY(
      Section.TRAIN,
      number(0, Double.MAX_VALUE),
      "0.01",
      "λ of adamw's decoupled weight decay, no part of the objective; NULL for others",
      Scope.of(OptimizerKind.ADAMW),
      4),
  L2(Section.TRAIN, number(0, Double.MAX_VALUE), "0", "λ of the objective's term (λ/2)‖θ‖²"),
  MAX_STEPS(Section.TRAIN, whole(0, Integer.MAX_VALUE), "1000", "budget in steps"),
  EPOCHS(
      Section.TRAIN,
      whole(1, Integer.MAX_VALUE),
      null,
      "budget in passes over the training set, instead of max_steps");

  /** Where a spec fixes it. */
  public enum Section {
    NETWORK,
    TRAIN
  }

  private final Section section;
  private final int since;

  @SuppressWarnings("ImmutableEnumChecker") // parsers are stateless
  private final Form form;

  private final String defaultText;
  private final String doc;

  @SuppressWarnings("ImmutableEnumChecker") // all of them are stateless
  private final Optional<Scope> scope;

  @SuppressWarnings("ImmutableEnumChecker") // values are immutable
  private final Optional<Object> defaultValue;

  Hyperparameter(Section section, Form form, String defaultText, String doc) {
    this(section, form, defaultText, doc, null);
  }

  Hyperparameter(Section section, Form form, String defaultText, String doc, Scope scope) {
    this(section, form, defaultText, doc, scope, 1);
  }

  /** One that came later than the first version of the tables' schema. */
  Hyperparameter(
      Section section, Form form, String defaultText, String doc, Scope scope, int since) {
    this.section = section;
    this.since = since;
    this.form = form;
    this.defaultText = defaultText;
    this.doc = doc;
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
    return form.type();
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

  /** Words that a value may start with; empty where it is a number. */
  public List<String> words() {
    return form.words();
  }

  /**
   * The value that the text stands for: a {@code Long}, {@code Double}, {@code Boolean}, or one of
   * this package's types.
   *
   * @throws IllegalArgumentException with the reason, to be read after "key 'text' "
   */
  public Object parse(String text) {
    return form.parser().apply(text.strip());
  }

  /** The canonical text of a value, which {@link #parse} reads back as an equal value. */
  public static String text(Object value) {
    if (value instanceof Double d) {
      return Names.number(d);
    }
    if (value instanceof Written w) {
      return w.text();
    }
    return value instanceof Enum<?> e ? Names.text(e) : value.toString();
  }
}

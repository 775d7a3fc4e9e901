package org.saddlemap.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The distribution of initial weights, by its name and parameters. {@code a} and {@code b} are a
 * layer's fan-in and fan-out. Biases start at 0 where {@link #biases} does not say otherwise.
 */
public sealed interface Initializer extends Written {
  /** How weights start, where biases start otherwise. */
  default Initializer weights() {
    return this;
  }

  /** How biases start. */
  default Initializer biases() {
    return new Zeros();
  }

  /** Whether it says itself how biases start, so that {@code bias_initializer} does not. */
  default boolean ownBiases() {
    return false;
  }

  /** All weights 0. */
  record Zeros() implements Initializer {
    @Override
    public String text() {
      return "zeros";
    }
  }

  /** All weights c. Units of a layer start equal, and stay so. */
  record Constant(double c) implements Initializer {
    public Constant {
      Check.finite("constant", c);
    }

    @Override
    public String text() {
      return Call.text("constant", c);
    }
  }

  /** N(0, std²). */
  record Normal(double std) implements Initializer {
    public Normal {
      Check.positive("standard deviation", std);
    }

    @Override
    public String text() {
      return Call.text("normal", std);
    }
  }

  /**
   * N(0, std²) within ±2 std, as TensorFlow's and Keras's {@code TruncatedNormal}: std is that
   * before truncation, and {@link VarianceScaling#TRUNCATION} times it that of the weights.
   */
  record TruncatedNormal(double std) implements Initializer {
    public TruncatedNormal {
      Check.positive("standard deviation", std);
    }

    @Override
    public String text() {
      return Call.text("truncated_normal", std);
    }
  }

  /** U(−bound, bound). */
  record Uniform(double bound) implements Initializer {
    public Uniform {
      Check.positive("bound", bound);
    }

    @Override
    public String text() {
      return Call.text("uniform", bound);
    }
  }

  /** Semi-orthogonal matrices times gain (Saxe et al. 2014), uniform in the Haar measure. */
  record Orthogonal(double gain) implements Initializer {
    public Orthogonal {
      Check.positive("gain", gain);
    }

    @Override
    public String text() {
      return Call.text("orthogonal", gain);
    }
  }

  /** Weights N(0, σw²/a), biases N(0, σb²) (Schoenholz et al. 2017). */
  record ScaledNormal(double sigmaW, double sigmaB) implements Initializer {
    public ScaledNormal {
      Check.positive("sigma_w", sigmaW);
      Check.notNegative("sigma_b", sigmaB);
    }

    @Override
    public boolean ownBiases() {
      return true;
    }

    @Override
    public Initializer biases() {
      return sigmaB == 0 ? new Zeros() : new Normal(sigmaB);
    }

    @Override
    public String text() {
      return Call.text("scaled_normal", sigmaW, sigmaB);
    }
  }

  /** Variance s/fan, of a distribution's shape: the textbooks', and libraries' defaults. */
  enum VarianceScaling implements Initializer {
    /** U(±√(6/(a+b))) (Glorot and Bengio 2010). */
    XAVIER_UNIFORM(2, Fan.SUM, Shape.UNIFORM),
    /** N(0, 2/(a+b)) (Glorot and Bengio 2010). */
    XAVIER_NORMAL(2, Fan.SUM, Shape.NORMAL),
    /** That variance, cut at 2 standard deviations: Keras's {@code GlorotNormal}. */
    XAVIER_TRUNCATED(2, Fan.SUM, Shape.TRUNCATED),
    /** N(0, 2/a) (He et al. 2015). */
    HE_NORMAL(2, Fan.IN, Shape.NORMAL),
    /** U(±√(6/a)) (He et al. 2015). */
    HE_UNIFORM(2, Fan.IN, Shape.UNIFORM),
    /** Variance 2/a, cut at 2 standard deviations: Keras's {@code HeNormal}. */
    HE_TRUNCATED(2, Fan.IN, Shape.TRUNCATED),
    /** N(0, 1/a) (LeCun et al. 1998). */
    LECUN_NORMAL(1, Fan.IN, Shape.NORMAL),
    /** U(±√(3/a)) (LeCun et al. 1998). */
    LECUN_UNIFORM(1, Fan.IN, Shape.UNIFORM),
    /** Variance 1/a, cut at 2 standard deviations: Keras's {@code LecunNormal}. */
    LECUN_TRUNCATED(1, Fan.IN, Shape.TRUNCATED),
    /** N(0, 2/b), which keeps the gradient's size: PyTorch's {@code mode='fan_out'}. */
    HE_NORMAL_FAN_OUT(2, Fan.OUT, Shape.NORMAL),
    /** U(±√(6/b)). */
    HE_UNIFORM_FAN_OUT(2, Fan.OUT, Shape.UNIFORM),
    /** Variance 2/b, cut at 2 standard deviations. */
    HE_TRUNCATED_FAN_OUT(2, Fan.OUT, Shape.TRUNCATED),
    /** N(0, 1/b). */
    LECUN_NORMAL_FAN_OUT(1, Fan.OUT, Shape.NORMAL),
    /** U(±√(3/b)). */
    LECUN_UNIFORM_FAN_OUT(1, Fan.OUT, Shape.UNIFORM),
    /** Variance 1/b, cut at 2 standard deviations. */
    LECUN_TRUNCATED_FAN_OUT(1, Fan.OUT, Shape.TRUNCATED),
    /** Keras's and TensorFlow 2's default for dense layers: Glorot uniform, biases 0. */
    KERAS_DEFAULT(2, Fan.SUM, Shape.UNIFORM),
    /**
     * PyTorch's default for linear layers: weights and biases U(±1/√a), there {@code
     * kaiming_uniform_} with {@code a=√5}.
     */
    TORCH_DEFAULT(1.0 / 3, Fan.IN, Shape.UNIFORM);

    /** Standard deviation of a standard normal variable that is cut at ±2. */
    public static final double TRUNCATION = 0.8796256610342398;

    /** What divides the variance. */
    private enum Fan {
      IN,
      OUT,
      SUM
    }

    /** The distribution's form. */
    public enum Shape {
      UNIFORM,
      NORMAL,
      /** Normal, cut at twice the standard deviation that it has before. */
      TRUNCATED
    }

    private final double s;
    private final Fan fan;
    private final Shape shape;

    VarianceScaling(double s, Fan fan, Shape shape) {
      this.s = s;
      this.fan = fan;
      this.shape = shape;
    }

    public Shape shape() {
      return shape;
    }

    /**
     * The bound of a uniform distribution, else the standard deviation (of a truncated one, before
     * it is cut), of weights from {@code a} units to {@code b}.
     */
    public double scale(int a, int b) {
      int fans =
          switch (fan) {
            case IN -> a;
            case OUT -> b;
            case SUM -> a + b;
          };
      return switch (shape) {
        case UNIFORM -> Math.sqrt(3 * s / fans);
        case NORMAL -> Math.sqrt(s / fans);
        case TRUNCATED -> Math.sqrt(s / fans) / TRUNCATION;
      };
    }

    @Override
    public boolean ownBiases() {
      return this == TORCH_DEFAULT;
    }

    @Override
    public Initializer biases() {
      return ownBiases() ? this : new Zeros();
    }

    @Override
    public String text() {
      return Names.text(this);
    }
  }

  /**
   * One whose parameters are hyperparameters of their own, such as {@code normal(std)}, whose
   * standard deviation is that configuration's {@code std}.
   */
  enum Open implements Initializer {
    CONSTANT("weight"),
    NORMAL("std"),
    TRUNCATED_NORMAL("std"),
    UNIFORM("bound"),
    ORTHOGONAL("gain"),
    SCALED_NORMAL("sigma_w", "sigma_b");

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> parameters;

    Open(String... parameters) {
      this.parameters = List.of(parameters);
    }

    /** Keys of hyperparameters, in the order of the arguments. */
    public List<String> parameters() {
      return parameters;
    }

    /** The distribution with these values. */
    public Initializer with(ToDoubleFunction<String> value) {
      return of(Names.text(this), parameters.stream().map(value::applyAsDouble).toList());
    }

    @Override
    public boolean ownBiases() {
      return this == SCALED_NORMAL;
    }

    @Override
    public String text() {
      return parameters.stream().collect(Collectors.joining(", ", Names.text(this) + "(", ")"));
    }

    /** Whether a text means it: in full, or its name alone where that means nothing else. */
    private boolean isWritten(String text) {
      return text.equals(text().replace(" ", ""))
          || (text.equals(Names.text(this)) && this != ORTHOGONAL);
    }
  }

  /** Weights by one distribution, biases by another: two of a configuration's values as one. */
  record WithBiases(Initializer weights, Initializer biases) implements Initializer {
    @Override
    public String text() {
      return weights.text() + " and biases " + biases.text();
    }
  }

  /** What {@link #parse} accepts, for error messages. */
  static String forms() {
    return Stream.concat(
            Stream.concat(Stream.of("zeros"), Arrays.stream(Open.values()).map(Open::text)),
            Arrays.stream(VarianceScaling.values()).map(VarianceScaling::text))
        .collect(Collectors.joining(", "));
  }

  /** What {@link #parseBiases} accepts, for error messages. */
  String BIAS_FORMS = "zeros, constant(c), normal(std), uniform(bound), torch_default";

  /**
   * Reads a name with its arguments: numbers, or the names of the hyperparameters that have them,
   * for which the name alone is short; but {@code orthogonal} alone has gain 1.
   *
   * @throws IllegalArgumentException with the reason, to be read after "initializer 'text' "
   */
  static Initializer parse(String text) {
    String plain = text.replaceAll("\\s+", "");
    for (Open open : Open.values()) {
      if (open.isWritten(plain)) {
        return open;
      }
    }
    Call call = Call.parse(text);
    return of(call.name(), call.arguments());
  }

  /**
   * Reads how biases start.
   *
   * @throws IllegalArgumentException with the reason, to be read after "bias_initializer 'text' "
   */
  static Initializer parseBiases(String text) {
    Call call = Call.parse(text);
    return switch (call.name()) {
      case "zeros", "constant", "normal", "uniform", "torch_default" ->
          of(call.name(), call.arguments());
      default -> throw new IllegalArgumentException("is not one of " + BIAS_FORMS);
    };
  }

  private static Initializer of(String name, List<Double> arguments) {
    Call call = new Call(name, arguments);
    return switch (name) {
      case "constant" -> new Constant(call.only());
      case "normal" -> new Normal(call.only());
      case "truncated_normal" -> new TruncatedNormal(call.only());
      case "uniform" -> new Uniform(call.only());
      case "orthogonal" -> new Orthogonal(arguments.isEmpty() ? 1 : call.only());
      case "scaled_normal" -> {
        call.expect(2);
        yield new ScaledNormal(arguments.get(0), arguments.get(1));
      }
      default -> {
        List<Initializer> plain = new ArrayList<>(List.of(VarianceScaling.values()));
        plain.add(new Zeros());
        Initializer known =
            plain.stream()
                .filter(i -> i.text().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("is not one of " + forms()));
        call.expect(0);
        yield known;
      }
    };
  }
}

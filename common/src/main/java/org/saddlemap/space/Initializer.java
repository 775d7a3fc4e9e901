package org.saddlemap.space;

/**
 * The distribution of initial weights, by its name and parameters. {@code a} and {@code b} are a
 * layer's fan-in and fan-out. Biases start at 0, except under {@link ScaledNormal}, which gives
 * them a variance of their own.
 */
public sealed interface Initializer {
  /** The form read by {@link #parse}, canonical. */
  String text();

  /** All weights and biases 0. */
  record Zeros() implements Initializer {
    @Override
    public String text() {
      return "zeros";
    }
  }

  /** All weights c; biases 0. Units of a layer start equal, and stay so. */
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

  /** U(±√(6/(a+b))) (Glorot and Bengio 2010). */
  record XavierUniform() implements Initializer {
    @Override
    public String text() {
      return "xavier_uniform";
    }
  }

  /** N(0, 2/(a+b)) (Glorot and Bengio 2010). */
  record XavierNormal() implements Initializer {
    @Override
    public String text() {
      return "xavier_normal";
    }
  }

  /** N(0, 2/a) (He et al. 2015). */
  record HeNormal() implements Initializer {
    @Override
    public String text() {
      return "he_normal";
    }
  }

  /** U(±√(6/a)) (He et al. 2015). */
  record HeUniform() implements Initializer {
    @Override
    public String text() {
      return "he_uniform";
    }
  }

  /** N(0, 1/a) (LeCun et al. 1998). */
  record LecunNormal() implements Initializer {
    @Override
    public String text() {
      return "lecun_normal";
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
    public String text() {
      return Call.text("scaled_normal", sigmaW, sigmaB);
    }
  }

  /** Keras's and TensorFlow 2's default for dense layers: Glorot uniform, biases 0. */
  record KerasDefault() implements Initializer {
    @Override
    public String text() {
      return "keras_default";
    }
  }

  /** What {@link #parse} accepts, for error messages. */
  String FORMS =
      "zeros, constant(c), normal(std), uniform(a), xavier_uniform, xavier_normal, he_normal, he_uniform, "
          + "lecun_normal, orthogonal(gain), scaled_normal(sigma_w, sigma_b), keras_default";

  /**
   * Reads a name with its arguments; {@code orthogonal} alone has gain 1.
   *
   * @throws IllegalArgumentException with the reason, to be read after "initializer 'text' "
   */
  static Initializer parse(String text) {
    Call call = Call.parse(text);
    return switch (call.name()) {
      case "constant" -> new Constant(call.only());
      case "normal" -> new Normal(call.only());
      case "uniform" -> new Uniform(call.only());
      case "orthogonal" -> new Orthogonal(call.arguments().isEmpty() ? 1 : call.only());
      case "scaled_normal" -> {
        call.expect(2);
        yield new ScaledNormal(call.arguments().get(0), call.arguments().get(1));
      }
      default -> {
        Initializer plain =
            switch (call.name()) {
              case "zeros" -> new Zeros();
              case "xavier_uniform" -> new XavierUniform();
              case "xavier_normal" -> new XavierNormal();
              case "he_normal" -> new HeNormal();
              case "he_uniform" -> new HeUniform();
              case "lecun_normal" -> new LecunNormal();
              case "keras_default" -> new KerasDefault();
              default -> throw new IllegalArgumentException("is not one of " + FORMS);
            };
        call.expect(0);
        yield plain;
      }
    };
  }
}

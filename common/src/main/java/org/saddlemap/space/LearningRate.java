package org.saddlemap.space;

/** The step size η, given outright or in units of the initial sharpness. */
public sealed interface LearningRate extends Written {
  /** η itself. */
  record Absolute(double eta) implements LearningRate {
    public Absolute {
      Check.positive("rate", eta);
    }

    @Override
    public String text() {
      return Names.number(eta);
    }
  }

  /**
   * η = c/λmax(H) at the initial weights, so that maps of different depths line up (Kalra and
   * Barkeshli 2023).
   */
  record Sharpness(double c) implements LearningRate {
    public Sharpness {
      Check.positive("multiple", c);
    }

    @Override
    public String text() {
      return Call.text("sharpness", c);
    }
  }

  /**
   * Reads a number or {@code sharpness(c)}.
   *
   * @throws IllegalArgumentException with the reason, to be read after "learning_rate 'text' "
   */
  static LearningRate parse(String text) {
    double eta;
    try {
      eta = Names.parseNumber(text);
    } catch (NumberFormatException e) {
      if (!text.strip().startsWith("sharpness")) {
        throw new IllegalArgumentException("is neither a number nor sharpness(c)", e);
      }
      Call call = Call.parse(text);
      if (!call.name().equals("sharpness")) {
        throw new IllegalArgumentException("is neither a number nor sharpness(c)", e);
      }
      return new Sharpness(call.only());
    }
    return new Absolute(eta);
  }
}

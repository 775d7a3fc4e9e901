package org.saddlemap.space;

/**
 * How the learning rate goes on once it is warm: a factor on η for each step, 1 at the first, that
 * never rises. The budget is that of the trial, less its warm-up.
 */
public sealed interface Schedule extends Written {
  /** All forms, for messages. */
  String FORMS = "constant, step(every, factor), cosine, linear, inverse_sqrt(steps)";

  /**
   * The factor on η.
   *
   * @param step from 0; perhaps beyond the budget
   * @param budget steps
   */
  double factor(long step, long budget);

  /** η itself. */
  record Constant() implements Schedule {
    @Override
    public String text() {
      return "constant";
    }

    @Override
    public double factor(long step, long budget) {
      return 1;
    }
  }

  /** factor^⌊t/every⌋, whatever the budget is (He et al. 2016). */
  record Step(int every, double factor) implements Schedule {
    public Step {
      if (every < 1) {
        throw new IllegalArgumentException("needs steps >= 1 between its falls, got " + every);
      }
      if (!(factor > 0 && factor < 1)) {
        throw new IllegalArgumentException(
            "needs a factor between 0 and 1, got " + Names.number(factor));
      }
    }

    @Override
    public String text() {
      return Call.text("step", every, factor);
    }

    @Override
    public double factor(long step, long budget) {
      long falls = step / every;
      return StrictMath.pow(factor, (double) falls);
    }
  }

  /** (1 + cos(πt/T))/2 within a budget of T steps, then 0 (Loshchilov and Hutter 2017). */
  record Cosine() implements Schedule {
    @Override
    public String text() {
      return "cosine";
    }

    @Override
    public double factor(long step, long budget) {
      return step < budget ? (1 + StrictMath.cos(Math.PI * step / budget)) / 2 : 0;
    }
  }

  /** 1 − t/T within a budget of T steps, then 0. */
  record Linear() implements Schedule {
    @Override
    public String text() {
      return "linear";
    }

    @Override
    public double factor(long step, long budget) {
      return step < budget ? 1 - (double) step / budget : 0;
    }
  }

  /**
   * √(s/(s + t)), whatever the budget is. With a warm-up of s steps it is the rate of Vaswani et
   * al. (2017), but for the first step after it, which is at η, too.
   */
  record InverseSqrt(double steps) implements Schedule {
    public InverseSqrt {
      Check.positive("number of steps", steps);
    }

    @Override
    public String text() {
      return Call.text("inverse_sqrt", steps);
    }

    @Override
    public double factor(long step, long budget) {
      return Math.sqrt(steps / (steps + step));
    }
  }

  /**
   * Reads one of {@link #FORMS}.
   *
   * @throws IllegalArgumentException with the reason, to be read after "schedule 'text' "
   */
  static Schedule parse(String text) {
    Call call = Call.parse(text);
    return switch (call.name()) {
      case "constant" -> call.without(new Constant());
      case "cosine" -> call.without(new Cosine());
      case "linear" -> call.without(new Linear());
      case "step" -> {
        call.expect(2);
        double every = call.arguments().get(0);
        if (every != Math.rint(every) || every > Integer.MAX_VALUE) {
          throw new IllegalArgumentException(
              "needs a whole number of steps below 2^31 between its falls, got "
                  + Names.number(every));
        }
        yield new Step((int) every, call.arguments().get(1));
      }
      case "inverse_sqrt" -> new InverseSqrt(call.only());
      default -> throw new IllegalArgumentException("is not one of " + FORMS);
    };
  }
}

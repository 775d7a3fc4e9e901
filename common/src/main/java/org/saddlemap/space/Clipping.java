package org.saddlemap.space;

/** What is done to a gradient that is too large, before the optimizer sees it. */
public sealed interface Clipping extends Written {
  /** Whether it leaves all gradients as they are whose norm is at most so much. */
  boolean spares(double norm);

  /** Nothing. */
  record None() implements Clipping {
    @Override
    public String text() {
      return "none";
    }

    @Override
    public boolean spares(double norm) {
      return true;
    }
  }

  /** g ← g · min(1, limit/‖g‖), over all parameters together (Pascanu et al. 2013). */
  record ByNorm(double limit) implements Clipping {
    public ByNorm {
      Check.positive("limit", limit);
    }

    @Override
    public String text() {
      return Call.text("norm", limit);
    }

    @Override
    public boolean spares(double norm) {
      return norm <= limit;
    }
  }

  /** Every component into [−limit, limit]. */
  record ByValue(double limit) implements Clipping {
    public ByValue {
      Check.positive("limit", limit);
    }

    @Override
    public String text() {
      return Call.text("value", limit);
    }

    @Override
    public boolean spares(double norm) {
      return norm <= limit;
    }
  }

  /**
   * Reads {@code none}, {@code norm(x)} or {@code value(x)}.
   *
   * @throws IllegalArgumentException with the reason, to be read after "clipping 'text' "
   */
  static Clipping parse(String text) {
    Call call = Call.parse(text);
    return switch (call.name()) {
      case "none" -> {
        call.expect(0);
        yield new None();
      }
      case "norm" -> new ByNorm(call.only());
      case "value" -> new ByValue(call.only());
      default -> throw new IllegalArgumentException("is not one of none, norm(x), value(x)");
    };
  }
}

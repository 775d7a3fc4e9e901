package org.saddlemap.space;

/**
 * How initial sizes and learning rates of layers go with their widths, written as factors on those
 * of the initializer and the learning rate: for steps of these optimizers that is the same as
 * multipliers in the network (Yang et al. 2022, Tensor Programs V, appendix J).
 */
public sealed interface Parametrization extends Written {
  /** All forms, for messages. */
  String FORMS = "standard, ntk, mup(base width)";

  /**
   * Factor on the learning rate of a layer's weights.
   *
   * @param adaptive whether steps do not grow with the gradient, as Adam's
   */
  double weightRate(Place place, int fanIn, int fanOut, boolean adaptive);

  /** Factor on the learning rate of what each unit has one of: biases and scales. */
  double unitRate(Place place, int units, boolean adaptive);

  /** Factor on the initial weights. */
  double initial(Place place, int fanIn);

  /** Where a layer stands. */
  enum Place {
    /** Its inputs are the data, its outputs units. */
    INPUT,
    HIDDEN,
    /** Its inputs are units, its outputs the network's. */
    OUTPUT,
    /** Both ends are given by the data. */
    ONLY;

    /** Of one of so many layers. */
    public static Place of(int layer, int layers) {
      if (layers == 1) {
        return ONLY;
      }
      return layer == 0 ? INPUT : layer == layers - 1 ? OUTPUT : HIDDEN;
    }
  }

  /** As the initializer and the learning rate say. */
  record Standard() implements Parametrization {
    @Override
    public String text() {
      return "standard";
    }

    @Override
    public double weightRate(Place place, int fanIn, int fanOut, boolean adaptive) {
      return 1;
    }

    @Override
    public double unitRate(Place place, int units, boolean adaptive) {
      return 1;
    }

    @Override
    public double initial(Place place, int fanIn) {
      return 1;
    }
  }

  /**
   * Weights are 1/√fan-in times what is trained (Jacot et al. 2018), so that steps move them by
   * 1/fan-in times as much, adaptive ones by 1/√fan-in; biases are trained as they are.
   */
  record Ntk() implements Parametrization {
    @Override
    public String text() {
      return "ntk";
    }

    @Override
    public double weightRate(Place place, int fanIn, int fanOut, boolean adaptive) {
      return adaptive ? 1 / Math.sqrt(fanIn) : 1.0 / fanIn;
    }

    @Override
    public double unitRate(Place place, int units, boolean adaptive) {
      return 1;
    }

    @Override
    public double initial(Place place, int fanIn) {
      return 1;
    }
  }

  /**
   * Maximal update parametrization: the learning rate that is best at one width is best at others.
   * At the base width all factors are 1.
   */
  record Mup(int base) implements Parametrization {
    @Override
    public String text() {
      return Call.text("mup", base);
    }

    @Override
    public double weightRate(Place place, int fanIn, int fanOut, boolean adaptive) {
      return switch (place) {
        case INPUT -> adaptive ? 1 : ratio(fanOut);
        case HIDDEN -> adaptive ? 1 / ratio(fanIn) : 1;
        case OUTPUT -> 1 / ratio(fanIn);
        case ONLY -> 1;
      };
    }

    @Override
    public double unitRate(Place place, int units, boolean adaptive) {
      boolean grow = place == Place.INPUT || place == Place.HIDDEN;
      return grow && !adaptive ? ratio(units) : 1;
    }

    @Override
    public double initial(Place place, int fanIn) {
      return place == Place.OUTPUT ? 1 / Math.sqrt(ratio(fanIn)) : 1;
    }

    private double ratio(int width) {
      return (double) width / base;
    }
  }

  /**
   * Reads one of {@link #FORMS}.
   *
   * @throws IllegalArgumentException with the reason, to be read after "parametrization 'text' "
   */
  static Parametrization parse(String text) {
    Call call = Call.parse(text);
    return switch (call.name()) {
      case "standard" -> call.without(new Standard());
      case "ntk" -> call.without(new Ntk());
      case "mup" -> {
        double base = call.only();
        if (!(base >= 1 && base <= 65_536 && base == Math.rint(base))) {
          throw new IllegalArgumentException(
              "has the base width %s; needs a whole number from 1 to 65536"
                  .formatted(Names.number(base)));
        }
        yield new Mup((int) base);
      }
      default -> throw new IllegalArgumentException("is not one of " + FORMS);
    };
  }
}

package org.saddlemap.space;

import java.util.List;

/** Factors on the learning rate by layer: those with weights, from 0 at the input. */
public sealed interface LayerRates extends Written {
  /** All forms, for messages. */
  String FORMS = "uniform, decay(ratio), list(factor, …)";

  /** The factor of one of so many layers. */
  double factor(int layer, int layers);

  /** 1 for all. */
  record Uniform() implements LayerRates {
    @Override
    public String text() {
      return "uniform";
    }

    @Override
    public double factor(int layer, int layers) {
      return 1;
    }
  }

  /**
   * 1 for the output's layer, and ratio times that of the layer above for each below (Howard and
   * Ruder 2018).
   */
  record Decay(double ratio) implements LayerRates {
    public Decay {
      Check.positive("ratio", ratio);
    }

    @Override
    public String text() {
      return Call.text("decay", ratio);
    }

    @Override
    public double factor(int layer, int layers) {
      return StrictMath.pow(ratio, layers - 1 - layer);
    }
  }

  /** One factor a layer; 0 keeps it as it is at the start. */
  record Listed(List<Double> factors) implements LayerRates {
    public Listed {
      factors = List.copyOf(factors);
      factors.forEach(f -> Check.notNegative("factor", f));
      if (factors.stream().allMatch(f -> f == 0)) {
        throw new IllegalArgumentException("needs a factor above 0, or nothing is trained");
      }
    }

    @Override
    public String text() {
      return Call.text("list", factors.stream().mapToDouble(f -> f).toArray());
    }

    @Override
    public double factor(int layer, int layers) {
      if (layers != factors.size()) {
        throw new IllegalStateException(
            "Cannot give %d layers the factors %s".formatted(layers, text()));
      }
      return factors.get(layer);
    }
  }

  /**
   * Reads one of {@link #FORMS}; a decay of 1 is uniform.
   *
   * @throws IllegalArgumentException with the reason, to be read after "layer_rates 'text' "
   */
  static LayerRates parse(String text) {
    Call call = Call.parse(text);
    return switch (call.name()) {
      case "uniform" -> call.without(new Uniform());
      case "decay" -> call.only() == 1 ? new Uniform() : new Decay(call.only());
      case "list" -> new Listed(call.arguments());
      default -> throw new IllegalArgumentException("is not one of " + FORMS);
    };
  }
}

package org.saddlemap.examine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.saddlemap.network.Blueprint;
import org.saddlemap.network.Network;
import org.saddlemap.network.Stage;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.space.Residual;

/** Reads the network of a case and its weights. */
final class NetworkReader {
  private NetworkReader() {}

  static double l2(JsonSection at) {
    double l2 = at.find("l2").map(n -> at.number("l2", n)).orElse(0.0);
    if (!(l2 >= 0)) {
      throw at.wrong("l2", "needs a number >= 0, got " + l2);
    }
    return l2;
  }

  static double factor(JsonSection at) {
    double factor = at.find("loss_factor").map(n -> at.number("loss_factor", n)).orElse(1.0);
    if (!(factor > 0)) {
      throw at.wrong("loss_factor", "needs a number > 0, got " + factor);
    }
    return factor;
  }

  static Network architecture(JsonSection at) {
    at.only(
        "sizes",
        "activation",
        "output_activation",
        "loss",
        "loss_factor",
        "bias",
        "batch_norm",
        "normalization",
        "residual",
        "l2");
    List<Integer> sizes = new ArrayList<>();
    JsonNode list = at.need("sizes");
    if (!list.isArray()) {
      throw at.wrong("sizes", "needs a list of whole numbers, inputs to outputs");
    }
    for (JsonNode size : list) {
      sizes.add(at.whole("sizes", size));
    }
    List<Activation> activations = activations(at, sizes.size() - 2);
    Activation output =
        at.find("output_activation")
            .map(n -> at.choice("output_activation", n, Activation.class))
            .orElse(Activation.IDENTITY);
    Loss loss = at.choice("loss", at.need("loss"), Loss.class);
    boolean bias = at.find("bias").map(n -> at.flag("bias", n)).orElse(true);
    if (at.find("batch_norm").isPresent() && at.find("normalization").isPresent()) {
      throw at.wrong("normalization", "cannot stand beside batch_norm; keep one");
    }
    Norm norm = at.find("batch_norm").isPresent() ? batchNorm(at) : normalization(at);
    Residual residual =
        at.find("residual")
            .map(n -> (Residual) value(at, "residual", Hyperparameter.RESIDUAL, n))
            .orElse(Residual.NONE);
    return at.valid(
        "sizes",
        () ->
            new Blueprint(
                    sizes,
                    activations,
                    output,
                    loss,
                    bias,
                    norm.kind(),
                    norm.affine(),
                    norm.epsilon(),
                    residual,
                    0)
                .build());
  }

  /** One for all hidden layers, or a list. */
  private static List<Activation> activations(JsonSection at, int hidden) {
    if (hidden < 1 && at.find("activation").isEmpty()) {
      return List.of();
    }
    JsonNode given = at.need("activation");
    if (!given.isArray()) {
      return Collections.nCopies(
          Math.max(0, hidden), at.choice("activation", given, Activation.class));
    }
    List<Activation> each = new ArrayList<>();
    for (JsonNode one : given) {
      each.add(at.choice("activation", one, Activation.class));
    }
    if (each.size() != hidden) {
      throw at.wrong(
          "activation", "needs one, or one for each of %d hidden layers".formatted(hidden));
    }
    return each;
  }

  private static Object value(JsonSection at, String key, Hyperparameter h, JsonNode node) {
    return at.valid(key, () -> h.parse(node.asText()));
  }

  /** How a network's layers are normalized. */
  private record Norm(Normalization kind, boolean affine, double epsilon) {}

  private static Norm batchNorm(JsonSection at) {
    JsonNode given = at.need("batch_norm");
    if (given.isBoolean()) {
      return new Norm(
          given.booleanValue() ? Normalization.BATCH : Normalization.NONE,
          true,
          Normalization.EPSILON);
    }
    JsonSection section = at.section("batch_norm");
    section.only("affine", "epsilon");
    return norm(section, Normalization.BATCH, false, 0);
  }

  private static Norm normalization(JsonSection at) {
    JsonNode given = at.find("normalization").orElse(null);
    if (given == null) {
      return new Norm(Normalization.NONE, true, Normalization.EPSILON);
    }
    if (!given.isObject()) {
      return new Norm(
          (Normalization) value(at, "normalization", Hyperparameter.NORMALIZATION, given),
          true,
          Normalization.EPSILON);
    }
    JsonSection section = at.section("normalization");
    section.only("kind", "affine", "epsilon");
    Normalization kind =
        (Normalization) value(section, "kind", Hyperparameter.NORMALIZATION, section.need("kind"));
    return norm(section, kind, true, Normalization.EPSILON);
  }

  private static Norm norm(
      JsonSection at, Normalization kind, boolean affineByDefault, double epsilonByDefault) {
    boolean affine = at.find("affine").map(n -> at.flag("affine", n)).orElse(affineByDefault);
    double epsilon = at.find("epsilon").map(n -> at.number("epsilon", n)).orElse(epsilonByDefault);
    if (!(epsilon >= 0)) {
      throw at.wrong("epsilon", "needs a number >= 0, got " + epsilon);
    }
    return new Norm(kind, affine, epsilon);
  }

  static double[] weights(JsonSection at, Network net) {
    JsonNode list = at.need("weights");
    if (!list.isArray() || list.size() != net.layers()) {
      throw at.wrong("weights", "needs a list of " + net.layers() + " layers");
    }
    double[] theta = new double[net.parameters()];
    for (int l = 0; l < net.layers(); l++) {
      JsonSection layer = new JsonSection(at.where() + ": weights[" + l + "]", list.get(l));
      if (!layer.node().isObject()) {
        throw at.wrong(
            "weights[" + l + "]",
            "needs an object with W" + (net.biases(l).isPresent() ? " and b" : ""));
      }
      layer.only("W", "b", "gamma", "beta");
      Stage stage = net.stage(l);
      System.arraycopy(
          layer.matrix("W", stage.in(), stage.out(), layer::weight),
          0,
          theta,
          stage.from(),
          stage.in() * stage.out());
      strip(layer, stage, "b", shift(stage), Optional.empty(), theta, "the layer has no bias");
      strip(
          layer,
          stage,
          "gamma",
          stage.block("gamma"),
          Optional.of(1.0),
          theta,
          "this layer has no normalization with a scale");
      strip(
          layer,
          stage,
          "beta",
          stage.block("b").flatMap(b -> stage.block("beta")),
          Optional.of(0.0),
          theta,
          "this layer has no shift beside its bias");
    }
    return theta;
  }

  /** What a file calls b: the bias, or the shift of a normalization that has its place. */
  private static Optional<Stage.Block> shift(Stage stage) {
    return stage.block("b").or(() -> stage.block("beta"));
  }

  /** One number a unit; where it may be missing, all have the same. */
  private static void strip(
      JsonSection at,
      Stage stage,
      String key,
      Optional<Stage.Block> place,
      Optional<Double> missing,
      double[] theta,
      String none) {
    if (place.isEmpty()) {
      if (at.node().has(key)) {
        throw at.wrong(key, none);
      }
      return;
    }
    int from = place.get().from();
    if (missing.isPresent() && !at.node().has(key)) {
      Arrays.fill(theta, from, from + stage.out(), missing.get());
      return;
    }
    System.arraycopy(at.vector(key, stage.out(), at::weight), 0, theta, from, stage.out());
  }
}

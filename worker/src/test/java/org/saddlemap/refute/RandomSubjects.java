package org.saddlemap.refute;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.verdict.Category;

/**
 * Assorted trials, each drawn from the campaign's seed and its own number. One in two is drawn from
 * everything; the others from what tends to end in a category, in turns.
 */
final class RandomSubjects {
  private static final List<String> CLASSES =
      List.of(
          "{csv: data/digits.csv.gz, label: last, scale: standard, limit: 200, holdout: 0}",
          "{csv: data/breast_cancer.csv, label: last, scale: standard, limit: 200, holdout: 0}",
          "{synthetic: {problem: spirals, rows: 120}, holdout: 0}",
          "{synthetic: {problem: blobs, rows: 150, features: 5, classes: 4, noise: 0.8}, holdout: 0}",
          "{synthetic: {problem: blobs, rows: 60, features: 3, classes: 2, noise: 0.3}, holdout: 0}",
          "{synthetic: {problem: xor, rows: 100}, holdout: 0}",
          "{csv: generated/noise-labels, label: last, scale: none, holdout: 0}",
          "{csv: generated/conflicts, label: last, scale: none, holdout: 0}");

  private static final List<String> NUMBERS =
      List.of(
          "{synthetic: {problem: teacher, rows: 150, features: 6, noise: 0.1}, task: regression,"
              + " holdout: 0}",
          "{synthetic: {problem: deep_linear, rows: 80}, task: regression, holdout: 0}",
          "{csv: generated/square, label: last, task: regression, scale: none, holdout: 0}",
          "{csv: generated/noise, label: last, task: regression, scale: none, holdout: 0}",
          "{csv: generated/positive, label: last, task: regression, scale: none, holdout: 0}");

  private static final String XOR =
      "{csv: generated/%s, label: last, task: regression, scale: none, holdout: 0}";

  /** What a draw tends to end in. */
  private enum Flavour {
    ANY,
    SADDLE,
    PLATEAU,
    OPTIMUM,
    DIVERGED,
    DESCENDING
  }

  private final long seed;

  RandomSubjects(long seed) {
    this.seed = seed;
  }

  /** Whether the trial of that number is one that tends to the category. */
  static boolean tendsTo(long index, Category category) {
    return flavour(index).name().equals(category.name());
  }

  private static Flavour flavour(long index) {
    return index % 2 == 0
        ? Flavour.ANY
        : Flavour.values()[1 + (int) (index / 2 % (Flavour.values().length - 1))];
  }

  Subject at(long index) {
    Random random = new Random(seed * 1_000_003 + index * 7919);
    random.nextInt();
    EnumMap<Hyperparameter, String> c = new EnumMap<>(Hyperparameter.class);
    String data = any(c, random);
    data = shaped(flavour(index), c, random, data);
    if (index % 3 == 2) {
      otherSteps(c, new Random(seed * 1_000_033 + index * 7907));
    }
    EnumMap<Hyperparameter, Object> values = new EnumMap<>(Hyperparameter.class);
    c.forEach((h, text) -> values.put(h, h.parse(text)));
    DataSpec spec = SpecReader.read("name: random\ndata: " + data, "random").data();
    return new Subject(
        "random",
        index,
        spec,
        Configuration.of(values),
        seed,
        (int) index,
        ExaminationSpec.DEFAULT);
  }

  private static String any(Map<Hyperparameter, String> c, Random random) {
    boolean classes = random.nextInt(3) > 0;
    String data = pick(random, classes ? CLASSES : NUMBERS);
    boolean two =
        data.contains("classes: 2")
            || data.contains("breast")
            || data.contains("xor")
            || data.contains("noise-labels")
            || data.contains("conflicts");
    String loss =
        !classes || random.nextInt(4) == 0
            ? "mse"
            : two && random.nextBoolean() ? "binary_cross_entropy" : "cross_entropy";
    c.put(Hyperparameter.LOSS, loss);
    if (loss.equals("mse")) {
      c.put(
          Hyperparameter.OUTPUT_ACTIVATION,
          pick(random, "identity", "identity", "identity", "sigmoid", "tanh", "relu"));
    }
    c.put(Hyperparameter.DEPTH, pick(random, "0", "1", "1", "2", "2", "3", "4", "6", "8", "12"));
    c.put(Hyperparameter.WIDTH, pick(random, "2", "3", "4", "8", "16", "32", "48"));
    c.put(
        Hyperparameter.ACTIVATION,
        pick(random, "tanh", "relu", "sigmoid", "gelu", "leaky_relu", "identity"));
    c.put(
        Hyperparameter.INITIALIZER,
        pick(
            random,
            "zeros",
            "constant(0.1)",
            "normal(0.01)",
            "normal(0.3)",
            "uniform(0.1)",
            "xavier_uniform",
            "xavier_normal",
            "he_normal",
            "he_uniform",
            "lecun_normal",
            "orthogonal",
            "keras_default"));
    c.put(Hyperparameter.NORMALIZATION, pick(random, "false", "false", "false", "true"));
    String optimizer =
        pick(random, "sgd", "sgd", "sgd", "momentum", "nesterov", "adam", "adam", "rmsprop");
    c.put(Hyperparameter.OPTIMIZER, optimizer);
    boolean adaptive = optimizer.equals("adam") || optimizer.equals("rmsprop");
    c.put(
        Hyperparameter.LEARNING_RATE,
        adaptive
            ? pick(random, "0.0001", "0.001", "0.01", "0.03")
            : pick(random, "0.001", "0.01", "0.03", "0.1", "0.3", "1"));
    c.put(
        Hyperparameter.BATCH_SIZE, pick(random, "full", "full", "full", "1", "4", "8", "32", "32"));
    c.put(Hyperparameter.CLIPPING, pick(random, "none", "none", "none", "norm(0.1)", "value(0.1)"));
    c.put(Hyperparameter.L2, pick(random, "0", "0", "0", "0.0001", "0.01", "0.1"));
    c.put(Hyperparameter.MAX_STEPS, pick(random, "60", "200", "500", "1000", "3000"));
    return data;
  }

  private static String shaped(
      Flavour flavour, Map<Hyperparameter, String> c, Random random, String data) {
    switch (flavour) {
      case SADDLE -> {
        c.put(
            Hyperparameter.INITIALIZER,
            pick(random, "zeros", "constant(0.1)", "constant(0.5)", "normal(0.01)"));
        c.put(Hyperparameter.DEPTH, pick(random, "1", "1", "2", "3"));
        c.put(Hyperparameter.BATCH_SIZE, pick(random, "full", "full", "32"));
        if (random.nextInt(3) == 0) {
          c.put(Hyperparameter.LOSS, "mse");
          c.put(Hyperparameter.WIDTH, pick(random, "2", "2", "3", "4"));
          c.put(Hyperparameter.ACTIVATION, pick(random, "sigmoid", "tanh"));
          c.put(Hyperparameter.OUTPUT_ACTIVATION, pick(random, "sigmoid", "identity"));
          c.put(Hyperparameter.INITIALIZER, pick(random, "uniform(0.5)", "normal(0.3)"));
          c.put(Hyperparameter.NORMALIZATION, "false");
          return XOR.formatted(pick(random, "xor", "xor-signs"));
        }
      }
      case PLATEAU -> {
        c.put(Hyperparameter.DEPTH, pick(random, "4", "6", "8", "12"));
        c.put(Hyperparameter.ACTIVATION, pick(random, "tanh", "sigmoid", "relu", "gelu"));
        c.put(
            Hyperparameter.INITIALIZER,
            pick(random, "normal(0.01)", "normal(0.1)", "uniform(0.1)", "xavier_uniform"));
        c.put(Hyperparameter.NORMALIZATION, "false");
      }
      case OPTIMUM -> {
        c.put(Hyperparameter.DEPTH, pick(random, "0", "0", "1", "2"));
        c.put(Hyperparameter.WIDTH, pick(random, "2", "3", "16", "48"));
        c.put(Hyperparameter.MAX_STEPS, pick(random, "1000", "3000"));
        c.put(Hyperparameter.INITIALIZER, pick(random, "xavier_uniform", "he_normal"));
        c.put(Hyperparameter.BATCH_SIZE, pick(random, "full", "8", "32"));
      }
      case DIVERGED -> {
        boolean adaptive = List.of("adam", "rmsprop").contains(c.get(Hyperparameter.OPTIMIZER));
        c.put(
            Hyperparameter.LEARNING_RATE,
            adaptive ? pick(random, "0.1", "1", "3") : pick(random, "1", "3", "10"));
        c.put(Hyperparameter.CLIPPING, pick(random, "none", "none", "norm(1)"));
      }
      default -> {}
    }
    return data;
  }

  /** Optimizers, schedules and rates of layers that came later, from a stream of their own. */
  private static void otherSteps(Map<Hyperparameter, String> c, Random random) {
    random.nextInt();
    if (random.nextInt(3) == 0) {
      boolean adamw = random.nextBoolean();
      c.put(Hyperparameter.OPTIMIZER, adamw ? "adamw" : "adagrad");
      c.put(Hyperparameter.LEARNING_RATE, pick(random, "0.001", "0.01", adamw ? "0.03" : "0.1"));
      if (adamw) {
        c.put(Hyperparameter.WEIGHT_DECAY, pick(random, "0.01", "0.1", "1", "4"));
      }
    }
    c.put(
        Hyperparameter.SCHEDULE,
        pick(
            random,
            "constant",
            "cosine",
            "cosine",
            "linear",
            "step(100, 0.3)",
            "inverse_sqrt(50)"));
    c.put(Hyperparameter.WARMUP, pick(random, "0", "0", "5", "50"));
    c.put(Hyperparameter.ACCUMULATION, pick(random, "1", "1", "2", "4"));
    c.put(Hyperparameter.LAYER_RATES, pick(random, "uniform", "uniform", "decay(0.5)", "decay(3)"));
  }

  private static String pick(Random random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static String pick(Random random, String... from) {
    return from[random.nextInt(from.length)];
  }
}

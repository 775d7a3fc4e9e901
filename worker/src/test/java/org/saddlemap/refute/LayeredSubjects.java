package org.saddlemap.refute;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;

/**
 * The assorted trials of {@link RandomSubjects} with residual blocks, normalization along rows and
 * columns and in all places, dropout, widths and activations by layer: a family beside the old one,
 * whose numbers stay what they are.
 */
final class LayeredSubjects {
  static final String SOURCE = "layers";

  private final RandomSubjects plain;
  private final long seed;

  LayeredSubjects(long seed) {
    this.plain = new RandomSubjects(seed);
    this.seed = seed;
  }

  Subject at(long index) {
    Subject subject = plain.at(index);
    Random random = new Random(seed * 2_000_003 + index * 6007);
    random.nextInt();
    EnumMap<Hyperparameter, String> c = new EnumMap<>(Hyperparameter.class);
    Configuration drawn = subject.configuration();
    for (Hyperparameter h : Hyperparameter.values()) {
      drawn.text(h).ifPresent(text -> c.put(h, text));
    }
    if (drawn.depth() < 2) {
      c.put(Hyperparameter.DEPTH, pick(random, "2", "3", "4", "5"));
      c.putIfAbsent(Hyperparameter.WIDTH, pick(random, "3", "8", "16"));
      c.putIfAbsent(Hyperparameter.ACTIVATION, pick(random, "tanh", "relu", "gelu"));
    }
    int depth = Integer.parseInt(c.get(Hyperparameter.DEPTH));
    boolean residual = random.nextInt(3) > 0;
    if (residual) {
      c.put(
          Hyperparameter.RESIDUAL,
          pick(
              random,
              "blocks(1)",
              "blocks(2)",
              "blocks(2)",
              "blocks(2, 1/sqrt(depth))",
              "blocks(1, 1/sqrt(depth))",
              "blocks(2, 0.1)",
              "blocks(1, 0)"));
    }
    normalize(c, random, residual);
    if (random.nextInt(6) == 0) {
      c.put(Hyperparameter.DROPOUT, pick(random, "0.1", "0.3", "0.5"));
    }
    if (random.nextInt(4) == 0) {
      c.put(
          Hyperparameter.ACTIVATIONS,
          list(depth, i -> pick(random, "tanh", "relu", "silu", "relu6", "elu", "softsign")));
      c.remove(Hyperparameter.ACTIVATION);
    }
    if (!residual && random.nextInt(3) == 0) {
      c.put(Hyperparameter.WIDTHS, list(depth, i -> pick(random, "2", "5", "12", "24")));
      c.remove(Hyperparameter.WIDTH);
    }
    EnumMap<Hyperparameter, Object> values = new EnumMap<>(Hyperparameter.class);
    c.forEach((h, text) -> values.put(h, h.parse(text)));
    return new Subject(
        SOURCE,
        index,
        subject.data(),
        Configuration.of(values),
        seed,
        (int) index,
        subject.examination());
  }

  private static void normalize(Map<Hyperparameter, String> c, Random random, boolean residual) {
    c.remove(Hyperparameter.NORMALIZATION);
    c.put(Hyperparameter.NORMALIZATION, "none");
    String kind = pick(random, "none", "layer", "layer", "rms", "batch");
    boolean single = "1".equals(c.get(Hyperparameter.BATCH_SIZE));
    if (kind.equals("none") || (kind.equals("batch") && single)) {
      return;
    }
    String place = residual ? pick(random, "", "(after)", "(sum)") : pick(random, "", "(after)");
    c.put(Hyperparameter.NORMALIZATION, kind + place);
  }

  private static String list(int depth, IntFunction<String> of) {
    return IntStream.range(0, depth).mapToObj(of).collect(Collectors.joining(", ", "list(", ")"));
  }

  private static String pick(Random random, String... from) {
    return List.of(from).get(random.nextInt(from.length));
  }
}

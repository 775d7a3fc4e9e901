package org.saddlemap.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.saddlemap.spec.SpecReaderTest.FULL;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.saddlemap.space.Hyperparameter;

/**
 * The effective spec says what its spec says, whatever that is: written down, made up or mutated.
 */
class EffectiveSpecTest {
  /** Ids of sweeps that ran before these keys were there stay as they are. */
  @Test
  void csvOptionsStandInTheEffectiveSpecWhereTheyChangeSomething() {
    String plain = "name: a\ndata: {csv: t.csv%s}\n";
    String effective = EffectiveSpec.yaml(SpecReader.read(plain.formatted(""), "s.yaml"));
    assertThat(effective).doesNotContain("separator", "decimal", "missing");
    assertThat(
            EffectiveSpec.yaml(
                SpecReader.read(
                    plain.formatted(", separator: ',', decimal: '.', missing: refuse"), "s.yaml")))
        .isEqualTo(effective);
    for (String options :
        List.of(
            "separator: tab, decimal: ',', missing: mean",
            "separator: \"\\t\"",
            "separator: ';'",
            "missing: drop",
            "separator: \"\\\\\"")) {
      SweepSpec spec = SpecReader.read(plain.formatted(", " + options), "s.yaml");
      assertThat(EffectiveSpec.yaml(spec)).isNotEqualTo(effective);
      assertThat(SpecReader.read(EffectiveSpec.yaml(spec), "again").data()).isEqualTo(spec.data());
    }
    assertThat(SpecReader.read(plain.formatted(", separator: tab"), "s.yaml").data().source())
        .isEqualTo(
            new CsvSource(
                "t.csv", "last", CsvSource.Header.AUTO, '\t', '.', CsvSource.Missing.REFUSE));
  }

  /** What were left out of the effective spec would be no part of a sweep's identity. */
  @Test
  void everySourceOfDataIsReadBackFromItsEffectiveSpec() {
    List<String> keys = new ArrayList<>();
    for (String source :
        List.of(
            "csv: 'a [1] \\n.csv', label: ' y '",
            "idx: {images: 'i: 1', labels: \"l'\\n\"}",
            "libsvm: 'x#1.svm'",
            "parquet: '%d.parquet', label: 'größe'",
            "synthetic: spirals")) {
      SweepSpec spec = SpecReader.read("name: x\ndata: {" + source + "}\n", "x.yaml");
      assertThat(SpecReader.read(EffectiveSpec.yaml(spec), "effective").data())
          .as(source)
          .isEqualTo(spec.data());
      keys.add(source.substring(0, source.indexOf(':')));
    }
    assertThat(keys).containsExactlyElementsOf(DataReader.sources());
  }

  @Test
  void effectiveTextIgnoresFormatting() {
    String block =
        """
        # the same plan
        seed: 7
        grid:
          depth:
            - 1
            - "2"
          learning_rate: {count: 3, log: [0.01, 1e0]}
        train: {max_steps: 1e3}
        data: {holdout: 0.20, 'csv': "a b.csv"}
        name: 'same'
        """;
    String flow =
        "{name: same, data: {csv: a b.csv, label: last}, grid: {depth: [1.0, 2], learning_rate:"
            + " {log: [1e-2, 1.0], count: 3}}, seed: 7, replicates: 1}";
    assertThat(effective(block)).isEqualTo(effective(flow));
    assertThat(effective(block)).isNotEqualTo(effective(flow.replace("seed: 7", "seed: 8")));
  }

  @Test
  void roundTrip() {
    requireRoundTrip(SpecReader.read(FULL, "full.yaml"), "the full example");
  }

  @Test
  void strangePathsSurvive() {
    for (String path :
        List.of(
            "a\"b\\c",
            "null",
            "# no comment",
            "tab\there",
            "größe/数据.csv",
            "😀",
            " {x}: [y]",
            "\u0085\u2028\u0007")) {
      for (DataSource source :
          List.of(
              new CsvSource(path, "null", CsvSource.Header.YES),
              new IdxSource(path, path),
              new LibsvmSource(path),
              new ParquetSource(path, "y, or: not"))) {
        SweepSpec plain = SpecReader.read("name: s\ndata: {csv: a}", "s.yaml");
        DataSpec data =
            new DataSpec(
                source,
                DataSpec.Task.CLASSIFICATION,
                DataSpec.Scale.NONE,
                0,
                Long.MIN_VALUE,
                OptionalLong.empty());
        SweepSpec spec =
            new SweepSpec(
                "s",
                data,
                plain.space(),
                1,
                Long.MAX_VALUE,
                plain.limits(),
                plain.examination(),
                Arithmetic.PORTABLE);
        requireRoundTrip(spec, path);
      }
    }
  }

  @Test
  void randomSpecsRoundTrip() {
    for (int seed = 0; seed < 300; seed++) {
      String text = randomSpec(new Random(seed));
      SweepSpec spec;
      try {
        spec = SpecReader.read(text, "s.yaml");
      } catch (InvalidInput e) {
        throw new AssertionError("seed " + seed + " is refused:\n" + text, e);
      }
      requireRoundTrip(spec, "seed " + seed);
    }
  }

  /** {@code -Dsaddlemap.fuzz=N} takes N times as many. */
  @Test
  void mutationsAreValidOrInvalidInput() {
    int mutations = 8000 * Integer.getInteger("saddlemap.fuzz", 1);
    int valid = 0;
    for (int seed = 0; seed < mutations; seed++) {
      String text = mutate(FULL, new Random(seed));
      String what = "seed " + seed + ":\n" + text;
      valid += assertTimeoutPreemptively(Duration.ofSeconds(20), () -> isValid(text, what), what);
    }
    // The fuzz must see both sides.
    assertThat(valid).isBetween(mutations / 30, mutations - mutations / 30);
  }

  @Test
  void mutatedThresholdsAreValidOrInvalidInput() {
    String good = "eps: 0.01\nmove: 2\nfloor_max: 3.0e-1 # of the range\n'upward': 0.2\n";
    int mutations = 1000 * Integer.getInteger("saddlemap.fuzz", 1);
    int valid = 0;
    for (int seed = 0; seed < mutations; seed++) {
      String text = mutate(good, new Random(seed));
      try {
        SpecReader.thresholds(text, "t.yaml");
        valid++;
      } catch (InvalidInput e) {
        assertThat(e.getMessage()).as("seed %d", seed).startsWith("t.yaml").hasLineCount(1);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ":\n" + text, e);
      }
    }
    assertThat(valid).isBetween(mutations / 30, mutations - mutations / 30);
  }

  /** 1 for a valid spec, 0 for one that is refused in one line. */
  private static int isValid(String text, String what) {
    try {
      requireRoundTrip(SpecReader.read(text, "s.yaml"), what);
      return 1;
    } catch (InvalidInput e) {
      assertThat(e.getMessage()).as(what).startsWith("s.yaml").hasLineCount(1);
      return 0;
    } catch (RuntimeException e) {
      throw new AssertionError(what, e);
    }
  }

  private static void requireRoundTrip(SweepSpec spec, String what) {
    String text = EffectiveSpec.yaml(spec);
    SweepSpec again;
    try {
      again = SpecReader.read(text, "effective.yaml");
    } catch (InvalidInput e) {
      throw new AssertionError(what + ": the effective spec is refused:\n" + text, e);
    }
    assertThat(EffectiveSpec.yaml(again)).as(what).isEqualTo(text);
    assertThat(again.data()).as(what).isEqualTo(spec.data());
    assertThat(again.limits()).as(what).isEqualTo(spec.limits());
    assertThat(again.examination()).as(what).isEqualTo(spec.examination());
    assertThat(again.space().axes()).as(what).isEqualTo(spec.space().axes());
    assertThat(again.space().excluded()).as(what).isEqualTo(spec.space().excluded());
    assertThat(again.space().included()).as(what).isEqualTo(spec.space().included());
    for (long index : new long[] {0, spec.space().size() / 2, spec.space().size() - 1}) {
      assertThat(again.space().at(index)).as(what).isEqualTo(spec.space().at(index));
    }
  }

  static String effective(String text) {
    return EffectiveSpec.yaml(SpecReader.read(text, "s.yaml"));
  }

  /** A valid spec: some hyperparameters swept, some fixed, some silent; some conditions. */
  private static String randomSpec(Random random) {
    Map<String, List<String>> pools =
        Map.of(
            "depth", List.of("0", "1", "2", "8", "200"),
            "width", List.of("1", "64", "4096"),
            "activation", List.of("tanh", "relu", "gelu"),
            "initializer", List.of("zeros", "constant(-0.5)", "normal(1e-3)", "keras_default"),
            "normalization", List.of("none", "batch"),
            "optimizer", List.of("adam", "rmsprop"),
            "learning_rate", List.of("1e-3", "0.1", "sharpness(2)", "7"),
            "batch_size", List.of("2", "32", "full"),
            "clipping", List.of("none", "norm(1)", "value(0.5)"),
            "l2", List.of("0", "1e-4", "0.1"));
    List<String> network = new ArrayList<>();
    List<String> train = new ArrayList<>();
    List<String> grid = new ArrayList<>();
    List<String> exclude = new ArrayList<>();
    List<String> keys = new ArrayList<>(pools.keySet());
    Collections.sort(keys);
    Collections.shuffle(keys, random);
    for (String key : keys) {
      List<String> pool = new ArrayList<>(pools.get(key));
      Collections.shuffle(pool, random);
      switch (random.nextInt(3)) {
        case 0 -> {
          int count = 2 + random.nextInt(pool.size() - 1);
          List<String> values = pool.subList(0, count);
          grid.add("%s: [%s]".formatted(key, String.join(", ", values)));
          if (random.nextInt(4) == 0 && !key.equals("depth")) {
            exclude.add("where: {%s: '%s'}".formatted(key, values.get(0)));
          }
        }
        case 1 ->
            (Hyperparameter.byKey(key).orElseThrow().section() == Hyperparameter.Section.NETWORK
                    ? network
                    : train)
                .add(key + ": '" + pool.get(0) + "'");
        default -> {}
      }
    }
    // Depth is never 0 alone: then axes of hidden layers would have no effect.
    network.removeIf(e -> e.startsWith("depth: '0'"));
    if (random.nextBoolean()) {
      grid.add("max_steps: {from: 0, to: %d, count: 5}".formatted(4 * (1 + random.nextInt(1000))));
    }
    StringBuilder text = new StringBuilder("name: random\ndata: {csv: a.csv}\n");
    text.append("network: {").append(String.join(", ", network)).append("}\n");
    text.append("train: {").append(String.join(", ", train)).append("}\n");
    text.append("grid: {").append(String.join(", ", grid)).append("}\n");
    // A single condition on an axis of several values leaves the others.
    exclude.stream().limit(1).forEach(e -> text.append("exclude:\n  - ").append(e).append('\n'));
    return text.append("seed: ").append(random.nextLong()).append('\n').toString();
  }

  private static String mutate(String text, Random random) {
    String alphabet = "\n :,[]{}()\"'#&*!|>-?%@`~<=.0123456789eExn\t\\é\u0000\ud83d";
    List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
    StringBuilder s = new StringBuilder(text);
    int edits = random.nextBoolean() ? 1 : 1 + random.nextInt(4);
    for (int i = 0; i < edits; i++) {
      int at = random.nextInt(s.length());
      char c = alphabet.charAt(random.nextInt(alphabet.length()));
      switch (random.nextInt(7)) {
        case 0 -> s.deleteCharAt(at);
        case 1 -> s.insert(at, c);
        case 2 -> s.setCharAt(at, c);
        case 3 -> s.insert(at, lines.get(random.nextInt(lines.size())) + "\n");
        case 4 -> s.delete(at, Math.min(s.length() - 1, at + random.nextInt(40)));
        case 5 -> s.setCharAt(at, (char) ('0' + random.nextInt(10)));
        default ->
            s.insert(
                at,
                IntStream.range(0, random.nextInt(30))
                    .mapToObj(j -> String.valueOf(c))
                    .collect(Collectors.joining()));
      }
    }
    return s.toString();
  }
}

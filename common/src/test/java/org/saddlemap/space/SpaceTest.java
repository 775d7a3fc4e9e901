package org.saddlemap.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.saddlemap.space.Condition.Compare;
import org.saddlemap.space.Condition.In;
import org.saddlemap.space.Condition.Relation;

class SpaceTest {
  private static final Axis DEPTH = listed(Hyperparameter.DEPTH, "1", "2", "4");
  private static final Axis RATE = listed(Hyperparameter.LEARNING_RATE, "0.1", "sharpness(2)");
  private static final Axis BATCH = listed(Hyperparameter.BATCH_SIZE, "8", "32", "full");

  @Test
  void numbersAreMixedRadixWithTheLastAxisFastest() {
    Space space = new Space(Map.of(Hyperparameter.WIDTH, 5L), List.of(DEPTH, BATCH), List.of());
    assertThat(
            IntStream.range(0, 9)
                .mapToObj(space::at)
                .map(c -> c.depth() + " " + c.batchSize().text() + " " + c.width()))
        .containsExactly(
            "1 8 5",
            "1 32 5",
            "1 full 5",
            "2 8 5",
            "2 32 5",
            "2 full 5",
            "4 8 5",
            "4 32 5",
            "4 full 5");
    assertThatThrownBy(() -> space.at(9)).hasMessage("Configuration 9 of 9");
    assertThatThrownBy(() -> space.at(-1)).hasMessage("Configuration -1 of 9");
  }

  @Test
  void withoutAxesThereIsOneConfiguration() {
    Space space = new Space(Map.of(), List.of(), List.of());
    assertThat(space.size()).isEqualTo(1);
    assertThat(space.included()).isEqualTo(1);
    assertThat(space.at(0)).isEqualTo(Configuration.of(Map.of()));
  }

  /** Bijection, exclusion and counts against brute force, on random spaces. */
  @Test
  void randomSpacesAgreeWithBruteForce() {
    int empty = 0;
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      Map<Hyperparameter, Object> fixed = new EnumMap<>(Hyperparameter.class);
      List<Axis> axes = new ArrayList<>();
      for (Axis axis : List.of(DEPTH, RATE, BATCH)) {
        switch (random.nextInt(4)) {
          case 0 -> fixed.put(axis.hyperparameter(), pick(axis.values(), random));
          case 1 -> {} // its default
          default -> axes.add(random.nextInt(axes.size() + 1), axis);
        }
      }
      axes.add(listed(Hyperparameter.EPOCHS, "3", "4"));
      List<Condition> excluded =
          IntStream.range(0, random.nextInt(4)).mapToObj(i -> condition(random)).toList();
      Space whole = new Space(fixed, axes, List.of());
      Set<Configuration> all = new HashSet<>();
      Map<Configuration, Boolean> out = new LinkedHashMap<>();
      for (long i = 0; i < whole.size(); i++) {
        Configuration c = whole.at(i);
        assertThat(all.add(c)).as("seed %d: %s twice", seed, c).isTrue();
        out.put(c, excluded.stream().anyMatch(e -> holds(e, c)));
      }
      assertThat((long) all.size())
          .isEqualTo(axes.stream().mapToLong(a -> a.values().size()).reduce(1, (a, b) -> a * b));
      long included = out.values().stream().filter(x -> !x).count();
      if (included == 0) {
        empty++;
        assertThatThrownBy(() -> new Space(fixed, axes, excluded))
            .hasMessage("every configuration is excluded");
        continue;
      }
      Space space = new Space(fixed, axes, excluded);
      assertThat(space.included()).as("seed %d", seed).isEqualTo(included);
      out.forEach((c, x) -> assertThat(space.excludes(c)).isEqualTo(x));
      Map<Hyperparameter, Object> given = new EnumMap<>(Hyperparameter.class);
      for (Axis axis : List.of(DEPTH, BATCH)) {
        if (random.nextBoolean()) {
          given.put(axis.hyperparameter(), pick(axis.values(), random));
        }
      }
      long part =
          out.entrySet().stream()
              .filter(e -> !e.getValue())
              .filter(
                  e ->
                      given.entrySet().stream()
                          .allMatch(
                              g -> e.getKey().value(g.getKey()).orElseThrow().equals(g.getValue())))
              .count();
      assertThat(space.included(given)).as("seed %d, given %s", seed, given).isEqualTo(part);
    }
    assertThat(empty).isBetween(1, 250);
  }

  private static boolean holds(Condition condition, Configuration c) {
    return condition.tests().entrySet().stream()
        .allMatch(t -> c.value(t.getKey()).map(t.getValue()::holds).orElse(false));
  }

  /**
   * Points that cannot differ: each configuration has one place, the first of its points, and is
   * excluded where a condition holds for all of them. On random spaces against brute force.
   */
  @Test
  void pointsThatCannotDifferHaveOnePlace() {
    int repeated = 0;
    for (int seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      List<Axis> axes = new ArrayList<>();
      for (Axis axis :
          List.of(
              listed(Hyperparameter.OPTIMIZER, "sgd", "momentum", "adam", "nesterov"),
              listed(Hyperparameter.MOMENTUM, "0.5", "0.9", "0.99"),
              listed(Hyperparameter.BETA1, "0.8", "0.9"),
              listed(Hyperparameter.DEPTH, "0", "1", "2"),
              listed(Hyperparameter.WIDTH, "4", "8", "16"),
              listed(Hyperparameter.BATCH_SIZE, "8", "full"),
              listed(Hyperparameter.ACCUMULATION, "1", "4"),
              RATE)) {
        if (random.nextInt(3) > 0) {
          axes.add(random.nextInt(axes.size() + 1), axis);
        }
      }
      List<Condition> excluded = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0 && !axes.isEmpty(); i--) {
        Map<Hyperparameter, Condition.Test> tests = new EnumMap<>(Hyperparameter.class);
        for (int k = 0; k < 2; k++) {
          Axis axis = pick(axes, random);
          tests.put(
              axis.hyperparameter(),
              new In(axis.values().subList(0, 1 + random.nextInt(axis.values().size()))));
        }
        excluded.add(new Condition(tests));
      }
      List<Map<Hyperparameter, Object>> points = points(axes);
      Map<Configuration, List<Integer>> places = new LinkedHashMap<>();
      for (int i = 0; i < points.size(); i++) {
        places.computeIfAbsent(Configuration.of(points.get(i)), c -> new ArrayList<>()).add(i);
      }
      Map<Integer, Configuration> expected = new TreeMap<>();
      long again = 0;
      for (Map.Entry<Configuration, List<Integer>> e : places.entrySet()) {
        boolean out =
            excluded.stream()
                .anyMatch(
                    c ->
                        e.getValue().stream()
                            .allMatch(
                                i ->
                                    c.tests().entrySet().stream()
                                        .allMatch(
                                            t ->
                                                t.getValue()
                                                    .holds(points.get(i).get(t.getKey())))));
        if (!out) {
          expected.put(e.getValue().get(0), e.getKey());
          again += e.getValue().size() - 1;
        }
      }
      if (expected.isEmpty()) {
        continue;
      }
      Space space = new Space(Map.of(), axes, excluded);
      Map<Integer, Configuration> found = new TreeMap<>();
      for (int i = 0; i < space.size(); i++) {
        int at = i;
        space.configuration(i).ifPresent(c -> found.put(at, c));
        assertThat(space.find(space.at(i)))
            .as("seed %d", seed)
            .hasValue(places.get(space.at(i)).get(0));
      }
      assertThat(found).as("seed %d", seed).isEqualTo(expected);
      assertThat(space.included()).as("seed %d", seed).isEqualTo(expected.size());
      assertThat(space.repeated()).as("seed %d", seed).isEqualTo(again);
      assertThat(space.idle().isEmpty()).as("seed %d", seed).isEqualTo(again == 0);
      for (Hyperparameter h : List.of(Hyperparameter.MOMENTUM, Hyperparameter.DEPTH)) {
        Object value = h.parse(h == Hyperparameter.DEPTH ? "2" : "0.9");
        assertThat(space.included(Map.of(h, value)))
            .as("seed %d, %s", seed, h)
            .isEqualTo(
                expected.values().stream()
                    .filter(c -> c.value(h).equals(Optional.of(value)))
                    .count());
      }
      repeated += again > 0 ? 1 : 0;
    }
    assertThat(repeated).isGreaterThan(100);
  }

  private static List<Map<Hyperparameter, Object>> points(List<Axis> axes) {
    List<Map<Hyperparameter, Object>> points = new ArrayList<>();
    points.add(Map.of());
    for (Axis axis : axes) {
      List<Map<Hyperparameter, Object>> longer = new ArrayList<>();
      for (Map<Hyperparameter, Object> point : points) {
        for (Object value : axis.values()) {
          Map<Hyperparameter, Object> next = new HashMap<>(point);
          next.put(axis.hyperparameter(), value);
          longer.add(next);
        }
      }
      points = longer;
    }
    return points;
  }

  @Test
  void batchSizesOfAllRowsAreFull() {
    Axis sizes = listed(Hyperparameter.BATCH_SIZE, "32", "160", "full", "5000");
    Condition large =
        new Condition(
            Map.of(
                Hyperparameter.DEPTH, new In(List.of(1L)),
                Hyperparameter.BATCH_SIZE, new Compare(Relation.GREATER, 100)));
    Condition all =
        new Condition(
            Map.of(
                Hyperparameter.DEPTH,
                new In(List.of(2L)),
                Hyperparameter.BATCH_SIZE,
                new In(sizes.values().subList(1, 4))));
    Space space = new Space(Map.of(), List.of(DEPTH, sizes), List.of(large, all));
    assertThat(space.on(5001)).isSameAs(space);
    Space there = space.on(160);
    assertThat(there.axes())
        .containsExactly(DEPTH, listed(Hyperparameter.BATCH_SIZE, "32", "full"));
    // Asked for as full, which is above no number, at depth 1; under no name at depth 2.
    assertThat(there.included()).isEqualTo(5);
    assertThat(there.excludes(Configuration.parse("depth=1;batch_size=full"))).isFalse();
    assertThat(there.excludes(Configuration.parse("depth=2;batch_size=full"))).isTrue();
    assertThat(space.on(161).values(Hyperparameter.BATCH_SIZE))
        .extracting(Hyperparameter::text)
        .containsExactly("32", "160", "full");
    Space fixed =
        new Space(Map.of(Hyperparameter.BATCH_SIZE, new BatchSize.Rows(200)), List.of(), List.of());
    assertThat(fixed.on(200).at(0).batchSize()).isEqualTo(new BatchSize.Full());
    assertThat(fixed.on(201).at(0).batchSize()).isEqualTo(new BatchSize.Rows(200));
    assertThat(new Space(Map.of(), List.of(), List.of()).on(20).at(0).batchSize())
        .isEqualTo(new BatchSize.Full());
  }

  @Test
  void aBillionConfigurationsCostNothing() {
    Space space =
        new Space(
            Map.of(),
            List.of(
                new Axis.Log(Hyperparameter.LEARNING_RATE, 1e-4, 10, 1000),
                new Axis.Linear(Hyperparameter.L2, 0, 1, 1000),
                new Axis.Linear(Hyperparameter.MAX_STEPS, 1, 1000, 1000)),
            List.of(
                new Condition(
                    Map.of(
                        Hyperparameter.LEARNING_RATE, new Compare(Relation.GREATER, 1),
                        Hyperparameter.MAX_STEPS, new Compare(Relation.AT_MOST, 500))),
                new Condition(
                    Map.of(
                        Hyperparameter.L2, new Compare(Relation.AT_LEAST, 0.5),
                        Hyperparameter.MAX_STEPS, new Compare(Relation.AT_MOST, 250)))));
    assertThat(space.size()).isEqualTo(1_000_000_000);
    // 200 rates are above 1 (a fifth of the decades), 500 values of l2 are at least 0.5.
    long first = 200L * 1000 * 500;
    long second = 1000L * 500 * 250;
    long both = 200L * 500 * 250;
    assertThat(space.included()).isEqualTo(1_000_000_000 - (first + second - both));
    assertThat(space.at(999_999_999).identity()).isEqualTo("learning_rate=10;l2=1");
  }

  @Test
  void aSpaceHasAtMostTwoToThe63MinusOnePoints() {
    List<Axis> axes =
        List.of(
            new Axis.Linear(Hyperparameter.L2, 0, 1, 10_000),
            new Axis.Linear(Hyperparameter.RHO, 0, 0.9, 10_000),
            new Axis.Linear(Hyperparameter.MOMENTUM, 0, 1, 10_000),
            new Axis.Linear(Hyperparameter.EPSILON, 0.1, 1, 10_000),
            new Axis.Linear(Hyperparameter.BETA1, 0, 0.9, 10_000));
    assertThatThrownBy(() -> new Space(Map.of(), axes, List.of()))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void nothingIsGivenTwice() {
    assertThatThrownBy(() -> new Space(Map.of(Hyperparameter.DEPTH, 1L), List.of(DEPTH), List.of()))
        .hasMessage("depth is given twice");
    assertThatThrownBy(() -> new Space(Map.of(), List.of(DEPTH, DEPTH), List.of()))
        .hasMessage("depth is given twice");
  }

  @Test
  void aRangeHasItsEndsExactly() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      double from = StrictMath.pow(10, -12 + 20 * random.nextDouble());
      double to = from * (1.5 + 1e6 * random.nextDouble());
      int count = 2 + random.nextInt(30);
      for (Axis axis :
          List.of(
              new Axis.Linear(Hyperparameter.L2, from, to, count),
              new Axis.Log(Hyperparameter.L2, from, to, count))) {
        List<Object> values = axis.values();
        assertThat(values).as("seed %d", seed).hasSize(count);
        assertThat(values.get(0)).as("seed %d", seed).isEqualTo(from);
        assertThat(values.get(count - 1)).as("seed %d", seed).isEqualTo(to);
        for (int i = 1; i < count; i++) {
          assertThat((Double) values.get(i))
              .as("seed %d", seed)
              .isGreaterThan((Double) values.get(i - 1));
        }
      }
    }
  }

  @Test
  void decadesPowersAndTenthsAreRound() {
    assertThat(new Axis.Log(Hyperparameter.LEARNING_RATE, 1e-4, 10, 6).values())
        .extracting(Hyperparameter::text)
        .containsExactly("1.0E-4", "0.001", "0.01", "0.1", "1", "10");
    assertThat(new Axis.Log(Hyperparameter.BATCH_SIZE, 1, 1024, 11).values())
        .extracting(Hyperparameter::text)
        .containsExactly("1", "2", "4", "8", "16", "32", "64", "128", "256", "512", "1024");
    assertThat(new Axis.Linear(Hyperparameter.L2, 0.1, 0.5, 5).values())
        .containsExactly(0.1, 0.2, 0.3, 0.4, 0.5);
    assertThat(new Axis.Log(Hyperparameter.L2, 1e-300, 1e300, 3).values())
        .containsExactly(1e-300, 1.0, 1e300);
  }

  @Test
  void unusableAxesAreRefused() {
    assertThatThrownBy(() -> new Axis.Listed(Hyperparameter.DEPTH, List.of()))
        .hasMessage("has no values");
    assertThatThrownBy(() -> listed(Hyperparameter.DEPTH, "2", "2.0"))
        .hasMessage("has the value 2 twice");
    assertThatThrownBy(() -> new Axis.Linear(Hyperparameter.DEPTH, 1, 4, 3).values())
        .hasMessage("has the value 2.5, which is not a whole number from 0 to 200");
    assertThatThrownBy(() -> new Axis.Linear(Hyperparameter.LOSS, 1, 4, 3))
        .hasMessage("is not a number, so it takes a list, not a range");
    assertThatThrownBy(() -> new Axis.Log(Hyperparameter.L2, 0, 4, 3))
        .hasMessage("needs a range above 0 to be logarithmic, got from 0");
  }

  private static Condition condition(Random random) {
    Map<Hyperparameter, Condition.Test> tests = new EnumMap<>(Hyperparameter.class);
    int kinds = 1 + random.nextInt(15);
    if ((kinds & 1) != 0) {
      tests.put(
          Hyperparameter.DEPTH,
          new Compare(pick(List.of(Relation.values()), random), random.nextInt(5)));
    }
    if ((kinds & 2) != 0) {
      tests.put(Hyperparameter.LEARNING_RATE, new Compare(Relation.LESS, 0.5));
    }
    if ((kinds & 4) != 0) {
      tests.put(Hyperparameter.BATCH_SIZE, new In(List.of(pick(BATCH.values(), random))));
    }
    if ((kinds & 8) != 0) {
      // Epochs are swept, so max_steps has no value and satisfies nothing.
      tests.put(
          random.nextInt(4) == 0 ? Hyperparameter.MAX_STEPS : Hyperparameter.EPOCHS,
          new In(List.of(3L)));
    }
    return new Condition(tests);
  }

  private static <T> T pick(List<T> values, Random random) {
    return values.get(random.nextInt(values.size()));
  }

  private static Axis listed(Hyperparameter h, String... texts) {
    return new Axis.Listed(h, List.of(texts).stream().map(h::parse).toList());
  }
}

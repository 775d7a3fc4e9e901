package org.saddlemap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.saddlemap.space.Axis;
import org.saddlemap.space.Condition;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Space;
import org.saddlemap.spec.EffectiveSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.trial.Trial;

class SweepPlanTest {
  @Test
  void numbersMapOneToOneToIncludedPoints() {
    for (long seed = 0; seed < 100; seed++) {
      SweepSpec spec = Specs.random(new Random(seed));
      SweepPlan plan = new SweepPlan(spec);
      List<Trial> expected = bruteForce(spec);
      List<Trial> trials = new ArrayList<>();
      for (long i = 0; i < plan.size(); i++) {
        plan.trial(i).ifPresent(trials::add);
      }
      assertThat(trials).as("seed %d", seed).isEqualTo(expected);
      assertThat(plan.planned()).as("seed %d", seed).isEqualTo(expected.size());
      Set<String> distinct = new HashSet<>();
      trials.forEach(t -> distinct.add(t.configuration().canonical() + t.replicate()));
      assertThat(distinct).as("seed %d", seed).hasSize(trials.size());
    }
  }

  @Test
  void findGivesTheNumberOfTheSameTrialInAnyPlan() {
    for (long seed = 0; seed < 100; seed++) {
      SweepPlan plan = new SweepPlan(Specs.random(new Random(seed)));
      SweepPlan other = new SweepPlan(Specs.random(new Random(seed + 1000)));
      Map<String, Long> there = new HashMap<>();
      for (long i = 0; i < other.size(); i++) {
        other.trial(i).ifPresent(t -> there.put(key(t), t.index()));
      }
      for (long i = 0; i < plan.size(); i++) {
        Optional<Trial> trial = plan.trial(i);
        if (trial.isPresent()) {
          assertThat(plan.find(trial.get())).as("seed %d", seed).hasValue(i);
          Long expected = there.get(key(trial.get()));
          OptionalLong found = other.find(trial.get());
          assertThat(found.isPresent() ? found.getAsLong() : null)
              .as("seed %d, %s", seed, trial.get())
              .isEqualTo(expected);
        }
      }
    }
  }

  private static String key(Trial trial) {
    return trial.configuration().canonical() + ";" + trial.replicate();
  }

  /** Nested loops over the axes, the last one and then the replicate fastest. */
  private static List<Trial> bruteForce(SweepSpec spec) {
    List<Map<Hyperparameter, Object>> points = List.of(Map.of());
    for (Axis axis : spec.space().axes()) {
      List<Map<Hyperparameter, Object>> longer = new ArrayList<>();
      for (Map<Hyperparameter, Object> point : points) {
        for (Object value : axis.values()) {
          Map<Hyperparameter, Object> next = new java.util.HashMap<>(point);
          next.put(axis.hyperparameter(), value);
          longer.add(next);
        }
      }
      points = longer;
    }
    List<Trial> trials = new ArrayList<>();
    Set<Configuration> seen = new HashSet<>();
    long index = 0;
    for (Map<Hyperparameter, Object> point : points) {
      Configuration c = Configuration.of(point);
      boolean out = !seen.add(c) || spec.space().excludes(c);
      for (int r = 0; r < spec.replicates(); r++, index++) {
        if (!out) {
          trials.add(new Trial(index, c, r));
        }
      }
    }
    return trials;
  }

  @Test
  void excludedPointsKeepTheirNumbers() {
    Space space =
        new Space(
            Map.of(),
            List.of(
                Specs.axis(Hyperparameter.DEPTH, "1", "2"),
                Specs.axis(Hyperparameter.BATCH_SIZE, "8", "full")),
            List.of(
                new Condition(
                    Map.of(
                        Hyperparameter.DEPTH,
                        new Condition.Compare(Condition.Relation.GREATER, 1),
                        Hyperparameter.BATCH_SIZE,
                        new Condition.In(List.of(Hyperparameter.BATCH_SIZE.parse("full")))))));
    SweepPlan plan = new SweepPlan(Specs.of(space, 2));
    assertThat(plan.size()).isEqualTo(8);
    assertThat(plan.planned()).isEqualTo(6);
    assertThat(plan.trial(5)).map(Trial::replicate).contains(1);
    assertThat(plan.trial(6)).isEmpty();
    assertThat(plan.trial(7)).isEmpty();
  }

  @Test
  void trialRefusesNumbersOutsideThePlan() {
    SweepPlan plan = new SweepPlan(Specs.of(new Space(Map.of(), List.of(), List.of()), 3));
    assertThat(plan.size()).isEqualTo(3);
    assertThatThrownBy(() -> plan.trial(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> plan.trial(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void digestDependsOnWhatResultsDependOnAlone() {
    String plain = "name: a\ndata: {csv: a.csv}\ngrid: {learning_rate: [0.1, 1], depth: [1, 2]}\n";
    String digest = digest(plain);
    assertThat(digest).matches("[0-9a-f]{64}");
    assertThat(
            List.of(
                plain.replace("name: a", "name: b"),
                plain.replace("a.csv", "moved.csv"),
                plain.replace("[0.1, 1]", "[1.0e-1, 1.0]"),
                plain.replace("[1, 2]", "{from: 1, to: 2, count: 2}"),
                plain + "limits: {trial_seconds: 3, trial_megabytes: 17}\n",
                plain + "train: {max_steps: 1000}\n"))
        .allSatisfy(same -> assertThat(digest(same)).as(same).isEqualTo(digest));
    Set<String> digests = new HashSet<>(Set.of(digest));
    assertThat(
            List.of(
                plain.replace("[1, 2]", "[2, 1]"),
                "name: a\ndata: {csv: a.csv}\ngrid: {depth: [1, 2], learning_rate: [0.1, 1]}\n",
                plain + "replicates: 2\n",
                plain + "seed: 2\n",
                plain + "examine: {rows: 5}\n",
                plain + "train: {max_steps: 1001}\n",
                plain + "exclude: [where: {depth: 1, learning_rate: 1}]\n"))
        .allSatisfy(other -> assertThat(digests.add(digest(other))).as(other).isTrue());
    SweepSpec spec = SpecReader.read(plain, "a.yaml");
    assertThat(digests.add(SweepPlan.digest(spec, "D", "e", 1))).isTrue();
    assertThat(digests.add(SweepPlan.digest(spec, "d", "E", 1))).isTrue();
    assertThat(digests.add(SweepPlan.digest(spec, "d", "e", 2))).isTrue();
  }

  private static String digest(String yaml) {
    SweepSpec spec = SpecReader.read(yaml, "a.yaml");
    // What is stored with a sweep says the same.
    SweepSpec stored = SpecReader.read(EffectiveSpec.yaml(spec), "stored");
    assertThat(SweepPlan.digest(stored, "d", "e", 1))
        .isEqualTo(SweepPlan.digest(spec, "d", "e", 1));
    return SweepPlan.digest(spec, "d", "e", 1);
  }
}

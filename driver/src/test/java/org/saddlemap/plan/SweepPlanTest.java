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
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.trial.Trial;

class SweepPlanTest {
  @Test
  void numbersAndTrialsAreABijectionOntoTheIncludedPoints() {
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
  void theSameTrialIsFoundInWhateverPlan() {
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
    long index = 0;
    for (Map<Hyperparameter, Object> point : points) {
      Configuration c = Configuration.of(point);
      boolean out = spec.space().excluded().stream().anyMatch(x -> x.holds(c));
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
  void rejectsNumbersOutsideThePlan() {
    SweepPlan plan = new SweepPlan(Specs.of(new Space(Map.of(), List.of(), List.of()), 3));
    assertThat(plan.size()).isEqualTo(3);
    assertThatThrownBy(() -> plan.trial(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> plan.trial(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aDigestDependsOnSpecDataAndEngine() {
    Set<String> digests =
        Set.of(
            SweepPlan.digest("s", "d", "e"),
            SweepPlan.digest("S", "d", "e"),
            SweepPlan.digest("s", "D", "e"),
            SweepPlan.digest("s", "d", "E"));
    assertThat(digests).hasSize(4).allMatch(d -> d.matches("[0-9a-f]{64}"));
  }
}

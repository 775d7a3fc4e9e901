package org.saddlemap.plan;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.saddlemap.space.Axis;
import org.saddlemap.space.Condition;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Space;
import org.saddlemap.spec.Arithmetic;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.spec.SyntheticSource;
import org.saddlemap.spec.TrialLimits;

/** Specs for tests. */
public final class Specs {
  private Specs() {}

  /** A sweep over that space, on a small synthetic problem. */
  public static SweepSpec of(Space space, int replicates) {
    return new SweepSpec(
        "test",
        new DataSpec(
            new SyntheticSource(SyntheticSource.Problem.XOR, 64, 2, 2, 0),
            DataSpec.Task.CLASSIFICATION,
            DataSpec.Scale.NONE,
            0,
            1,
            OptionalLong.empty()),
        space,
        replicates,
        1,
        TrialLimits.DEFAULT,
        ExaminationSpec.DEFAULT,
        Arithmetic.NATIVE);
  }

  public static Axis axis(Hyperparameter h, String... texts) {
    List<Object> values = new ArrayList<>();
    for (String text : texts) {
      values.add(h.parse(text));
    }
    return new Axis.Listed(h, values);
  }

  /** A sweep over up to four axes in any order, perhaps with exclusions. */
  static SweepSpec random(RandomGenerator random) {
    List<Axis> all =
        new ArrayList<>(
            List.of(
                axis(Hyperparameter.DEPTH, "0", "1", "2", "8", "32"),
                axis(Hyperparameter.BATCH_SIZE, "8", "full"),
                axis(Hyperparameter.INITIALIZER, "zeros", "he_normal", "constant(0.1)"),
                new Axis.Log(Hyperparameter.LEARNING_RATE, 1e-3, 10, 5),
                axis(Hyperparameter.NORMALIZATION, "false", "true")));
    List<Axis> axes = new ArrayList<>();
    while (!all.isEmpty() && (axes.isEmpty() || random.nextInt(4) > 0)) {
      axes.add(all.remove(random.nextInt(all.size())));
    }
    List<Condition> excluded = new ArrayList<>();
    if (random.nextBoolean()) {
      Axis of = axes.get(random.nextInt(axes.size()));
      Map<Hyperparameter, Condition.Test> tests = new EnumMap<>(Hyperparameter.class);
      for (Axis tested : List.of(of, axes.get(0))) {
        tests.put(tested.hyperparameter(), new Condition.In(tested.values().subList(0, 1)));
      }
      excluded.add(new Condition(tests));
    }
    return of(new Space(Map.of(), axes, excluded), 1 + random.nextInt(4));
  }
}

package org.saddlemap.refute;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.examine.NextBudgets;
import org.saddlemap.network.Network;
import org.saddlemap.train.Trajectory;

/**
 * A training run that was kept, with its next budget, so that any process can examine it any number
 * of times.
 *
 * @param next θ after so many steps more, where an examination looks; empty where something was not
 *     finite
 * @param brief whether an examination takes its next budget at once
 */
@SuppressWarnings("ArrayRecordComponent") // parameter vectors; never compared
record Kept(
    double[] initial,
    double[] last,
    int steps,
    int budget,
    double learningRate,
    double nextRate,
    double decayed,
    boolean stochastic,
    boolean plain,
    double[] history,
    double peak,
    int peakStep,
    double oscillation,
    ArrayList<double[]> snapshots,
    int nonfiniteStep,
    int nonfiniteLayer,
    HashMap<Integer, double[]> next,
    boolean brief)
    implements Serializable {
  private static final int NONE = -1;

  /**
   * Takes the trajectory's next budget, too.
   *
   * @param all the objective on all rows
   */
  static Kept of(Trajectory t, LossSurface all) {
    HashMap<Integer, double[]> next = new HashMap<>();
    if (t.nonfiniteStep().isEmpty()) {
      int[] taken = {0};
      NextBudgets.takeWhole(
          going(
              t,
              new Trajectory.Continuation() {
                @Override
                public double[] advance(int steps) {
                  double[] theta = t.continuation().advance(steps);
                  taken[0] += steps;
                  next.put(taken[0], theta);
                  return theta;
                }

                @Override
                public boolean brief(int steps) {
                  return t.continuation().brief(steps);
                }
              }),
          all);
    }
    return new Kept(
        t.initial(),
        t.last(),
        t.steps(),
        t.budget(),
        t.learningRate(),
        t.nextRate(),
        t.decayed(),
        t.stochastic(),
        t.plain(),
        t.history(),
        t.peak().loss(),
        t.peak().steps(),
        t.oscillation(),
        new ArrayList<>(t.snapshots()),
        t.nonfiniteStep().orElse(NONE),
        t.nonfiniteLayer().orElse(NONE),
        next,
        t.continuation().brief(t.steps()));
  }

  private static Trajectory going(Trajectory t, Trajectory.Continuation continuation) {
    return new Trajectory(
        t.network(),
        t.initial(),
        t.last(),
        t.steps(),
        t.budget(),
        t.learningRate(),
        t.nextRate(),
        t.decayed(),
        t.stochastic(),
        t.plain(),
        t.clippedSteps(),
        t.history(),
        t.peak(),
        t.oscillation(),
        t.snapshots(),
        t.curve(),
        t.nonfiniteStep(),
        t.nonfiniteLayer(),
        continuation);
  }

  /** For one examination; its continuation gives what was kept. */
  Trajectory trajectory(Network net) {
    int[] taken = {0};
    return new Trajectory(
        net,
        initial,
        last,
        steps,
        budget,
        learningRate,
        nextRate,
        decayed,
        stochastic,
        plain,
        0,
        history,
        new Trajectory.Peak(peak, peakStep),
        oscillation,
        snapshots,
        List.of(),
        nonfiniteStep == NONE ? OptionalInt.empty() : OptionalInt.of(nonfiniteStep),
        nonfiniteLayer == NONE ? OptionalInt.empty() : OptionalInt.of(nonfiniteLayer),
        new Trajectory.Continuation() {
          @Override
          public double[] advance(int more) {
            taken[0] += more;
            double[] theta = next.get(taken[0]);
            if (theta == null) {
              throw new IllegalStateException(
                  "Not kept: %d steps on; kept: %s".formatted(taken[0], next.keySet()));
            }
            return theta;
          }

          @Override
          public boolean brief(int more) {
            return brief;
          }
        });
  }

  void write(Path file) {
    store(file, this);
  }

  static Kept read(Path file) {
    return (Kept) load(file);
  }

  /** Judgements by trial. */
  static void writeAll(Path file, Map<String, List<Judged>> judgements) {
    store(file, new HashMap<>(judgements));
  }

  @SuppressWarnings("unchecked") // as written
  static Map<String, List<Judged>> readAll(Path file) {
    return (Map<String, List<Judged>>) load(file);
  }

  private static void store(Path file, Object what) {
    try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
      out.writeObject(what);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object load(Path file) {
    try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
      return in.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}

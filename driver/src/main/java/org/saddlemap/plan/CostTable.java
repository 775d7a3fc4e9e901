package org.saddlemap.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.saddlemap.space.Axis;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Space;

/**
 * The predicted cost of every trial of a plan, in bounded memory: a table over the axes that costs
 * exclusions or repetitions depend on. Where these axes have more points than {@value
 * #MAX_ENTRIES}, neighbouring values of the longest axes share an entry, which holds the cost of
 * the first of them.
 */
public final class CostTable {
  private static final int MAX_ENTRIES = 1 << 14;

  private final List<Digit> digits;
  private final boolean thinned;
  private final double[] seconds;
  private final long run;
  private final double totalSeconds;
  private final double trainSeconds;
  private final double peakBytes;
  private final double tableBytes;
  private final double[] trials;

  /**
   * A column of the table.
   *
   * @param stride plan numbers from one value of the axis to the next
   * @param values of the axis
   * @param step values that share an entry
   */
  private record Digit(long stride, int values, int step) {
    int groups() {
      return (values + step - 1) / step;
    }

    int group(long index) {
      return (int) (index / stride % values) / step;
    }

    /** Values that share the entry of that group. */
    int members(int group) {
      return Math.min(step, values - group * step);
    }

    Digit coarser() {
      return new Digit(stride, values, 2 * step);
    }
  }

  /** The cost of all trials of a plan; takes at most some {@value #MAX_ENTRIES} predictions. */
  public CostTable(SweepPlan plan, CostModel model) {
    Space space = plan.space();
    Set<Hyperparameter> matter = new HashSet<>(CostModel.HYPERPARAMETERS);
    space.excluded().forEach(c -> matter.addAll(c.hyperparameters()));
    space
        .idle()
        .keySet()
        .forEach(
            h -> {
              matter.add(h);
              matter.add(h.governor().orElseThrow());
            });
    List<Digit> columns = new ArrayList<>();
    long stride = plan.replicates();
    long shared = plan.replicates();
    for (int i = space.axes().size() - 1; i >= 0; i--) {
      Axis axis = space.axes().get(i);
      int values = axis.values().size();
      if (matter.contains(axis.hyperparameter())) {
        columns.add(new Digit(stride, values, 1));
      } else {
        shared *= values;
      }
      stride *= values;
    }
    this.thinned = thin(columns);
    this.digits = List.copyOf(columns);
    this.run = digits.isEmpty() ? plan.size() : digits.get(0).stride;
    int entries = Math.toIntExact(entries(digits));
    this.seconds = new double[entries];
    this.trials = new double[entries];
    double total = 0;
    double train = 0;
    double peak = 0;
    double tables = 0;
    for (int e = 0; e < entries; e++) {
      long index = 0;
      double members = shared;
      int rest = e;
      for (Digit d : digits) {
        int group = rest % d.groups();
        rest /= d.groups();
        index += (long) group * d.step * d.stride;
        members *= d.members(group);
      }
      Optional<Configuration> configuration = space.configuration(index / plan.replicates());
      if (configuration.isPresent()) {
        CostModel.Cost cost = model.of(configuration.get());
        seconds[e] = cost.seconds();
        trials[e] = members;
        total += members * cost.seconds();
        train += members * cost.trainSeconds();
        peak = Math.max(peak, cost.bytes());
        tables += members * cost.tableBytes();
      }
    }
    this.totalSeconds = total;
    this.trainSeconds = train;
    this.peakBytes = peak;
    this.tableBytes = tables;
  }

  private static boolean thin(List<Digit> digits) {
    boolean thinned = false;
    while (entries(digits) > MAX_ENTRIES) {
      int longest = 0;
      for (int i = 1; i < digits.size(); i++) {
        if (digits.get(i).groups() > digits.get(longest).groups()) {
          longest = i;
        }
      }
      digits.set(longest, digits.get(longest).coarser());
      thinned = true;
    }
    return thinned;
  }

  private static long entries(List<Digit> digits) {
    long product = 1;
    for (Digit d : digits) {
      product = Math.multiplyExact(product, d.groups());
    }
    return product;
  }

  /** Predicted core-seconds of a trial; 0 where there is none. */
  public double seconds(long index) {
    int entry = 0;
    for (int i = digits.size() - 1; i >= 0; i--) {
      Digit d = digits.get(i);
      entry = entry * d.groups() + d.group(index);
    }
    return seconds[entry];
  }

  /** Whether that number certainly has no trial. */
  boolean excluded(long index) {
    return !thinned && seconds(index) == 0;
  }

  /** The first number after {@code index} whose cost may differ. */
  long runEnd(long index) {
    return (index / run + 1) * run;
  }

  /** About how many stretches of equal cost a walk through so many numbers meets. */
  double runs(double numbers) {
    return numbers / run;
  }

  /** Predicted core-seconds of the whole plan. */
  public double totalSeconds() {
    return totalSeconds;
  }

  /** The part of {@link #totalSeconds} that training takes. */
  public double trainSeconds() {
    return trainSeconds;
  }

  /** Predicted memory of the most demanding trial, in bytes. */
  public double peakBytes() {
    return peakBytes;
  }

  /** Predicted size of the sweep in all tables, in bytes. */
  public double tableBytes() {
    return tableBytes;
  }

  /** About how many chunks {@link Chunker} would cut the whole plan into, without cutting it. */
  double estimateChunks(double targetSeconds) {
    double sum = 0;
    for (int e = 0; e < seconds.length; e++) {
      if (trials[e] > 0) {
        double each =
            Math.max(1, Math.min(Chunker.MAX_TRIALS, Math.floor(targetSeconds / seconds[e])));
        sum += trials[e] / each;
      }
    }
    return Math.max(1, Math.rint(sum));
  }
}

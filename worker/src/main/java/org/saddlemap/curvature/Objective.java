package org.saddlemap.curvature;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.saddlemap.arithmetic.ActivationKernel;
import org.saddlemap.arithmetic.Exponential;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/**
 * The loss over the rows of a training set as a function of the network's outputs, with its first
 * two derivatives, and the levels that the data alone determine.
 */
final class Objective {
  private final Loss loss;
  private final double[] targets;
  private final int rows;
  private final int k;
  private final double factor;

  /**
   * @param targets rows × k, row-major
   * @param factor multiplies the loss
   */
  Objective(Loss loss, double[] targets, int rows, int k, double factor) {
    this.loss = loss;
    this.targets = targets;
    this.rows = rows;
    this.k = k;
    this.factor = factor;
  }

  /**
   * The share of the loss that {@code count} rows from row {@code from} have.
   *
   * @param o outputs of those rows
   * @param p receives what they predict: the outputs, or the probabilities
   */
  double value(double[] o, int from, int count, double[] p) {
    double sum = 0;
    int t = from * k;
    switch (loss) {
      case MSE -> {
        for (int i = 0; i < count * k; i++) {
          double e = o[i] - targets[t + i];
          p[i] = o[i];
          sum += 0.5 * e * e;
        }
      }
      case BINARY_CROSS_ENTROPY -> {
        for (int i = 0; i < count * k; i++) {
          p[i] = 0.5 + 0.5 * ActivationKernel.tanh(0.5 * o[i]);
          sum += softplus(o[i]) - targets[t + i] * o[i];
        }
      }
      case CROSS_ENTROPY -> {
        for (int i = 0; i < count; i++) {
          double max = max(o, i * k);
          double total = 0;
          double fit = 0;
          for (int j = i * k; j < (i + 1) * k; j++) {
            p[j] = Exponential.of(o[j] - max);
            total += p[j];
            fit += targets[t + j] * o[j];
          }
          for (int j = i * k; j < (i + 1) * k; j++) {
            p[j] /= total;
          }
          sum += max + StrictMath.log(total) - fit;
        }
      }
    }
    return factor * sum / rows;
  }

  /** ∂f/∂o of those rows into {@code e}, from what they predict. */
  void slope(double[] p, int from, int count, double[] e) {
    double c = factor / rows;
    int t = from * k;
    for (int i = 0; i < count * k; i++) {
      e[i] = c * (p[i] - targets[t + i]);
    }
  }

  /**
   * ∂²f/∂o²·Ro of {@code count} rows into {@code re}, from what they predict and Ro. Softmax
   * targets are taken to sum to 1. The arrays may be the same.
   */
  void bend(double[] p, int count, double[] ro, double[] re) {
    double c = factor / rows;
    switch (loss) {
      case MSE -> {
        for (int i = 0; i < count * k; i++) {
          re[i] = c * ro[i];
        }
      }
      case BINARY_CROSS_ENTROPY -> {
        for (int i = 0; i < count * k; i++) {
          re[i] = c * p[i] * (1 - p[i]) * ro[i];
        }
      }
      case CROSS_ENTROPY -> {
        for (int i = 0; i < count; i++) {
          double mean = 0;
          for (int j = i * k; j < (i + 1) * k; j++) {
            mean += p[j] * ro[j];
          }
          for (int j = i * k; j < (i + 1) * k; j++) {
            re[j] = c * p[j] * (ro[j] - mean);
          }
        }
      }
    }
  }

  private double max(double[] o, int from) {
    double max = o[from];
    for (int j = from + 1; j < from + k; j++) {
      max = Math.max(max, o[j]);
    }
    return max;
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(Exponential.of(-Math.abs(x)));
  }

  /** Loss of the best constant predictor. */
  double base() {
    int[] all = new int[rows];
    for (int i = 0; i < rows; i++) {
      all[i] = i;
    }
    return factor * constantLoss(all, all.length) / rows;
  }

  /**
   * What no function of the inputs can go below, and whether one gets there.
   *
   * @param reachable the same for functions with values in an activation's range
   */
  record Floor(double level, boolean attained, Map<Activation, Double> reachable) {}

  /** Identical inputs must share one output, so each group of them has its own best constant. */
  Floor floor(double[] inputs, int columns) {
    Map<Row, int[]> groups = new HashMap<>();
    Map<Row, Integer> sizes = new HashMap<>();
    for (int i = 0; i < rows; i++) {
      Row row = Row.of(inputs, i * columns, columns);
      int size = sizes.merge(row, 1, Integer::sum);
      int[] members = groups.get(row);
      if (members == null || members.length < size) {
        members = members == null ? new int[1] : Arrays.copyOf(members, 2 * members.length);
        groups.put(row, members);
      }
      members[size - 1] = i;
    }
    double sum = 0;
    boolean attained = true;
    Map<Activation, Double> reachable = new EnumMap<>(Activation.class);
    for (Map.Entry<Row, int[]> group : groups.entrySet()) {
      int size = sizes.get(group.getKey());
      double[] mean = means(group.getValue(), size);
      double best = constantLoss(group.getValue(), size);
      sum += best;
      attained &= loss == Loss.MSE || mixed(group.getValue(), size);
      for (Activation a : Activation.values()) {
        reachable.merge(a, best + size * excess(mean, a.least(), a.most()), Double::sum);
      }
    }
    reachable.replaceAll((a, total) -> factor * total / rows);
    return new Floor(factor * sum / rows, attained, reachable);
  }

  /**
   * How far the loss of the best constant with elements in [least, most] lies above that of the
   * best constant of all.
   *
   * @param mean of the targets
   */
  private double excess(double[] mean, double least, double most) {
    double excess = 0;
    switch (loss) {
      case MSE -> {
        for (double m : mean) {
          double e = m - clip(m, least, most);
          excess += 0.5 * e * e;
        }
      }
      case BINARY_CROSS_ENTROPY -> {
        double p = mean[0];
        double best = StrictMath.log(p) - StrictMath.log1p(-p);
        double o = clip(best, least, most);
        if (o != best) {
          excess = softplus(o) - p * o + entropyTerm(p) + entropyTerm(1 - p);
        }
      }
      case CROSS_ENTROPY -> excess = logitExcess(mean, least, most);
    }
    return Math.max(excess, 0);
  }

  private static double clip(double x, double least, double most) {
    return Math.max(least, Math.min(most, x));
  }

  /**
   * Under a softmax only differences of logits count, so a range without an end binds nothing. Else
   * the best logits are log p + c, clipped, where c is the logarithm of the sum of their
   * exponentials; it is found by bisection.
   */
  private double logitExcess(double[] p, double least, double most) {
    if (Double.isInfinite(most - least)) {
      return 0;
    }
    double low = least;
    double high = most + StrictMath.log(k);
    for (int i = 0; i < 100; i++) {
      double c = 0.5 * (low + high);
      if (logSum(p, c, least, most) > c) {
        low = c;
      } else {
        high = c;
      }
    }
    double excess = logSum(p, high, least, most);
    for (double q : p) {
      excess += entropyTerm(q) - q * clip(StrictMath.log(q) + high, least, most);
    }
    return excess;
  }

  private static double logSum(double[] p, double c, double least, double most) {
    double sum = 0;
    for (double q : p) {
      sum += StrictMath.exp(clip(StrictMath.log(q) + c, least, most) - most);
    }
    return most + StrictMath.log(sum);
  }

  /** What targets and the range of each activation say of each other. */
  Map<Activation, Preview> previews(Floor floor, double inputMean, double inputRms) {
    boolean numbers = loss == Loss.MSE;
    double min = numbers ? Arrays.stream(targets).min().orElse(Double.NaN) : Double.NaN;
    double max = numbers ? Arrays.stream(targets).max().orElse(Double.NaN) : Double.NaN;
    Map<Activation, Preview> previews = new EnumMap<>(Activation.class);
    for (Activation a : Activation.values()) {
      double width = a.most() - a.least();
      double slack = 0.01 * (Double.isInfinite(width) ? max - min : width);
      double outside =
          numbers
              ? (double)
                      Arrays.stream(targets)
                          .filter(t -> t < a.least() - slack || t > a.most() + slack)
                          .count()
                  / targets.length
              : Double.NaN;
      previews.put(
          a,
          new Preview(
              inputMean,
              inputRms,
              min,
              max,
              a.least(),
              a.most(),
              outside,
              floor.reachable().get(a)));
    }
    return previews;
  }

  /** Sum over some rows of the loss of their best constant. */
  private double constantLoss(int[] members, int size) {
    double[] mean = means(members, size);
    double sum = 0;
    if (loss == Loss.MSE) {
      for (int m = 0; m < size; m++) {
        for (int j = 0; j < k; j++) {
          double e = targets[members[m] * k + j] - mean[j];
          sum += 0.5 * e * e;
        }
      }
      return sum;
    }
    for (double p : mean) {
      sum -= entropyTerm(p);
      if (loss == Loss.BINARY_CROSS_ENTROPY) {
        sum -= entropyTerm(1 - p);
      }
    }
    return size * sum;
  }

  /** Whether every class has members, so that no logit need go to infinity. */
  private boolean mixed(int[] members, int size) {
    for (double p : means(members, size)) {
      if (!(p > 0 && p < 1)) {
        return false;
      }
    }
    return true;
  }

  private double[] means(int[] members, int size) {
    double[] mean = new double[k];
    for (int m = 0; m < size; m++) {
      for (int j = 0; j < k; j++) {
        mean[j] += targets[members[m] * k + j];
      }
    }
    for (int j = 0; j < k; j++) {
      mean[j] /= size;
    }
    return mean;
  }

  private static double entropyTerm(double p) {
    return p <= 0 ? 0 : p * StrictMath.log(Math.min(p, 1));
  }

  /** The targets of some rows into another objective's. */
  void copyTargets(int[] chosen, Objective into) {
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(targets, chosen[i] * k, into.targets, i * k, k);
    }
  }

  /** √ of the mean over the target columns of their variance. */
  double targetDeviation() {
    double sum = 0;
    for (int j = 0; j < k; j++) {
      double mean = 0;
      for (int i = 0; i < rows; i++) {
        mean += targets[i * k + j];
      }
      mean /= rows;
      for (int i = 0; i < rows; i++) {
        double e = targets[i * k + j] - mean;
        sum += e * e;
      }
    }
    return Math.sqrt(sum / rows / k);
  }

  /** A row of inputs, equal by content. */
  private static final class Row {
    private final double[] values;
    private final int hash;

    private Row(double[] values) {
      this.values = values;
      this.hash = Arrays.hashCode(values);
    }

    static Row of(double[] inputs, int offset, int length) {
      double[] values = new double[length];
      for (int j = 0; j < length; j++) {
        values[j] = inputs[offset + j] + 0.0; // −0 becomes 0
      }
      return new Row(values);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Row row && Arrays.equals(values, row.values);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}

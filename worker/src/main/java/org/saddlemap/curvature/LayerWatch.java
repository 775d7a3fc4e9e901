package org.saddlemap.curvature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.saddlemap.network.Network;
import org.saddlemap.network.Stage;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.space.Activation;

/** Gathers each layer's signals block by block. */
final class LayerWatch {
  /** Share of an activation's range within which of a bound it is saturated. */
  private static final double NEAR_BOUND = 0.05;

  private final Network net;
  private final double[][] sum;
  private final double[][] square;
  private final double[][] reference;
  private final double[][] firstUnits;
  private final boolean[][] alive;
  private final long[] on;
  private final long[] saturated;
  private final double[] backward;

  LayerWatch(Network net) {
    this.net = net;
    int layers = net.layers();
    sum = new double[layers][];
    square = new double[layers][];
    reference = new double[layers][];
    firstUnits = new double[layers][];
    alive = new boolean[layers][];
    on = new long[layers];
    saturated = new long[layers];
    backward = new double[layers];
    for (int l = 0; l < layers; l++) {
      int w = net.stage(l).out();
      sum[l] = new double[w];
      square[l] = new double[w];
      alive[l] = new boolean[w];
    }
  }

  /**
   * Sees what a layer hands on. Moments are taken about the first row, so that a large common
   * offset does not cancel.
   */
  void forward(int l, double[] a, int rows) {
    int w = net.stage(l).out();
    if (reference[l] == null) {
      reference[l] = Arrays.copyOf(a, w);
    }
    double[] first = reference[l];
    double[] s = sum[l];
    double[] q = square[l];
    for (int i = 0; i < rows; i++) {
      for (int j = 0, k = i * w; j < w; j++, k++) {
        double c = a[k] - first[j];
        s[j] += c;
        q[j] += c * c;
      }
    }
  }

  /** Sees the values of a layer's activation. */
  void units(int l, double[] a, int rows) {
    int w = net.stage(l).out();
    switch (net.stage(l).activation()) {
      case RELU, RELU6 -> {
        double most = net.stage(l).activation().most();
        firstUnits[l] = firstUnits[l] == null ? Arrays.copyOf(a, w) : firstUnits[l];
        double[] first = firstUnits[l];
        for (int i = 0; i < rows; i++) {
          for (int j = 0, k = i * w; j < w; j++, k++) {
            boolean active = !(a[k] <= 0 || a[k] >= most);
            alive[l][j] |= active || a[k] != first[j];
            on[l] += active ? 1 : 0;
          }
        }
      }
      case TANH, SOFTSIGN ->
          saturated[l] += beyond(-1 + 2 * NEAR_BOUND, 1 - 2 * NEAR_BOUND, w, a, rows);
      case SIGMOID -> saturated[l] += beyond(NEAR_BOUND, 1 - NEAR_BOUND, w, a, rows);
      default -> {}
    }
  }

  private static long beyond(double least, double most, int w, double[] a, int rows) {
    long count = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0, k = i * w; j < w; j++, k++) {
        count += a[k] > most || a[k] < least ? 1 : 0;
      }
    }
    return count;
  }

  /** Sees δ of a layer. */
  void backward(int l, double[] delta, int rows) {
    int w = net.stage(l).out();
    double total = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0, k = i * w; j < w; j++, k++) {
        total += delta[k] * delta[k];
      }
    }
    backward[l] += total;
  }

  Signals signals(
      double[] theta, double[] gradient, LayerPoint.Moment moment, double[] inputs, int rows) {
    double whole = square(gradient, 0, gradient.length);
    List<LayerPoint> points = new ArrayList<>();
    for (int l = 0; l < net.layers(); l++) {
      int w = net.stage(l).out();
      int from = net.stage(l).from();
      int length = net.stage(l).length();
      double own = square(gradient, from, length);
      int off = 0;
      for (boolean on : alive[l]) {
        off += on ? 0 : 1;
      }
      boolean hidden = l < net.layers() - 1;
      boolean relu =
          net.stage(l).activation() == Activation.RELU
              || net.stage(l).activation() == Activation.RELU6;
      points.add(
          new LayerPoint(
              l + 1,
              moment,
              w,
              Math.sqrt(variance(sum[l], square[l], rows)),
              Math.sqrt(backward[l]),
              Math.sqrt(own),
              whole > 0 ? own / whole : 0,
              Math.sqrt(square(theta, from, length)),
              relu ? (double) off / w : 0,
              (double) saturated[l] / ((long) rows * w),
              hidden ? distinct(theta, l) : w,
              relu ? (double) on[l] / ((long) rows * w) : 1));
    }
    return new Signals(
        Math.sqrt(inputVariance(inputs, rows)),
        net.inputs(),
        points,
        net.stages().stream().map(Stage::path).toList());
  }

  private double inputVariance(double[] inputs, int rows) {
    int d = net.inputs();
    double[] s = new double[d];
    double[] q = new double[d];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < d; j++) {
        double c = inputs[i * d + j] - inputs[j];
        s[j] += c;
        q[j] += c * c;
      }
    }
    return variance(s, q, rows);
  }

  private static double variance(double[] sum, double[] square, int rows) {
    double total = 0;
    for (int j = 0; j < sum.length; j++) {
      double mean = sum[j] / rows;
      double v = square[j] / rows - mean * mean;
      total += v < 0 ? 0 : v; // NaN stays
    }
    return total;
  }

  private static double square(double[] v, int from, int length) {
    double sum = 0;
    for (int i = from; i < from + length; i++) {
      sum += v[i] * v[i];
    }
    return sum;
  }

  /**
   * Units whose incoming and outgoing weights differ by more than 1e-9 of the largest. All residual
   * blocks write to the same units and read them, so those of all blocks belong to each.
   */
  private int distinct(double[] theta, int l) {
    int w = net.stage(l).out();
    List<Stage> writers = new ArrayList<>();
    List<Stage> readers = new ArrayList<>();
    boolean within = net.stage(l).path() == Stage.Path.WITHIN;
    for (Stage s : within ? List.of(net.stage(l)) : carried(l)) {
      writers.add(s);
      readers.add(net.stage(s.number() + 1));
    }
    int size = 0;
    for (int i = 0; i < writers.size(); i++) {
      size += writers.get(i).in() + writers.get(i).strips().size() + readers.get(i).out();
    }
    double[][] units = new double[w][size];
    double largest = 0;
    for (int u = 0; u < w; u++) {
      int k = 0;
      for (Stage stage : writers) {
        for (int i = 0; i < stage.in(); i++) {
          units[u][k++] = theta[stage.from() + i * w + u];
        }
        for (Stage.Block strip : stage.strips()) {
          units[u][k++] = theta[strip.from() + u];
        }
      }
      for (Stage after : readers) {
        for (int j = 0; j < after.out(); j++) {
          units[u][k++] = theta[after.from() + u * after.out() + j];
        }
      }
      for (double x : units[u]) {
        largest = Math.max(largest, Math.abs(x));
      }
    }
    double grid = 1e9 / (largest + 1e-300);
    Set<List<Double>> seen = new HashSet<>();
    for (double[] unit : units) {
      List<Double> key = new ArrayList<>(unit.length);
      for (double x : unit) {
        key.add(Math.rint(x * grid) + 0.0);
      }
      seen.add(key);
    }
    return seen.size();
  }

  /**
   * The hidden stages whose outputs are the same units as those of a stage: itself, and, where its
   * outputs go past residual branches, what joins them.
   */
  private List<Stage> carried(int l) {
    int from = l;
    while (net.stage(from).path() != Stage.Path.TRUNK) {
      from--;
    }
    List<Stage> same = new ArrayList<>(List.of(net.stage(from)));
    for (int i = from + 1; net.stage(i).path() != Stage.Path.TRUNK; i++) {
      if (net.stage(i).path() == Stage.Path.JOINS) {
        same.add(net.stage(i));
      }
    }
    return same;
  }
}

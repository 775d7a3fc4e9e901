package org.saddlemap.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.saddlemap.arithmetic.ReferenceMath;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Network;
import org.saddlemap.space.Clipping;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.LayerRates;
import org.saddlemap.space.OptimizerKind;
import org.saddlemap.space.Schedule;

/**
 * The plain path: training in float64 with one scalar loop a formula, nothing clever. The oracle of
 * the fast one.
 */
final class ReferenceTrainer {
  private final Network architecture;
  private final Configuration configuration;
  private final int features;
  private final int outputs;

  /** Pre-activations, normalized values, deviations and outputs of each layer. */
  private double[][] z;

  private double[][] xhat;
  private double[][] deviation;
  private double[][] a;

  ReferenceTrainer(Network architecture, Configuration configuration, Dataset dataset) {
    this.architecture = architecture;
    this.configuration = configuration;
    this.features = dataset.features();
    this.outputs = architecture.outputs();
  }

  /** Mean loss on rows with L2, gradient into {@code g} unless null. */
  double objective(double[] theta, double[] x, double[] targets, int n, double[] g) {
    forward(theta, x, n);
    int layers = architecture.layers();
    double[] o = a[layers - 1];
    double[] d = new double[n * outputs];
    double loss = 0;
    for (int r = 0; r < n; r++) {
      for (int j = 0; j < outputs; j++) {
        int i = r * outputs + j;
        switch (architecture.loss()) {
          case MSE -> {
            loss += (o[i] - targets[i]) * (o[i] - targets[i]) / (2 * n);
            d[i] = (o[i] - targets[i]) / n;
          }
          case CROSS_ENTROPY -> {
            double max = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < outputs; k++) {
              max = Math.max(max, o[r * outputs + k]);
            }
            double sum = 0;
            for (int k = 0; k < outputs; k++) {
              sum += Math.exp(o[r * outputs + k] - max);
            }
            loss += targets[i] * (Math.log(sum) + max - o[i]) / n;
            d[i] = (Math.exp(o[i] - max) / sum - targets[i]) / n;
          }
          case BINARY_CROSS_ENTROPY -> {
            loss +=
                (Math.max(o[i], 0) - o[i] * targets[i] + Math.log1p(Math.exp(-Math.abs(o[i])))) / n;
            d[i] = (1 / (1 + Math.exp(-o[i])) - targets[i]) / n;
          }
        }
      }
    }
    double lambda = configuration.l2();
    for (double t : theta) {
      loss += lambda / 2 * t * t;
    }
    if (g == null) {
      return loss;
    }
    for (int l = layers - 1; l >= 0; l--) {
      int in = architecture.fanIn(l);
      int out = architecture.fanOut(l);
      int w = architecture.weights(l);
      boolean normalized = architecture.stage(l).normalization().isPresent();
      boolean scaled = architecture.scales(l).isPresent();
      double[] below = l == 0 ? x : a[l - 1];
      for (int i = 0; i < n * out; i++) {
        d[i] *= ReferenceMath.slope(architecture.activation(l), z[l][i]);
      }
      for (int j = 0; j < out; j++) {
        double sum = 0;
        double product = 0;
        for (int r = 0; r < n; r++) {
          sum += d[r * out + j];
          product += normalized ? d[r * out + j] * xhat[l][r * out + j] : 0;
        }
        if (architecture.biases(architecture.layers() - 1).isPresent()) {
          g[architecture.biases(l).getAsInt() + j] = normalized && !scaled ? 0 : sum;
        }
        if (scaled) {
          g[architecture.scales(l).getAsInt() + j] = product;
        }
        if (normalized) {
          double gamma = scaled ? theta[architecture.scales(l).getAsInt() + j] : 1;
          for (int r = 0; r < n; r++) {
            int i = r * out + j;
            d[i] = gamma / deviation[l][j] * (d[i] - sum / n - xhat[l][i] * product / n);
          }
        }
      }
      for (int i = 0; i < in; i++) {
        for (int j = 0; j < out; j++) {
          double sum = 0;
          for (int r = 0; r < n; r++) {
            sum += below[r * in + i] * d[r * out + j];
          }
          g[w + i * out + j] = sum;
        }
      }
      double[] next = new double[n * in];
      for (int r = 0; r < n; r++) {
        for (int i = 0; i < in; i++) {
          for (int j = 0; j < out; j++) {
            next[r * in + i] += d[r * out + j] * theta[w + i * out + j];
          }
        }
      }
      d = next;
    }
    for (int i = 0; i < theta.length; i++) {
      g[i] += lambda * theta[i];
    }
    return loss;
  }

  private void forward(double[] theta, double[] x, int n) {
    int layers = architecture.layers();
    z = new double[layers][];
    xhat = new double[layers][];
    deviation = new double[layers][];
    a = new double[layers][];
    double[] below = x;
    for (int l = 0; l < layers; l++) {
      int in = architecture.fanIn(l);
      int out = architecture.fanOut(l);
      int w = architecture.weights(l);
      z[l] = new double[n * out];
      a[l] = new double[n * out];
      xhat[l] = new double[n * out];
      deviation[l] = new double[out];
      for (int j = 0; j < out; j++) {
        double bias =
            architecture.biases(architecture.layers() - 1).isPresent()
                ? theta[architecture.biases(l).getAsInt() + j]
                : 0;
        double mean = 0;
        for (int r = 0; r < n; r++) {
          double sum = 0;
          for (int i = 0; i < in; i++) {
            sum += below[r * in + i] * theta[w + i * out + j];
          }
          z[l][r * out + j] = sum;
          mean += sum / n;
        }
        if (architecture.stage(l).normalization().isPresent()) {
          double variance = 0;
          for (int r = 0; r < n; r++) {
            variance += (z[l][r * out + j] - mean) * (z[l][r * out + j] - mean) / n;
          }
          deviation[l][j] =
              Math.sqrt(variance + architecture.stage(l).normalization().get().epsilon());
          boolean scaled = architecture.scales(l).isPresent();
          for (int r = 0; r < n; r++) {
            int i = r * out + j;
            xhat[l][i] = (z[l][i] - mean) / deviation[l][j];
            z[l][i] =
                scaled
                    ? theta[architecture.scales(l).getAsInt() + j] * xhat[l][i] + bias
                    : xhat[l][i];
          }
        } else {
          for (int r = 0; r < n; r++) {
            z[l][r * out + j] += bias;
          }
        }
        for (int r = 0; r < n; r++) {
          a[l][r * out + j] = ReferenceMath.value(architecture.activation(l), z[l][r * out + j]);
        }
      }
      below = a[l];
    }
  }

  /** The factor on the learning rate, in other words than those of the schedules. */
  private double factor(int step, int steps) {
    int w = configuration.warmup();
    if (step < w) {
      return (step + 1) / (double) w;
    }
    double part = (step - w) / (double) (steps - w);
    Schedule schedule = configuration.schedule();
    if (schedule instanceof Schedule.Step s) {
      double f = 1;
      for (int at = w + s.every(); at <= step; at += s.every()) {
        f *= s.factor();
      }
      return f;
    }
    if (schedule instanceof Schedule.InverseSqrt s) {
      return 1 / Math.sqrt(1 + (step - w) / s.steps());
    }
    return schedule instanceof Schedule.Cosine
        ? Math.pow(Math.cos(Math.PI / 2 * part), 2)
        : schedule instanceof Schedule.Linear ? 1 - part : 1;
  }

  /** Means over the rows of one step, in batches of their own. */
  private double objective(
      double[] theta, Dataset.Part part, float[] targets, int[] step, double[] g) {
    int size = configuration.batchSize().of(part.rows());
    double loss = 0;
    double[] of = new double[g.length];
    Arrays.fill(g, 0);
    for (int from = 0; from < step.length; from += size) {
      int[] batch = Arrays.copyOfRange(step, from, Math.min(from + size, step.length));
      double[] x = new double[batch.length * features];
      double[] y = new double[batch.length * outputs];
      for (int r = 0; r < batch.length; r++) {
        for (int i = 0; i < features; i++) {
          x[r * features + i] = part.inputs()[batch[r] * features + i];
        }
        for (int j = 0; j < outputs; j++) {
          y[r * outputs + j] = targets[batch[r] * outputs + j];
        }
      }
      double share = batch.length / (double) step.length;
      loss += share * objective(theta, x, y, batch.length, of);
      for (int i = 0; i < g.length; i++) {
        g[i] += share * of[i];
      }
    }
    return loss;
  }

  /** The factor on the rate of the layer that a parameter belongs to. */
  private double layerFactor(int parameter) {
    int layers = architecture.layers();
    int l = layers - 1;
    double decayed = 1;
    while (architecture.weights(l) > parameter) {
      l--;
      decayed *= configuration.layerRates() instanceof LayerRates.Decay d ? d.ratio() : 1;
    }
    return configuration.layerRates() instanceof LayerRates.Listed list
        ? list.factors().get(l)
        : decayed;
  }

  /** What {@link #train} saw. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Run(double[] theta, List<Double> losses, List<Double> norms, int clipped) {}

  /** Trains on given row numbers for each step. */
  Run train(double[] initial, double eta, Dataset dataset, List<int[]> batches) {
    Dataset.Part part = dataset.train();
    float[] targets = dataset.targets(part, architecture.loss());
    double[] theta = initial.clone();
    double[] g = new double[theta.length];
    double[] m = new double[theta.length];
    double[] v = new double[theta.length];
    List<Double> losses = new ArrayList<>();
    List<Double> norms = new ArrayList<>();
    int clipped = 0;
    int t = 0;
    for (int[] batch : batches) {
      t++;
      losses.add(objective(theta, part, targets, batch, g));
      double norm = 0;
      double largest = 0;
      for (double e : g) {
        norm += e * e;
        largest = Math.max(largest, Math.abs(e));
      }
      norm = Math.sqrt(norm);
      norms.add(norm);
      if (configuration.clipping() instanceof Clipping.ByNorm by && norm > by.limit()) {
        clipped++;
        for (int i = 0; i < g.length; i++) {
          g[i] *= by.limit() / norm;
        }
      } else if (configuration.clipping() instanceof Clipping.ByValue by && largest > by.limit()) {
        clipped++;
        for (int i = 0; i < g.length; i++) {
          g[i] = Math.max(-by.limit(), Math.min(by.limit(), g[i]));
        }
      }
      Configuration c = configuration;
      double scheduled = factor(t - 1, batches.size());
      for (int i = 0; i < g.length; i++) {
        double f = scheduled * layerFactor(i);
        switch (c.optimizer()) {
          case SGD -> theta[i] -= f * eta * g[i];
          case MOMENTUM -> {
            m[i] = c.momentum() * m[i] - eta * g[i];
            theta[i] += f * m[i];
          }
          case NESTEROV -> {
            m[i] = c.momentum() * m[i] - eta * g[i];
            theta[i] += f * (c.momentum() * m[i] - eta * g[i]);
          }
          case ADAM, ADAMW -> {
            if (c.optimizer() == OptimizerKind.ADAMW) {
              theta[i] *= 1 - f * eta * c.weightDecay();
            }
            m[i] = c.beta1() * m[i] + (1 - c.beta1()) * g[i];
            v[i] = c.beta2() * v[i] + (1 - c.beta2()) * g[i] * g[i];
            double mhat = m[i] / (1 - Math.pow(c.beta1(), t));
            double vhat = v[i] / (1 - Math.pow(c.beta2(), t));
            theta[i] -= f * eta * mhat / (Math.sqrt(vhat) + c.epsilon());
          }
          case ADAGRAD -> {
            v[i] += g[i] * g[i];
            theta[i] -= f * eta * g[i] / (Math.sqrt(v[i]) + c.epsilon());
          }
          case RMSPROP -> {
            v[i] = c.rho() * v[i] + (1 - c.rho()) * g[i] * g[i];
            theta[i] -= f * eta * g[i] / (Math.sqrt(v[i]) + c.epsilon());
          }
        }
      }
    }
    return new Run(theta, losses, norms, clipped);
  }
}

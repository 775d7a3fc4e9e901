package org.saddlemap.refute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.saddlemap.arithmetic.Along;
import org.saddlemap.layer.Activate;
import org.saddlemap.layer.Dropout;
import org.saddlemap.layer.Layer;
import org.saddlemap.layer.Normalize;
import org.saddlemap.layer.Residual;
import org.saddlemap.layer.ScaleShift;
import org.saddlemap.layer.Sequence;
import org.saddlemap.space.Activation;

/**
 * A layer over all rows, written down once more: its outputs, and from ∂f/∂y its parameters'
 * gradient and ∂f/∂x. Of the project's own layers it knows the shapes alone.
 */
abstract class PlainLayer {
  final int rows;
  final int out;
  final double[] y;

  private PlainLayer(int rows, int out) {
    this.rows = rows;
    this.out = out;
    this.y = new double[rows * out];
  }

  /** y from x; valid until the next call. */
  abstract double[] forward(double[] theta, double[] x);

  /** ∂f/∂x, after a pass forward; dy may be overwritten. */
  abstract double[] backward(double[] theta, double[] dy, double[] gradient);

  /**
   * @param from where its parameters start in θ
   */
  static PlainLayer of(Layer layer, int rows, int from) {
    if (layer instanceof org.saddlemap.layer.Dense d) {
      return new Dense(rows, from, d.inputs(), d.outputs(), d.bias());
    }
    if (layer instanceof Activate a) {
      return new Function(rows, a.inputs(), a.function());
    }
    if (layer instanceof Normalize n) {
      return n.along() == Along.COLUMN
          ? new Columns(rows, n.inputs(), n.epsilon())
          : new Rows(rows, n.inputs(), n.centred(), n.epsilon());
    }
    if (layer instanceof ScaleShift s) {
      return new Affine(rows, from, s.inputs(), s.shift());
    }
    if (layer instanceof Residual r) {
      return new Branch(of(r.branch(), rows, from), r.scale());
    }
    return new Chain((Sequence) layer, rows, from);
  }

  /** One after the other; what is left to chance is left out. */
  private static final class Chain extends PlainLayer {
    private final List<PlainLayer> layers = new ArrayList<>();

    Chain(Sequence sequence, int rows, int from) {
      super(rows, sequence.outputs());
      int at = from;
      for (Layer l : sequence.layers()) {
        if (!(l instanceof Dropout)) {
          layers.add(of(l, rows, at));
        }
        at += l.length();
      }
    }

    @Override
    double[] forward(double[] theta, double[] x) {
      double[] a = x;
      for (PlainLayer l : layers) {
        a = l.forward(theta, a);
      }
      return a;
    }

    @Override
    double[] backward(double[] theta, double[] dy, double[] gradient) {
      double[] d = dy;
      for (int i = layers.size() - 1; i >= 0; i--) {
        d = layers.get(i).backward(theta, d, gradient);
      }
      return d;
    }
  }

  /** xW + b. */
  private static final class Dense extends PlainLayer {
    private final int from;
    private final int in;
    private final boolean bias;
    private final double[] weights;
    private final double[] weightGradient;
    private final double[] dx;
    private double[] x;

    Dense(int rows, int from, int in, int out, boolean bias) {
      super(rows, out);
      this.from = from;
      this.in = in;
      this.bias = bias;
      this.weights = new double[in * out];
      this.weightGradient = new double[in * out];
      this.dx = new double[from == 0 ? 0 : rows * in];
    }

    @Override
    double[] forward(double[] theta, double[] input) {
      x = input;
      System.arraycopy(theta, from, weights, 0, weights.length);
      Products.ab(x, weights, y, rows, in, out);
      for (int i = 0; bias && i < y.length; i++) {
        y[i] += theta[from + weights.length + i % out];
      }
      return y;
    }

    /** The inputs of the first, which are the data, have no derivative. */
    @Override
    double[] backward(double[] theta, double[] dy, double[] gradient) {
      if (bias) {
        sumRows(dy, null, gradient, from + weights.length);
      }
      Products.atb(x, dy, weightGradient, rows, in, out);
      System.arraycopy(weightGradient, 0, gradient, from, weights.length);
      if (from > 0) {
        Products.abt(dy, weights, dx, rows, in, out);
      }
      return dx;
    }
  }

  /** φ(x). */
  private static final class Function extends PlainLayer {
    private final Activation kind;
    private double[] x;

    Function(int rows, int width, Activation kind) {
      super(rows, width);
      this.kind = kind;
    }

    @Override
    double[] forward(double[] theta, double[] input) {
      x = input;
      PlainActivation.value(kind, x, y, y.length);
      return y;
    }

    @Override
    double[] backward(double[] theta, double[] dy, double[] gradient) {
      PlainActivation.multiplySlope(kind, x, y, dy, y.length);
      return dy;
    }
  }

  /** γ ⊙ x + β, β first in θ. */
  private static final class Affine extends PlainLayer {
    private final int from;
    private final boolean shift;
    private double[] x;

    Affine(int rows, int from, int width, boolean shift) {
      super(rows, width);
      this.from = from;
      this.shift = shift;
    }

    private int scaleAt() {
      return from + (shift ? out : 0);
    }

    @Override
    double[] forward(double[] theta, double[] input) {
      x = input;
      for (int i = 0; i < y.length; i++) {
        y[i] = theta[scaleAt() + i % out] * x[i] + (shift ? theta[from + i % out] : 0);
      }
      return y;
    }

    @Override
    double[] backward(double[] theta, double[] dy, double[] gradient) {
      if (shift) {
        sumRows(dy, null, gradient, from);
      }
      sumRows(dy, x, gradient, scaleAt());
      for (int i = 0; i < dy.length; i++) {
        dy[i] *= theta[scaleAt() + i % out];
      }
      return dy;
    }
  }

  /** Each unit over all rows: (x − mean)/√(variance + ε). */
  private static final class Columns extends PlainLayer {
    private final double epsilon;
    private final double[] deviation;

    Columns(int rows, int width, double epsilon) {
      super(rows, width);
      this.epsilon = epsilon;
      this.deviation = new double[width];
    }

    @Override
    double[] forward(double[] theta, double[] x) {
      for (int j = 0; j < out; j++) {
        double mean = 0;
        for (int i = j; i < y.length; i += out) {
          mean += x[i];
        }
        mean /= rows;
        double variance = 0;
        for (int i = j; i < y.length; i += out) {
          variance += (x[i] - mean) * (x[i] - mean);
        }
        deviation[j] = Math.sqrt(variance / rows + epsilon);
        for (int i = j; i < y.length; i += out) {
          y[i] = (x[i] - mean) / deviation[j];
        }
      }
      return y;
    }

    @Override
    double[] backward(double[] theta, double[] dy, double[] gradient) {
      for (int j = 0; j < out; j++) {
        double mean = 0;
        double along = 0;
        for (int i = j; i < y.length; i += out) {
          mean += dy[i] / rows;
          along += dy[i] * y[i] / rows;
        }
        for (int i = j; i < y.length; i += out) {
          dy[i] = (dy[i] - mean - y[i] * along) / deviation[j];
        }
      }
      return dy;
    }
  }

  /** Each row over its units: the same, or x/√(mean of squares + ε). */
  private static final class Rows extends PlainLayer {
    private final boolean centred;
    private final double epsilon;
    private final double[] deviation;

    Rows(int rows, int width, boolean centred, double epsilon) {
      super(rows, width);
      this.centred = centred;
      this.epsilon = epsilon;
      this.deviation = new double[rows];
    }

    @Override
    double[] forward(double[] theta, double[] x) {
      for (int i = 0; i < rows; i++) {
        double mean = 0;
        for (int j = 0; centred && j < out; j++) {
          mean += x[i * out + j] / out;
        }
        double square = 0;
        for (int j = 0; j < out; j++) {
          double c = x[i * out + j] - mean;
          square += c * c / out;
        }
        deviation[i] = Math.sqrt(square + epsilon);
        for (int j = 0; j < out; j++) {
          y[i * out + j] = (x[i * out + j] - mean) / deviation[i];
        }
      }
      return y;
    }

    @Override
    double[] backward(double[] theta, double[] dy, double[] gradient) {
      for (int i = 0; i < rows; i++) {
        double mean = 0;
        double along = 0;
        for (int j = 0; j < out; j++) {
          mean += centred ? dy[i * out + j] / out : 0;
          along += dy[i * out + j] * y[i * out + j] / out;
        }
        for (int j = 0; j < out; j++) {
          int at = i * out + j;
          dy[at] = (dy[at] - mean - y[at] * along) / deviation[i];
        }
      }
      return dy;
    }
  }

  /** x + c·B(x). */
  private static final class Branch extends PlainLayer {
    private final PlainLayer branch;
    private final double scale;
    private final double[] scaled;

    Branch(PlainLayer branch, double scale) {
      super(branch.rows, branch.out);
      this.branch = branch;
      this.scale = scale;
      this.scaled = new double[y.length];
    }

    @Override
    double[] forward(double[] theta, double[] x) {
      double[] b = branch.forward(theta, x);
      for (int i = 0; i < y.length; i++) {
        y[i] = x[i] + scale * b[i];
      }
      return y;
    }

    @Override
    double[] backward(double[] theta, double[] dy, double[] gradient) {
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = scale * dy[i];
      }
      double[] d = branch.backward(theta, scaled, gradient);
      for (int i = 0; i < y.length; i++) {
        dy[i] += d[i];
      }
      return dy;
    }
  }

  /** Sums over the rows of d, or of d ⊙ by, into the gradient. */
  final void sumRows(double[] d, double[] by, double[] gradient, int at) {
    Arrays.fill(gradient, at, at + out, 0);
    for (int i = 0; i < rows * out; i++) {
      gradient[at + i % out] += by == null ? d[i] : d[i] * by[i];
    }
  }
}

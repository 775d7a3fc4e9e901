package org.saddlemap.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One arithmetic, and operands for it: random numbers that it can hold, in matrices with garbage in
 * the column of ones and in the rows beyond the batch. Nothing but a result may change.
 */
final class Bench implements AutoCloseable {
  /** Rows that the batch could have beyond those in hand. */
  private static final int BEYOND = 2;

  final Arithmetic k;
  private final AutoCloseable natives;
  private final Batch batch;
  private final Random random = new Random(20_260_722);
  private final double precision;
  private final List<Operand> operands = new ArrayList<>();

  private Bench(Arithmetic k, AutoCloseable natives, int rows, double precision) {
    this.k = k;
    this.natives = natives;
    this.batch = new Batch(rows + BEYOND);
    this.precision = precision;
    batch.rows(rows);
  }

  static Bench float32(int rows) {
    BlasRuntime.ensure();
    NativeFloats natives = new NativeFloats();
    return new Bench(new Float32(natives), natives, rows, 1e-6);
  }

  static Bench float64(int rows) {
    Float64 k = new Float64(Sizing.float64());
    return new Bench(k, k, rows, 1e-13);
  }

  /** A matrix, and the numbers that it held at first. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Operand(Matrix m, double[] values) {
    double at(int row, int column) {
      return values[row * m.columns() + column];
    }
  }

  /** A vector, the numbers that it held at first, and where its part starts. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Whole(Vector vector, double[] values) {
    /** Elements before and behind what is looked at. */
    static final int MARGIN = 3;

    double at(int index) {
      return values[MARGIN + index];
    }

    Weights weights(int in, int out, boolean bias) {
      return vector.weights(MARGIN, in, out, bias);
    }

    Strip strip(int length) {
      return vector.strip(MARGIN, length);
    }
  }

  /** What a result should be, and the sum of the sizes of its terms. */
  static final class Sum {
    private double value;
    private double size;

    Sum plus(double term) {
      value += term;
      size += Math.abs(term);
      return this;
    }
  }

  /** The number of row and column of a result. */
  interface Expected {
    Sum at(int row, int column);
  }

  Operand matrix(int columns, boolean ones, Side side) {
    Matrix m = k.memory().matrix(batch, columns, ones, side);
    Spoiled.all(m);
    double[] values = random(batch.rows() * columns);
    set(m, values);
    Operand operand = new Operand(m, values);
    operands.add(operand);
    return operand;
  }

  Whole vector(int length) {
    double[] values = random(length + 2 * Whole.MARGIN);
    Vector v = k.memory().vector(values.length);
    v.set(values);
    return new Whole(v, values);
  }

  double[] random(int n) {
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private void set(Matrix m, double[] values) {
    if (k instanceof Float64 f) {
      f.set(m, values, 0);
    } else {
      ((Trainable) k).set(m, floats(values), 0);
    }
  }

  static float[] floats(double[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) values[i];
    }
    return rounded;
  }

  static Sum sum() {
    return new Sum();
  }

  /** Checks a result, which is an operand from then on, and that no other matrix changed. */
  void check(String what, Operand out, Expected expected) {
    double[] actual = values(out.m());
    for (int r = 0; r < batch.rows(); r++) {
      for (int j = 0; j < out.m().columns(); j++) {
        close(what, r, j, actual[r * out.m().columns() + j], expected.at(r, j));
      }
    }
    unchanged(what, out.m());
    settle(out);
  }

  private void close(String what, int row, int column, double actual, Sum sum) {
    double slack = precision * (1 + sum.size);
    if (!(Math.abs(actual - sum.value) <= slack)) { // many elements: a message for the first alone
      assertThat(actual)
          .as("%s, row %d, column %d", what, row, column)
          .isCloseTo(sum.value, within(slack));
    }
  }

  /** Checks the numbers of a part of a vector, and that no others of it changed, nor a matrix. */
  void check(String what, Whole out, int length, Expected expected) {
    double[] actual = new double[out.values().length];
    out.vector().get(actual);
    for (int i = 0; i < actual.length; i++) {
      int at = i - Whole.MARGIN;
      if (at < 0 || at >= length) {
        assertThat(actual[i]).as("%s, beside the result", what).isEqualTo(out.values()[i]);
      } else {
        close(what, 0, at, actual[i], expected.at(0, at));
      }
    }
    unchanged(what, null);
  }

  /** Takes what a matrix holds for its numbers, from now on. */
  private void settle(Operand o) {
    System.arraycopy(values(o.m()), 0, o.values(), 0, o.values().length);
  }

  private void unchanged(String what, Matrix result) {
    for (Operand o : operands) {
      if (o.m() != result) {
        assertThat(Arrays.equals(values(o.m()), o.values()))
            .as("%s leaves its operands as they are", what)
            .isTrue();
      }
    }
  }

  private double[] values(Matrix m) {
    double[] values = new double[batch.rows() * m.columns()];
    m.get(values);
    return values;
  }

  @Override
  public void close() {
    try {
      natives.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

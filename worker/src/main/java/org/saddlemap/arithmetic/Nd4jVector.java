package org.saddlemap.arithmetic;

import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A vector in float32, as one flat array; weights, biases and strips are views of it. */
public final class Nd4jVector extends TrainingVector {
  private final Nd4jArithmetic k;
  private final INDArray flat;

  /** Weights within it. */
  static final class Part extends Weights {
    private final INDArray matrix;
    private final INDArray shift;

    private Part(INDArray matrix, INDArray shift, int in, int out) {
      super(in, out, shift != null);
      this.matrix = matrix;
      this.shift = shift;
    }

    /** W [in, out]. */
    INDArray matrix() {
      return matrix;
    }

    /** b [1, out]; null where there is none. */
    INDArray shift() {
      return shift;
    }
  }

  Nd4jVector(Nd4jArithmetic k, INDArray flat) {
    this.k = k;
    this.flat = flat;
  }

  /** What made it. */
  public Nd4jArithmetic arithmetic() {
    return k;
  }

  /** A view [1, n] of the elements that start there. */
  public INDArray row(int from, int n) {
    return shaped(from, 1, n);
  }

  private INDArray shaped(int from, int rows, int columns) {
    return flat.get(interval(from, from + (long) rows * columns)).reshape(rows, columns);
  }

  @Override
  public int length() {
    return (int) flat.length();
  }

  @Override
  public Weights weights(int from, int in, int out, boolean bias) {
    INDArray shift = bias ? row(from + in * out, out) : null;
    return new Part(shaped(from, in, out), shift, in, out);
  }

  @Override
  public Strip strip(int from, int count) {
    return new Nd4jStrip(flat.get(interval(from, from + count)));
  }

  @Override
  public double squared() {
    double norm = norm();
    return norm * norm;
  }

  @Override
  public double norm() {
    return k.scratch().number(() -> norm(flat));
  }

  /** In float64, which the squares of no float leave. */
  static double norm(INDArray x) {
    return x.castTo(DataType.DOUBLE).norm2Number().doubleValue();
  }

  @Override
  public void add(float a, TrainingVector y) {
    k.scratch().run(() -> flat.addi(((Nd4jVector) y).flat.mul(a)));
  }

  @Override
  public void scale(float a) {
    flat.muli(a);
  }

  @Override
  public void copy(TrainingVector y) {
    flat.assign(((Nd4jVector) y).flat);
  }

  @Override
  public void get(int from, float[] target, int n) {
    k.scratch()
        .run(
            () -> {
              float[] values = flat.get(interval(from, from + n)).toFloatVector();
              System.arraycopy(values, 0, target, 0, n);
            });
  }

  @Override
  public void put(int to, float[] source, int n) {
    k.scratch()
        .run(
            () ->
                flat.get(interval(to, to + n))
                    .assign(Nd4j.createFromArray(Arrays.copyOf(source, n))));
  }
}

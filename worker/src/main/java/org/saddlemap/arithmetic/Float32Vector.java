package org.saddlemap.arithmetic;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_scopy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sdot;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sscal;

import org.bytedeco.javacpp.FloatPointer;

/** A vector in float32, off the heap. */
public final class Float32Vector extends TrainingVector {
  /** Sums of float32 squares above it are exact enough. */
  private static final double SMALL_SQUARE = 1e-24;

  private final NativeFloats.Slice slice;
  private final FloatPointer pointer;
  private final int length;

  /** Weights within it. */
  static final class Part extends Weights {
    private final FloatPointer pointer;

    private Part(FloatPointer pointer, int in, int out, boolean bias) {
      super(in, out, bias);
      this.pointer = pointer;
    }

    FloatPointer pointer() {
      return pointer;
    }
  }

  Float32Vector(NativeFloats.Slice slice) {
    this.slice = slice;
    this.pointer = slice.pointer();
    this.length = slice.length();
  }

  /** Its memory. */
  public NativeFloats.Slice slice() {
    return slice;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public Weights weights(int from, int in, int out, boolean bias) {
    return new Part(slice.pointer(from), in, out, bias);
  }

  @Override
  public Strip strip(int from, int count) {
    return new Float32Strip(slice, from, count);
  }

  @Override
  public double squared() {
    double squared = cblas_sdot(length, pointer, 1, pointer, 1);
    if (!Double.isFinite(squared)) { // perhaps the squares alone are too large for float32
      double norm = preciseNorm();
      squared = norm * norm;
    }
    return squared;
  }

  @Override
  public double norm() {
    double squared = cblas_sdot(length, pointer, 1, pointer, 1);
    return squared > SMALL_SQUARE && Double.isFinite(squared) ? Math.sqrt(squared) : preciseNorm();
  }

  private double preciseNorm() {
    float[] values = new float[length];
    slice.get(0, values, length);
    double sum = 0;
    for (float v : values) {
      sum += (double) v * v;
    }
    return Math.sqrt(sum);
  }

  @Override
  public void add(float a, TrainingVector y) {
    cblas_saxpy(length, a, ((Float32Vector) y).pointer, 1, pointer, 1);
  }

  @Override
  public void scale(float a) {
    cblas_sscal(length, a, pointer, 1);
  }

  @Override
  public void copy(TrainingVector y) {
    cblas_scopy(length, ((Float32Vector) y).pointer, 1, pointer, 1);
  }

  @Override
  public void get(int from, float[] target, int n) {
    slice.get(from, target, n);
  }

  @Override
  public void put(int to, float[] source, int n) {
    slice.put(to, source, n);
  }
}

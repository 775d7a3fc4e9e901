package org.saddlemap.arithmetic;

import org.bytedeco.javacpp.DoublePointer;

/** A vector in float64, off the heap. */
final class Float64Vector extends Vector {
  private final NativeDoubles.Slice slice;
  private final int length;

  /** Weights within it. */
  static final class Part extends Weights {
    private final DoublePointer pointer;

    private Part(DoublePointer pointer, int in, int out, boolean bias) {
      super(in, out, bias);
      this.pointer = pointer;
    }

    DoublePointer pointer() {
      return pointer;
    }
  }

  Float64Vector(NativeDoubles memory, int length) {
    this.slice = memory.take(length);
    this.length = length;
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
  public Strip strip(int from, int length) {
    return new Float64Strip(slice, from, length);
  }

  @Override
  public void get(double[] target) {
    slice.get(target, length);
  }

  @Override
  public void set(double[] source) {
    slice.put(source, length);
  }
}

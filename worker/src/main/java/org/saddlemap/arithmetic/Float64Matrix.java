package org.saddlemap.arithmetic;

import org.bytedeco.javacpp.DoublePointer;

/**
 * A matrix that lies on one side: off the heap, where BLAS works, or on it, where loops do. The
 * other side is a copy in what {@link Float64} lends, good for one operation; so the blocks of rows
 * that an examination works through stay small enough for the processor's cache.
 */
final class Float64Matrix extends Matrix {
  private final Float64Room home;

  /** Off the heap, or null. */
  private final NativeDoubles.Slice off;

  /** On the heap, or null. */
  private final double[] on;

  /** Columns, and one where ones stand for a bias to meet. */
  private final int stride;

  Float64Matrix(Float64Room home, Batch batch, int columns, boolean ones, Side side) {
    super(batch, columns, ones);
    this.home = home;
    this.stride = columns + (ones ? 1 : 0);
    int length = Math.multiplyExact(batch.capacity(), stride);
    this.off = side == Side.PRODUCTS ? home.natives().take(length) : null;
    this.on = side == Side.LOOPS ? new double[length] : null;
    if (ones && off != null) {
      double[] filled = new double[length];
      for (int i = columns; i < length; i += stride) {
        filled[i] = 1;
      }
      off.put(filled, length);
    }
  }

  int stride() {
    return stride;
  }

  int length() {
    return rows() * stride;
  }

  /** Elements of all rows that it may have. */
  int capacity() {
    return batch().capacity() * stride;
  }

  /** For BLAS to read; only where it lies off the heap. */
  DoublePointer pointer() {
    if (off == null) {
      throw new IllegalStateException("Cannot multiply what lies on the heap");
    }
    return off.pointer();
  }

  /** For BLAS to overwrite, or add to. */
  DoublePointer target(boolean add) {
    return off != null ? off.pointer() : home.lent(this, add);
  }

  /** For loops to read or to change; a change is told by {@link #wrote}. */
  double[] in(int slot) {
    if (on != null) {
      home.settle(this);
      return on;
    }
    double[] copy = home.scratch(slot, length());
    off.get(copy, length());
    return copy;
  }

  /** For loops to overwrite, which is told by {@link #wrote}. */
  double[] out(int slot) {
    if (on != null) {
      home.drop(this);
      return on;
    }
    return home.scratch(slot, length());
  }

  /** Says that an array from {@link #in} or {@link #out} now holds the matrix. */
  void wrote(double[] a) {
    if (on != null) {
      if (a != on) {
        home.drop(this);
        System.arraycopy(a, 0, on, 0, length());
      }
      return;
    }
    int n = length();
    if (stride > columns()) {
      for (int i = columns(); i < n; i += stride) {
        a[i] = 1;
      }
    }
    off.put(a, n);
  }

  /** Takes consecutive rows of a row-major matrix. */
  void set(double[] source, int fromRow) {
    int d = columns();
    for (int r = 0; r < rows(); r++) {
      if (off != null) {
        off.put(r * stride, source, (fromRow + r) * d, d);
      } else {
        System.arraycopy(source, (fromRow + r) * d, out(0), r * stride, d);
      }
    }
  }

  /** Its heap side, to copy to and from. */
  double[] heap() {
    return on;
  }

  @Override
  public void get(double[] target) {
    double[] all = in(0);
    for (int r = 0; r < rows(); r++) {
      System.arraycopy(all, r * stride, target, r * columns(), columns());
    }
  }
}

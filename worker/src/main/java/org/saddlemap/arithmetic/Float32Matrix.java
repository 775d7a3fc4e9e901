package org.saddlemap.arithmetic;

import org.bytedeco.javacpp.FloatPointer;

/**
 * A matrix with two sides: off the heap, where BLAS works, and on it, where loops do. Whoever asks
 * for a side gets it filled: it is copied from the other where that was written last. So products
 * that follow products copy nothing, loops that follow loops copy nothing, and the copies between
 * are those that no one could leave out.
 */
final class Float32Matrix extends Matrix {
  private final NativeFloats.Slice off;
  private final float[] on;

  /**
   * Columns, and one where ones stand for a bias to meet; they are no one's business but BLAS's.
   */
  private final int stride;

  /** Whether a product reads those ones. */
  private final boolean filled;

  private boolean offCurrent = true;
  private boolean onCurrent;

  Float32Matrix(NativeFloats memory, Batch batch, int columns, boolean ones, boolean filled) {
    super(batch, columns, ones);
    this.filled = filled;
    stride = columns + (ones ? 1 : 0);
    on = new float[Math.multiplyExact(batch.capacity(), stride)];
    off = memory.take(on.length);
    if (filled) {
      for (int i = columns; i < on.length; i += stride) {
        on[i] = 1;
      }
      off.put(0, on, on.length);
    }
  }

  /** Elements from one row to the next. */
  int stride() {
    return stride;
  }

  /** Elements of the rows in hand. */
  int length() {
    return rows() * stride;
  }

  /** For BLAS to read. */
  FloatPointer pointer() {
    if (!offCurrent) {
      fillOff();
    }
    return off.pointer();
  }

  /** For BLAS to overwrite. */
  FloatPointer target() {
    offCurrent = true;
    onCurrent = false;
    return off.pointer();
  }

  /** For BLAS to add to. */
  FloatPointer sum() {
    FloatPointer p = pointer();
    onCurrent = false;
    return p;
  }

  /** For loops to read. */
  float[] values() {
    if (!onCurrent) {
      off.get(0, on, length());
      onCurrent = true;
    }
    return on;
  }

  /** For loops to change in place. */
  float[] change() {
    float[] values = values();
    offCurrent = false;
    return values;
  }

  /** For loops to overwrite. */
  float[] overwrite() {
    onCurrent = true;
    offCurrent = false;
    return on;
  }

  /** Loops run over the column of ones too, since one long loop beats many short ones. */
  private void fillOff() {
    int n = length();
    for (int i = columns(); filled && i < n; i += stride) {
      on[i] = 1f;
    }
    off.put(0, on, n);
    offCurrent = true;
  }

  /** Takes consecutive rows of a row-major matrix. */
  void set(float[] source, int fromRow) {
    int d = columns();
    if (stride == d) {
      off.put(0, source, fromRow * d, rows() * d);
    } else {
      for (int r = 0; r < rows(); r++) {
        off.put(r * stride, source, (fromRow + r) * d, d);
      }
    }
    target();
  }

  /** Takes the rows with these numbers. */
  void gather(float[] source, int[] order, int from) {
    int d = columns();
    int n = rows();
    for (int r = 0; r < n; r++) {
      System.arraycopy(source, order[from + r] * d, on, r * stride, d);
    }
    off.put(0, on, n * stride);
    offCurrent = true;
    onCurrent = true;
  }

  @Override
  public void get(double[] target) {
    float[] all = values();
    int d = columns();
    for (int r = 0; r < rows(); r++) {
      for (int j = 0; j < d; j++) {
        target[r * d + j] = all[r * stride + j];
      }
    }
  }
}

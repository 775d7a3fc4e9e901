package org.saddlemap.arithmetic;

import java.util.Arrays;

/** Memory filled with NaN wherever an operation has no business to read. */
public final class Spoiled {
  private Spoiled() {}

  /**
   * Spoils all of a matrix: rows in hand, rows beyond them, and the column of ones as loops see it.
   * Where BLAS sees it, the arithmetics promise ones.
   */
  public static void all(Matrix m) {
    int rows = m.batch().rows();
    m.batch().rows(m.batch().capacity());
    if (m instanceof Float32Matrix f) {
      for (int i = 0; i < f.length(); i++) {
        if (i % f.stride() < f.columns()) {
          f.target().put(i, Float.NaN);
        }
      }
      Arrays.fill(f.change(), Float.NaN);
    } else if (m instanceof Float64Matrix f) {
      double[] nothing = f.out(0);
      Arrays.fill(nothing, Double.NaN);
      f.wrote(nothing);
      Arrays.fill(nothing, Double.NaN);
    } else {
      throw new IllegalArgumentException("Cannot spoil a " + m.getClass().getSimpleName());
    }
    m.batch().rows(rows);
  }
}

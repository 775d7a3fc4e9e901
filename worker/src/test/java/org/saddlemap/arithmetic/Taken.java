package org.saddlemap.arithmetic;

import java.util.Collection;

/** Memory that was taken, beside that which was predicted; all in elements. */
public final class Taken {
  /** A slice of native floats starts at a cache line of 16, where 8 are predicted. */
  private static final int LINE = 16;

  private Taken() {}

  /** Off the heap, of what a {@link Float64} took. */
  public static long doubles(Arithmetic k) {
    return ((Float64) k).natives().taken();
  }

  public static long floats(NativeFloats natives) {
    return natives.taken();
  }

  /** What a prediction says of native memory. */
  public static long natives(Sizing sizing) {
    return sizing.natives();
  }

  /** What it says of the heap. */
  public static long heap(Sizing sizing, int bytes) {
    return sizing.bytes() / bytes - sizing.natives();
  }

  /** Doubles that are lent to matrices on the heap where BLAS asks for one. */
  public static long lent(Collection<Matrix> matrices) {
    return NativeDoubles.room(largest(matrices));
  }

  /** What making matrices takes for a moment, to lay ones into them. */
  public static long filled(Collection<Matrix> matrices) {
    return matrices.stream().filter(Matrix::ones).mapToLong(Taken::length).sum();
  }

  /** By how much a prediction for {@link Float32} may be short, weights transposed beside it. */
  public static long rounding(Collection<Matrix> matrices, int vectors) {
    return (long) LINE * (matrices.size() + vectors);
  }

  /** Elements of the largest. */
  public static long largest(Collection<Matrix> matrices) {
    return matrices.stream().mapToLong(Taken::length).max().orElse(0);
  }

  private static long length(Matrix m) {
    return (long) m.batch().capacity() * (m.columns() + (m.ones() ? 1 : 0));
  }
}

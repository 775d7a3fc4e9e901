package org.saddlemap.arithmetic;

import org.saddlemap.space.Activation;

/** Memory that only counts: what a workspace would take. */
public final class Sizing implements Memory {
  private final boolean examined;
  private long natives;
  private long heap;
  private long largest;

  private Sizing(boolean examined) {
    this.examined = examined;
  }

  /** As {@link Float32} takes it, on and off the heap. */
  public static Sizing float32() {
    return new Sizing(false);
  }

  /** As {@link Float64} does. */
  public static Sizing float64() {
    return new Sizing(true);
  }

  /** What was taken so far, on and off the heap together, with what operations work on. */
  public long bytes() {
    return examined
        ? Double.BYTES * (natives() + heap + Float64Room.SLOTS * largest)
        : Float.BYTES * (natives + heap);
  }

  /** Elements of those that lie off the heap. */
  long natives() {
    return natives + (examined ? NativeDoubles.room(largest) : 0);
  }

  private static final class Counted extends Matrix {
    Counted(Batch batch, int columns, boolean ones) {
      super(batch, columns, ones);
    }

    @Override
    public void get(double[] target) {
      throw new IllegalStateException("Cannot read what is only counted");
    }
  }

  @Override
  public Vector vector(int length) {
    natives += NativeDoubles.room(length);
    return null;
  }

  @Override
  public Matrix matrix(Batch batch, int columns, boolean ones, Side side) {
    long length = (long) batch.capacity() * (columns + (ones ? 1 : 0));
    natives += !examined || side == Side.PRODUCTS ? NativeDoubles.room(length) : 0;
    heap += !examined || side == Side.LOOPS ? length : 0;
    largest = Math.max(largest, length);
    return new Counted(batch, columns, ones);
  }

  @Override
  public Matrix data(Batch batch, int columns, boolean ones) {
    long before = largest;
    Matrix data = matrix(batch, columns, ones, Side.PRODUCTS);
    largest = examined ? before : largest;
    return data;
  }

  @Override
  public Strip strip(int length) {
    heap += length;
    return null;
  }

  @Override
  public Kept kept(Activation f, Batch batch, int columns, boolean ones, int order) {
    long length = (long) batch.capacity() * (columns + (ones ? 1 : 0));
    if (examined) {
      heap += ActivationKernel.byValue(f) ? 0 : 3 * length;
    } else {
      heap += FloatFunctions.keepsSlope(f) && order > 0 ? length : 0;
    }
    return null;
  }
}

package org.saddlemap.arithmetic;

import java.nio.DoubleBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Off-heap double memory that BLAS works on: one allocation, zero at first, handed out in slices.
 * Not thread-safe.
 */
public final class NativeDoubles implements AutoCloseable {
  /** Slices start at multiples of so many doubles: a cache line. */
  private static final int LINE = 8;

  private final DoublePointer memory;
  private final long lead;
  private long used;

  /** A contiguous piece of memory. */
  public static final class Slice {
    private final DoublePointer pointer;
    private final DoubleBuffer buffer;

    private Slice(DoublePointer pointer) {
      this.pointer = pointer;
      this.buffer = pointer.asBuffer();
    }

    /** The address of its first element, for BLAS. */
    public DoublePointer pointer() {
      return pointer;
    }

    /** The address of an element, for BLAS. */
    public DoublePointer pointer(int index) {
      return pointer.getPointer(index);
    }

    /** Copies the first {@code n} elements into the start of an array. */
    public void get(double[] target, int n) {
      buffer.get(0, target, 0, n);
    }

    /** Copies the first {@code n} elements of an array. */
    public void put(double[] source, int n) {
      buffer.put(0, source, 0, n);
    }
  }

  /**
   * @param capacity in doubles; {@link #room} of each slice that will be taken
   */
  public NativeDoubles(long capacity) {
    memory = new DoublePointer(capacity + LINE);
    Pointer.memset(memory, 0, (capacity + LINE) * Double.BYTES);
    lead = -(memory.address() / Double.BYTES) & (LINE - 1);
  }

  /** What a slice of that length takes. */
  public static long room(long length) {
    return (length + LINE - 1) & -LINE;
  }

  /** The next {@code length} doubles. */
  public Slice take(long length) {
    long end = used + room(length);
    if (lead + end > memory.capacity()) {
      throw new IllegalStateException(
          "Cannot take " + length + " doubles: " + used + " of " + memory.capacity() + " are used");
    }
    DoublePointer start = memory.getPointer(lead + used).capacity(length);
    used = end;
    return new Slice(start);
  }

  /** Frees the memory, and with it all slices. */
  @Override
  public void close() {
    memory.close();
  }
}

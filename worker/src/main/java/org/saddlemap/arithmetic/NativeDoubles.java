package org.saddlemap.arithmetic;

import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Off-heap double memory that BLAS works on, zero at first, handed out in slices; it grows by
 * blocks and goes as a whole. Not thread-safe.
 */
final class NativeDoubles implements AutoCloseable {
  /** Slices start at multiples of so many doubles: a cache line. */
  private static final int LINE = 8;

  private static final int LEAST_BLOCK = 1 << 9;

  private final List<DoublePointer> blocks = new ArrayList<>();
  private long next;
  private long end;
  private long expected;
  private long taken;

  /** A contiguous piece of memory. */
  static final class Slice {
    private final DoublePointer pointer;
    private final DoubleBuffer buffer;

    private Slice(DoublePointer pointer) {
      this.pointer = pointer;
      this.buffer = pointer.asBuffer();
    }

    /** The address of its first element, for BLAS. */
    DoublePointer pointer() {
      return pointer;
    }

    /** The address of an element, for BLAS. */
    DoublePointer pointer(int index) {
      return index == 0 ? pointer : pointer.getPointer(index);
    }

    /** Copies the first {@code n} elements into the start of an array. */
    void get(double[] target, int n) {
      buffer.get(0, target, 0, n);
    }

    /** Copies {@code n} elements from {@code from} on into the start of an array. */
    void get(int from, double[] target, int n) {
      buffer.get(from, target, 0, n);
    }

    /** Copies the first {@code n} elements of an array. */
    void put(double[] source, int n) {
      buffer.put(0, source, 0, n);
    }

    /** Copies the first {@code n} elements of an array to {@code to} and on. */
    void put(int to, double[] source, int n) {
      buffer.put(to, source, 0, n);
    }

    /** Copies {@code n} elements of an array from {@code from} on to {@code to} and on. */
    void put(int to, double[] source, int from, int n) {
      buffer.put(to, source, from, n);
    }
  }

  /**
   * @param expected doubles that will be taken, {@link #room} of each slice: one block is enough
   *     for them
   */
  NativeDoubles(long expected) {
    this.expected = expected;
  }

  /** What a slice of that length takes. */
  static long room(long length) {
    return Math.max(LINE, (length + LINE - 1) & -LINE);
  }

  /** The next {@code length} doubles. */
  Slice take(long length) {
    if (length < 0 || length > Integer.MAX_VALUE - 2 * LINE) {
      throw new IllegalArgumentException("Cannot take " + length + " doubles in one piece");
    }
    long room = room(length);
    if (next + room > end) {
      long size = Math.max(room, Math.max(LEAST_BLOCK, expected));
      expected = 0;
      DoublePointer block = new DoublePointer(size + LINE);
      Pointer.memset(block, 0, (size + LINE) * Double.BYTES);
      blocks.add(block);
      next = -(block.address() / Double.BYTES) & (LINE - 1);
      end = next + size;
    }
    DoublePointer start = blocks.get(blocks.size() - 1).getPointer(next).capacity(length);
    next += room;
    taken += room;
    return new Slice(start);
  }

  /** Doubles that slices took so far. */
  long taken() {
    return taken;
  }

  /** Frees the memory, and with it all slices. */
  @Override
  public void close() {
    blocks.forEach(DoublePointer::close);
    blocks.clear();
    next = 0;
    end = 0;
  }
}

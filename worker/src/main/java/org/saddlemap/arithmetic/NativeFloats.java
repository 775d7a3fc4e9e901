package org.saddlemap.arithmetic;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Off-heap float memory that BLAS works on, handed out in slices and reused as a whole: one object
 * serves the trials of a task one after the other. Its blocks are ND4J arrays; they grow to the
 * largest trial's need and go only by {@link #close}. Not thread-safe.
 */
public final class NativeFloats implements AutoCloseable {
  /** Slices start at multiples of so many floats: a cache line. */
  private static final int LINE = 16;

  private static final int BLOCK = 1 << 16;

  private final List<Block> blocks = new ArrayList<>();
  private int block;
  private int used;
  private long generation;
  private long taken;

  /** A contiguous piece of memory. Its content is undefined until written. */
  public static final class Slice {
    private final FloatPointer pointer;
    private final FloatBuffer buffer;
    private final int length;

    private Slice(FloatPointer pointer, FloatBuffer buffer, int length) {
      this.pointer = pointer;
      this.buffer = buffer;
      this.length = length;
    }

    /** The address of its first element, for BLAS. */
    public FloatPointer pointer() {
      return pointer;
    }

    /** The address of an element, for BLAS. */
    public FloatPointer pointer(int index) {
      return index == 0 ? pointer : pointer.getPointer(index);
    }

    public int length() {
      return length;
    }

    /** Copies {@code n} elements from {@code from} on into the start of an array. */
    public void get(int from, float[] target, int n) {
      buffer.get(from, target, 0, n);
    }

    /** Copies the first {@code n} elements of an array to {@code to} and on. */
    public void put(int to, float[] source, int n) {
      buffer.put(to, source, 0, n);
    }

    /** Copies {@code n} elements of an array from {@code from} on to {@code to} and on. */
    public void put(int to, float[] source, int from, int n) {
      buffer.put(to, source, from, n);
    }
  }

  private record Block(
      INDArray home, FloatPointer pointer, FloatBuffer buffer, int lead, int size) {
    static Block of(int floats) {
      INDArray home = Nd4j.createUninitialized(DataType.FLOAT, (long) floats + LINE);
      FloatPointer pointer = new FloatPointer(home.data().addressPointer()).capacity(floats + LINE);
      int lead = (int) (-(pointer.address() / Float.BYTES) & (LINE - 1));
      return new Block(home, pointer, pointer.asBuffer(), lead, floats);
    }
  }

  /**
   * Takes a slice that stays valid until {@link #reset}.
   *
   * @throws IllegalArgumentException where the length is negative or beyond 2³¹
   */
  public Slice take(long length) {
    if (length < 0 || length > Integer.MAX_VALUE - 2 * LINE) {
      throw new IllegalArgumentException(
          "Cannot take " + length + " floats in one piece: at most " + (Integer.MAX_VALUE - 32));
    }
    int n = Math.max(LINE, (int) (length + LINE - 1) & -LINE);
    while (block < blocks.size() && used + (long) n > blocks.get(block).size()) {
      block++;
      used = 0;
    }
    if (block == blocks.size()) {
      blocks.add(Block.of(Math.max(n, BLOCK)));
    }
    Block b = blocks.get(block);
    int start = b.lead() + used;
    used += n;
    taken += n;
    return new Slice(
        b.pointer().getPointer(start).capacity(length),
        b.buffer().slice(start, (int) length),
        (int) length);
  }

  /** Takes all slices back; whoever still holds one must not use it. */
  public void reset() {
    block = 0;
    used = 0;
    taken = 0;
    generation++;
  }

  /** Floats that slices took since the last {@link #reset}. */
  long taken() {
    return taken;
  }

  /** Counts {@link #reset}s, so that holders of slices can notice. */
  public long generation() {
    return generation;
  }

  /** Frees the memory. */
  @Override
  public void close() {
    reset();
    blocks.forEach(b -> b.home().close());
    blocks.clear();
  }
}

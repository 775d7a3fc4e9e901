package org.saddlemap.arithmetic;

import org.bytedeco.javacpp.DoublePointer;

/** What {@link Float64}'s operations work in: matrices lie on one side, and may need the other. */
final class Float64Room implements AutoCloseable {
  /** Heap arrays that one operation needs at once, at most. */
  static final int SLOTS = 4;

  private final NativeDoubles natives;
  private final double[][] scratch = new double[SLOTS][0];
  private NativeDoubles.Slice lent;
  private int lentLength;

  /** Elements of the largest matrix. */
  private int largest;

  /** Whose values the lent memory holds, where they are nowhere else. */
  private Float64Matrix borrower;

  /**
   * @param expected doubles off the heap
   */
  Float64Room(long expected) {
    natives = new NativeDoubles(expected);
  }

  NativeDoubles natives() {
    return natives;
  }

  /** Whatever it lends from now on will hold so many elements: it is taken once. */
  void fits(int length) {
    largest = Math.max(largest, length);
  }

  /** A heap array of at least that length, for one operation. */
  double[] scratch(int slot, int length) {
    if (scratch[slot].length < length) {
      scratch[slot] = new double[Math.max(length, largest)];
    }
    return scratch[slot];
  }

  /**
   * Memory off the heap for a matrix that lies on it.
   *
   * @param filled whether its values have to be there
   */
  DoublePointer lent(Float64Matrix m, boolean filled) {
    if (lentLength < m.heap().length) {
      settle(borrower);
      lentLength = largest;
      lent = natives.take(lentLength);
    }
    if (borrower != m) {
      settle(borrower);
      if (filled) {
        lent.put(m.heap(), m.length());
      }
      borrower = m;
    }
    return lent.pointer();
  }

  /** Brings home what the lent memory holds of a matrix. */
  void settle(Float64Matrix m) {
    if (m != null && borrower == m) {
      lent.get(m.heap(), m.length());
      borrower = null;
    }
  }

  /** Forgets what the lent memory holds of a matrix. */
  void drop(Float64Matrix m) {
    if (borrower == m) {
      borrower = null;
    }
  }

  @Override
  public void close() {
    natives.close();
  }
}

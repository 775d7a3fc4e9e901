package org.saddlemap.arithmetic;

/** Rows of the batch in hand, from 1 to the capacity; all matrices of a workspace share it. */
public final class Batch {
  private final int capacity;
  private int rows;

  /**
   * @param capacity most rows that it will have
   */
  public Batch(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("Invalid capacity: " + capacity + " < 1");
    }
    this.capacity = capacity;
    this.rows = capacity;
  }

  /** Sets how many rows there are now. */
  public void rows(int count) {
    if (count < 1 || count > capacity) {
      throw new IllegalArgumentException("Invalid rows: " + count + " of " + capacity);
    }
    rows = count;
  }

  public int rows() {
    return rows;
  }

  public int capacity() {
    return capacity;
  }
}

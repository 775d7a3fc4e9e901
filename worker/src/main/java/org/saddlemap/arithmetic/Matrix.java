package org.saddlemap.arithmetic;

/**
 * A matrix of the batch: rows × columns. Where it lies is its arithmetic's affair, and so are the
 * ones that some have behind their columns, for a bias to meet in a product.
 */
public abstract class Matrix {
  private final Batch batch;
  private final int columns;
  private final boolean ones;

  protected Matrix(Batch batch, int columns, boolean ones) {
    this.batch = batch;
    this.columns = columns;
    this.ones = ones;
  }

  public final int rows() {
    return batch.rows();
  }

  public final int columns() {
    return columns;
  }

  /** Whether ones stand behind its columns, or would. */
  public final boolean ones() {
    return ones;
  }

  protected final Batch batch() {
    return batch;
  }

  /** Copies its rows out, row-major and dense. */
  public abstract void get(double[] target);
}

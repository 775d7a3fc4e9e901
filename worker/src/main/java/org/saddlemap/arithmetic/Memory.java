package org.saddlemap.arithmetic;

import org.saddlemap.space.Activation;

/** Where handles come from. Nothing is allocated after them. */
public interface Memory {
  /** A flat vector. */
  Vector vector(int length);

  /**
   * A matrix over the batch.
   *
   * @param ones whether a product with a bias will read it
   */
  Matrix matrix(Batch batch, int columns, boolean ones, Side side);

  /**
   * A matrix of derivatives by, or of, what another one holds, with as many elements a row as that
   * takes: where ones stand there, anything may here, for no product reads it.
   */
  default Matrix derivatives(Batch batch, int columns, boolean ones, Side side) {
    return matrix(batch, columns, ones, side);
  }

  /** A matrix that data are laid into and products alone read. */
  default Matrix data(Batch batch, int columns, boolean ones) {
    return matrix(batch, columns, ones, Side.PRODUCTS);
  }

  /** Numbers of their own, one a column or row. */
  Strip strip(int length);

  /**
   * What an activation's derivatives will need of its inputs.
   *
   * @param ones as its matrices have it
   * @param order of the highest derivative that will be asked for: 0, 1 or 2
   */
  Kept kept(Activation f, Batch batch, int columns, boolean ones, int order);
}

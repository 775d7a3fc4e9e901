package org.saddlemap.arithmetic;

import org.saddlemap.space.Loss;

/** What training takes beside {@link Arithmetic}. */
public abstract class Trainable extends Arithmetic {
  @Override
  public abstract TrainingMemory memory();

  /** Memory whose vectors can be trained. */
  public interface TrainingMemory extends Memory {
    @Override
    TrainingVector vector(int length);
  }

  /** Lays consecutive rows of a row-major matrix into the batch. */
  public abstract void set(Matrix x, float[] source, int fromRow);

  /** Lays the rows with these numbers into the batch, from {@code order[from]} on. */
  public abstract void gather(Matrix x, float[] source, int[] order, int from);

  /**
   * The mean loss of the batch's rows.
   *
   * @param y the network's outputs
   * @param labels class of each row; for {@link Loss#BINARY_CROSS_ENTROPY} 0 or 1; unused by {@link
   *     Loss#MSE}
   * @param targets row-major; used by {@link Loss#MSE} alone
   * @param dy receives the loss's derivatives by the outputs; null where they are not wanted
   */
  public abstract double loss(Loss loss, Matrix y, int[] labels, float[] targets, Matrix dy);

  /** Whether every element is finite. */
  public abstract boolean finite(Matrix x);
}

package org.saddlemap.curvature;

/** The objective on a few rows at a time, as a stochastic step sees it. */
public final class MiniBatch implements AutoCloseable {
  private final NetworkSurface all;
  private final NetworkSurface batch;
  private final int size;

  MiniBatch(NetworkSurface all, NetworkSurface batch, int size) {
    this.all = all;
    this.batch = batch;
    this.size = size;
  }

  /** Rows of a batch. */
  public int size() {
    return size;
  }

  /**
   * The objective on these rows at θ, and its gradient into {@code gradient}.
   *
   * @param chosen as many row numbers as the batch has rows
   */
  public double gradient(int[] chosen, double[] theta, double[] gradient) {
    if (chosen.length != size) {
      throw new IllegalArgumentException("Invalid batch: " + chosen.length + " rows != " + size);
    }
    return NetworkSurface.gradient(all, batch, chosen, theta, gradient);
  }

  @Override
  public void close() {
    batch.close();
  }
}

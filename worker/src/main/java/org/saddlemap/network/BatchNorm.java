package org.saddlemap.network;

/**
 * Normalization of the hidden layers' pre-activations by the mean and variance of their batch
 * (Ioffe and Szegedy 2015).
 *
 * @param affine with a trained scale γ; the layer's bias then comes after the normalization, as its
 *     shift β
 * @param epsilon added to the variance
 */
public record BatchNorm(boolean affine, double epsilon) {
  /** What {@code batch_norm: true} stands for. */
  public static final BatchNorm STANDARD = new BatchNorm(true, 1e-5);

  public BatchNorm {
    if (!(epsilon >= 0)) {
      throw new IllegalArgumentException("Invalid batch_norm epsilon: " + epsilon + " < 0");
    }
  }
}

package org.saddlemap.curvature;

import java.util.List;

/** f(x) = 1 + ½ Σ h_i x_i², with loss range 1 and scale 1: the textbook's landscapes. */
public final class QuadraticSurface implements LossSurface {
  private final double[] h;
  private long work;

  /**
   * @param curvatures h, at least one
   */
  public QuadraticSurface(double[] curvatures) {
    if (curvatures.length == 0) {
      throw new IllegalArgumentException("Invalid curvatures: none");
    }
    this.h = curvatures.clone();
  }

  @Override
  public int parameters() {
    return h.length;
  }

  @Override
  public int layers() {
    return 1;
  }

  @Override
  public long work() {
    return work;
  }

  @Override
  public double value(double[] x) {
    work += 1;
    double sum = 0;
    for (int i = 0; i < h.length; i++) {
      sum += h[i] * x[i] * x[i];
    }
    return 1 + 0.5 * sum;
  }

  @Override
  public double gradient(double[] x, double[] gradient) {
    work += 2;
    for (int i = 0; i < h.length; i++) {
      gradient[i] = h[i] * x[i];
    }
    return value(x);
  }

  /** The Hessian is the same everywhere. */
  @Override
  public void moveTo(double[] x) {}

  @Override
  public void hessianProduct(double[] v, double[] product) {
    work += 6;
    for (int i = 0; i < h.length; i++) {
      product[i] = h[i] * v[i];
    }
  }

  @Override
  public void scale(double[] x, double[] scale) {
    java.util.Arrays.fill(scale, 1);
  }

  @Override
  public List<Block> blocks() {
    return List.of(new Block(0, h.length));
  }

  @Override
  public List<Block> weightBlocks() {
    return blocks();
  }

  @Override
  public double base() {
    return 1;
  }

  @Override
  public double lowerBound() {
    return 0;
  }

  @Override
  public boolean attained() {
    return true;
  }
}

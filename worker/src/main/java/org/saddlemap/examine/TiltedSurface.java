package org.saddlemap.examine;

import java.util.List;
import java.util.Optional;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.curvature.Preview;

/**
 * The objective on a subset of the rows, tilted so that its value and gradient at one point are
 * those on all rows: f̃(θ) = f_sub(θ) + (f − f_sub)(θ₀) + (∇f − ∇f_sub)(θ₀)·(θ − θ₀). Its curvature
 * is the subset's; a point that is stationary on all rows is stationary here, which the subset
 * alone would hide behind its sampling noise. Levels and scales are those of all rows.
 */
final class TiltedSurface implements LossSurface {
  private final LossSurface subset;
  private final LossSurface full;
  private final double[] anchor;
  private final double[] tilt;
  private final double shift;

  /**
   * @param value on all rows at the anchor
   * @param gradient on all rows at the anchor
   */
  TiltedSurface(
      LossSurface subset, LossSurface full, double[] anchor, double value, double[] gradient) {
    this.subset = subset;
    this.full = full;
    this.anchor = anchor;
    this.tilt = new double[anchor.length];
    this.shift = value - subset.gradient(anchor, tilt);
    for (int i = 0; i < tilt.length; i++) {
      tilt[i] = gradient[i] - tilt[i];
    }
  }

  private double correction(double[] theta) {
    double[] step = theta.clone();
    Vectors.add(step, -1, anchor);
    return shift + Vectors.dot(tilt, step);
  }

  @Override
  public long work() {
    return subset.work();
  }

  @Override
  public double value(double[] theta) {
    return subset.value(theta) + correction(theta);
  }

  @Override
  public double gradient(double[] theta, double[] gradient) {
    double value = subset.gradient(theta, gradient) + correction(theta);
    for (int i = 0; i < tilt.length; i++) {
      gradient[i] += tilt[i];
    }
    return value;
  }

  @Override
  public void moveTo(double[] theta) {
    subset.moveTo(theta);
  }

  @Override
  public void hessianProduct(double[] v, double[] product) {
    subset.hessianProduct(v, product);
  }

  @Override
  public int parameters() {
    return full.parameters();
  }

  @Override
  public int layers() {
    return full.layers();
  }

  @Override
  public double doubling() {
    return full.doubling();
  }

  @Override
  public boolean bypassed(int layer) {
    return full.bypassed(layer);
  }

  @Override
  public void scale(double[] theta, double[] scale) {
    full.scale(theta, scale);
  }

  @Override
  public List<Block> blocks() {
    return full.blocks();
  }

  @Override
  public List<Block> weightBlocks() {
    return full.weightBlocks();
  }

  @Override
  public double base() {
    return full.base();
  }

  @Override
  public double lowerBound() {
    return full.lowerBound();
  }

  @Override
  public boolean attained() {
    return full.attained();
  }

  @Override
  public double penalty(double[] theta) {
    return full.penalty(theta);
  }

  @Override
  public Optional<Preview> preview() {
    return full.preview();
  }
}

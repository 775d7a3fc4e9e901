package org.saddlemap.examine;

import java.util.List;
import java.util.Optional;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.curvature.Preview;
import org.saddlemap.curvature.Signals;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.train.Interruption;

/** Counts what an examination spends, in gradients on the examined rows, and lets it be stopped. */
final class Meter {
  private final Interruption interruption;
  private final double ceiling;
  private double spent;

  /**
   * @param ceiling what may be spent
   */
  Meter(Interruption interruption, double ceiling) {
    this.interruption = interruption;
    this.ceiling = ceiling;
  }

  double spent() {
    return spent;
  }

  /** Whether no more is to be spent. */
  boolean exhausted() {
    return spent >= ceiling;
  }

  void spend(double gradients) {
    interruption.check();
    spent += gradients;
  }

  /**
   * The surface with its evaluations counted.
   *
   * @param unit cost of its gradient in gradients on the examined rows
   */
  LossSurface watch(LossSurface surface, double unit) {
    return new Metered(surface, this, unit);
  }

  private record Metered(LossSurface surface, Meter meter, double unit) implements LossSurface {
    @Override
    public int parameters() {
      return surface.parameters();
    }

    @Override
    public int layers() {
      return surface.layers();
    }

    @Override
    public double doubling() {
      return surface.doubling();
    }

    @Override
    public boolean bypassed(int layer) {
      return surface.bypassed(layer);
    }

    @Override
    public long work() {
      return surface.work();
    }

    @Override
    public double value(double[] theta) {
      long before = surface.work();
      double value = surface.value(theta);
      spent(before);
      return value;
    }

    @Override
    public double gradient(double[] theta, double[] gradient) {
      long before = surface.work();
      double value = surface.gradient(theta, gradient);
      spent(before);
      return value;
    }

    @Override
    public void moveTo(double[] theta) {
      long before = surface.work();
      surface.moveTo(theta);
      spent(before);
    }

    @Override
    public void hessianProduct(double[] v, double[] product) {
      long before = surface.work();
      surface.hessianProduct(v, product);
      spent(before);
    }

    @Override
    public Signals signals(double[] theta, LayerPoint.Moment moment) {
      long before = surface.work();
      Signals signals = surface.signals(theta, moment);
      spent(before);
      return signals;
    }

    private void spent(long before) {
      meter.spend(unit * (surface.work() - before) / 3);
    }

    @Override
    public void scale(double[] theta, double[] scale) {
      surface.scale(theta, scale);
    }

    @Override
    public List<Block> blocks() {
      return surface.blocks();
    }

    @Override
    public List<Block> weightBlocks() {
      return surface.weightBlocks();
    }

    @Override
    public double base() {
      return surface.base();
    }

    @Override
    public double lowerBound() {
      return surface.lowerBound();
    }

    @Override
    public boolean attained() {
      return surface.attained();
    }

    @Override
    public double penalty(double[] theta) {
      return surface.penalty(theta);
    }

    @Override
    public Optional<Preview> preview() {
      return surface.preview();
    }
  }
}

package org.saddlemap.layer;

import org.saddlemap.arithmetic.Along;
import org.saddlemap.arithmetic.Arithmetic;
import org.saddlemap.arithmetic.SecondOrder;
import org.saddlemap.arithmetic.Side;
import org.saddlemap.arithmetic.Strip;

/**
 * y = s(x − m) with the mean m and s = 1/√(variance + ε): down each column of the batch it is batch
 * normalization (Ioffe and Szegedy 2015), across each row layer normalization (Ba et al. 2016), and
 * there without the mean RMS normalization (Zhang and Sennrich 2019). Its scale and shift are a
 * layer of their own, {@link ScaleShift}.
 *
 * <p>Its derivative is symmetric: P·u = s(u − mean u − y·mean(u⊙y)), so backward and tangent are
 * one operation. RP·u = −s(Ry·mean(u⊙y) + y·mean(u⊙Ry)) − s·mean(Rx⊙y)·P·u.
 */
public record Normalize(int inputs, Along along, boolean centred, double epsilon) implements Layer {
  private static final int MEAN = 0;
  private static final int INVERSE = 1;
  private static final int DELTA_SLANT = 2;
  private static final int TANGENT_SLANT = 3;
  private static final int SPARE = 4;
  private static final int STRIPS = 5;

  public Normalize {
    if (!(epsilon >= 0)) {
      throw new IllegalArgumentException("Invalid epsilon: " + epsilon + " < 0");
    }
  }

  @Override
  public int outputs() {
    return inputs;
  }

  @Override
  public Needs needs() {
    return new Needs(false, false, true, true, true, true);
  }

  @Override
  public void forward(Arithmetic k, Frame f) {
    if (along == Along.ROW || !f.pass.frozen) {
      if (centred) {
        k.mean(along, f.x, f.strips[MEAN]);
      }
      k.inverseDeviation(along, f.x, mean(f), epsilon, f.strips[INVERSE]);
    }
    k.standardize(along, f.x, mean(f), f.strips[INVERSE], f.y);
  }

  @Override
  public void backward(Arithmetic k, Frame f) {
    k.project(along, centred, f.dy, f.y, f.strips[INVERSE], f.strips[DELTA_SLANT], f.dx);
  }

  @Override
  public void tangent(SecondOrder k, Frame f) {
    k.project(along, centred, f.tx, f.y, f.strips[INVERSE], f.strips[TANGENT_SLANT], f.ty);
  }

  /** Rδx = P·Rδy + RP·δy. */
  @Override
  public void tangentBackward(SecondOrder k, Frame f) {
    k.project(along, centred, f.tdy, f.y, f.strips[INVERSE], f.strips[SPARE], f.tdx);
    k.meanProduct(along, f.dy, f.ty, f.strips[SPARE]);
    k.subtract(along, f.strips[INVERSE], f.strips[SPARE], f.y, f.tdx);
    k.subtract(along, f.strips[INVERSE], f.strips[DELTA_SLANT], f.ty, f.tdx);
    k.subtract(along, f.strips[INVERSE], f.strips[TANGENT_SLANT], f.dx, f.tdx);
  }

  private Strip mean(Frame f) {
    return centred ? f.strips[MEAN] : null;
  }

  @Override
  public void planForward(Planner p, Frame f, boolean ones, Side side) {
    p.forward(this, f, ones, side);
    f.strips = p.strips(STRIPS, along == Along.COLUMN ? inputs : p.capacity());
  }
}

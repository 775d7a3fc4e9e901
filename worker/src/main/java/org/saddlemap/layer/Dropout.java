package org.saddlemap.layer;

import org.saddlemap.arithmetic.Arithmetic;
import org.saddlemap.arithmetic.SecondOrder;
import org.saddlemap.arithmetic.Side;

/**
 * In training, each element is 0 with probability {@code rate}, else 1/(1 − rate) times itself
 * (Srivastava et al. 2014); elsewhere y = x. The objective that is judged is the one without, so
 * examined networks have no such layer.
 */
public record Dropout(int inputs, double rate) implements Layer {
  public Dropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("Invalid dropout: " + rate + " is not in [0, 1)");
    }
  }

  @Override
  public int outputs() {
    return inputs;
  }

  @Override
  public Needs needs() {
    return new Needs(false, false, true, false, false, false);
  }

  @Override
  public void forward(Arithmetic k, Frame f) {
    if (f.pass.random == null) {
      if (f.x != f.y) {
        k.scale(1, f.x, f.y);
      }
      return;
    }
    k.mask(f.pass.random, rate, f.own);
    k.times(f.x, f.own, f.y);
  }

  @Override
  public void backward(Arithmetic k, Frame f) {
    k.times(f.dy, f.own, f.dx);
  }

  @Override
  public void tangent(SecondOrder k, Frame f) {
    throw new IllegalStateException("Cannot differentiate by chance: dropout is not examined");
  }

  @Override
  public void tangentBackward(SecondOrder k, Frame f) {
    throw new IllegalStateException("Cannot differentiate by chance: dropout is not examined");
  }

  @Override
  public void planForward(Planner p, Frame f, boolean ones, Side side) {
    p.forward(this, f, ones, side);
    f.own = p.training() ? p.own(inputs, ones) : null;
  }
}

package org.saddlemap.layer;

import org.saddlemap.arithmetic.Arithmetic;
import org.saddlemap.arithmetic.SecondOrder;
import org.saddlemap.arithmetic.Side;
import org.saddlemap.space.Activation;

/** y = φ(x), element by element. */
public record Activate(int inputs, Activation function) implements Layer {
  @Override
  public int outputs() {
    return inputs;
  }

  @Override
  public Needs needs() {
    return new Needs(false, false, true, true, false, true);
  }

  @Override
  public void forward(Arithmetic k, Frame f) {
    k.apply(function, f.x, f.kept, f.y);
  }

  @Override
  public void backward(Arithmetic k, Frame f) {
    k.backward(function, f.y, f.kept, f.dy, f.dx);
  }

  @Override
  public void tangent(SecondOrder k, Frame f) {
    k.tangent(function, f.y, f.kept, f.tx, f.ty);
  }

  @Override
  public void tangentBackward(SecondOrder k, Frame f) {
    k.tangentBackward(function, f.y, f.kept, f.dx, f.tx, f.tdy, f.tdx);
  }

  @Override
  public void planForward(Planner p, Frame f, boolean ones, Side side) {
    p.forward(this, f, ones, side);
    f.kept = p.kept(function, inputs, ones);
  }
}

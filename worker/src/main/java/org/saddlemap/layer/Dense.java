package org.saddlemap.layer;

import java.util.List;
import org.saddlemap.arithmetic.Arithmetic;
import org.saddlemap.arithmetic.SecondOrder;
import org.saddlemap.arithmetic.Vector;

/** y = x·W + b with W [inputs][outputs]; b may be missing. */
public record Dense(int inputs, int outputs, boolean bias) implements Layer {
  public Dense {
    if (inputs < 1 || outputs < 1) {
      throw new IllegalArgumentException(
          "Invalid dense layer: %d inputs, %d outputs".formatted(inputs, outputs));
    }
  }

  @Override
  public List<Parameter> parameters() {
    Parameter w = new Parameter("W", Parameter.Role.WEIGHT, inputs, outputs);
    return bias ? List.of(w, new Parameter("b", Parameter.Role.BIAS, 1, outputs)) : List.of(w);
  }

  @Override
  public Part part(Vector vector, int from) {
    return new Part(vector.weights(from, inputs, outputs, bias), null, null);
  }

  @Override
  public Needs needs() {
    return new Needs(true, bias, false, false, true, false);
  }

  @Override
  public void forward(Arithmetic k, Frame f) {
    k.affine(f.x, f.theta.weights(), false, f.y);
  }

  @Override
  public void gradient(Arithmetic k, Frame f) {
    k.affineGradient(f.x, f.dy, f.pass.add, f.gradient.weights());
  }

  @Override
  public void backward(Arithmetic k, Frame f) {
    if (f.dx != null) {
      k.adjoint(f.dy, f.theta.weights(), false, f.dx);
    }
  }

  /** Ry = x·v + Rx·W. */
  @Override
  public void tangent(SecondOrder k, Frame f) {
    k.affine(f.x, f.direction.weights(), false, f.ty);
    if (f.tx != null) {
      k.linear(f.tx, f.theta.weights(), true, f.ty);
    }
  }

  /** R∇W = xᵀ·Rδy + Rxᵀ·δy; Rδx = Rδy·Wᵀ + δy·vᵀ. */
  @Override
  public void tangentBackward(SecondOrder k, Frame f) {
    k.affineGradient(f.x, f.tdy, f.pass.add, f.product.weights());
    if (f.tx != null) {
      k.linearGradient(f.tx, f.dy, true, f.product.weights());
    }
    if (f.tdx != null) {
      k.adjoint(f.tdy, f.theta.weights(), false, f.tdx);
      k.adjoint(f.dy, f.direction.weights(), true, f.tdx);
    }
  }
}

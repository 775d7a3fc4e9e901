package org.saddlemap.layer;

import java.util.List;
import org.saddlemap.arithmetic.Arithmetic;
import org.saddlemap.arithmetic.SecondOrder;
import org.saddlemap.arithmetic.Vector;

/** y = γ⊙x + β, a scale and a shift for each unit; β, which may be missing, comes first in θ. */
public record ScaleShift(int inputs, boolean shift) implements Layer {
  @Override
  public int outputs() {
    return inputs;
  }

  @Override
  public List<Parameter> parameters() {
    Parameter beta = new Parameter("beta", Parameter.Role.BIAS, 1, inputs);
    Parameter gamma = new Parameter("gamma", Parameter.Role.SCALE, 1, inputs);
    return shift ? List.of(beta, gamma) : List.of(gamma);
  }

  @Override
  public Part part(Vector vector, int from) {
    return shift
        ? new Part(null, vector.strip(from, inputs), vector.strip(from + inputs, inputs))
        : new Part(null, null, vector.strip(from, inputs));
  }

  @Override
  public Needs needs() {
    return Needs.INPUT_AND_DELTA;
  }

  @Override
  public void forward(Arithmetic k, Frame f) {
    k.scaleShift(f.x, f.theta.scale(), f.theta.shift(), false, f.y);
  }

  @Override
  public void gradient(Arithmetic k, Frame f) {
    k.columnSums(f.dy, f.x, f.pass.add, f.gradient.scale());
    if (shift) {
      k.columnSums(f.dy, null, f.pass.add, f.gradient.shift());
    }
  }

  @Override
  public void backward(Arithmetic k, Frame f) {
    k.scaleShift(f.dy, f.theta.scale(), null, false, f.dx);
  }

  /** Ry = γ⊙Rx + v_γ⊙x + v_β. */
  @Override
  public void tangent(SecondOrder k, Frame f) {
    k.scaleShift(f.x, f.direction.scale(), f.direction.shift(), false, f.ty);
    k.scaleShift(f.tx, f.theta.scale(), null, true, f.ty);
  }

  /** R∇γ = Σ(Rδy⊙x + δy⊙Rx), R∇β = ΣRδy; Rδx = γ⊙Rδy + v_γ⊙δy. */
  @Override
  public void tangentBackward(SecondOrder k, Frame f) {
    k.columnSums(f.tdy, f.x, f.pass.add, f.product.scale());
    k.columnSums(f.dy, f.tx, true, f.product.scale());
    if (shift) {
      k.columnSums(f.tdy, null, f.pass.add, f.product.shift());
    }
    k.scaleShift(f.tdy, f.theta.scale(), null, false, f.tdx);
    k.scaleShift(f.dy, f.direction.scale(), null, true, f.tdx);
  }
}

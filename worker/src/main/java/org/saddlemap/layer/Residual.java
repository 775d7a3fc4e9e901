package org.saddlemap.layer;

import java.util.List;
import org.saddlemap.arithmetic.Arithmetic;
import org.saddlemap.arithmetic.SecondOrder;
import org.saddlemap.arithmetic.Side;

/**
 * y = x + c·B(x) for a branch B of as many outputs as inputs (He et al. 2016). c scales the branch:
 * 1 is the plain block, 1/√blocks keeps the signal's variance bounded over depth (Hanin and Rolnick
 * 2018), 0 is the identity, at which all gradients of the branch vanish. Cannot stand on data.
 */
public record Residual(Sequence branch, double scale) implements Layer {
  public Residual {
    if (branch.inputs() != branch.outputs()) {
      throw new IllegalArgumentException(
          "Invalid residual block: its branch leads from %d units to %d"
              .formatted(branch.inputs(), branch.outputs()));
    }
  }

  @Override
  public int inputs() {
    return branch.inputs();
  }

  @Override
  public int outputs() {
    return branch.outputs();
  }

  @Override
  public List<Parameter> parameters() {
    return branch.parameters();
  }

  @Override
  public Needs needs() {
    return Needs.INPUT_AND_DELTA;
  }

  @Override
  public boolean ones(boolean after) {
    return branch.ones(after);
  }

  @Override
  public Side side(Side after) {
    return branch.side(Side.LOOPS);
  }

  @Override
  public Side tangentSide() {
    return branch.tangentSide();
  }

  @Override
  public void forward(Arithmetic k, Frame f) {
    Frame b = f.inner[0];
    branch.forward(k, b);
    k.combine(scale, b.y, f.x, f.y);
  }

  @Override
  public void gradient(Arithmetic k, Frame f) {
    branch.gradient(k, f.inner[0]);
  }

  /** δx = δy + Bᵀ(c·δy). */
  @Override
  public void backward(Arithmetic k, Frame f) {
    Frame b = f.inner[0];
    k.scale(scale, f.dy, b.dy);
    branch.backward(k, b);
    k.combine(1, b.dx, f.dy, f.dx);
  }

  /** The sum is linear, so its tangents are the same sums of tangents. */
  @Override
  public void tangent(SecondOrder k, Frame f) {
    Frame b = f.inner[0];
    branch.tangent(k, b);
    k.combine(scale, b.ty, f.tx, f.ty);
  }

  @Override
  public void tangentBackward(SecondOrder k, Frame f) {
    Frame b = f.inner[0];
    k.scale(scale, f.tdy, b.tdy);
    branch.tangentBackward(k, b);
    k.combine(1, b.tdx, f.tdy, f.tdx);
  }

  @Override
  public void planForward(Planner p, Frame f, boolean ones, Side side) {
    Frame b = f.within(branch, f.from);
    f.inner = new Frame[] {b};
    b.x = f.x;
    boolean mine = p.hold(f.x);
    branch.planForward(p, b, ones, Side.LOOPS);
    p.release(f.x, mine);
    p.sum(f, ones, side, b.y);
  }

  @Override
  public void planBackward(Planner p, Frame f, Side side) {
    Frame b = f.inner[0];
    boolean mine = p.hold(f.dy);
    b.dy = p.delta(b.y, branch.deltaSide(side));
    branch.planBackward(p, b, side);
    p.release(f.dy, mine);
    p.sumBack(f, side, b.dx);
  }

  @Override
  public void planTangent(Planner p, Frame f, Side side) {
    Frame b = f.inner[0];
    b.tx = f.tx;
    branch.planTangent(p, b, Side.LOOPS);
    p.tangent(this, f, side);
  }

  @Override
  public void planTangentBackward(Planner p, Frame f, Side side) {
    Frame b = f.inner[0];
    boolean mine = p.hold(f.tdy);
    b.tdy = p.tangentDelta(b.y);
    branch.planTangentBackward(p, b, side);
    p.release(f.tdy, mine);
    f.tdx = b.tdx;
    p.free(f.tdy);
  }
}

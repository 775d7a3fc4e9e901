package org.saddlemap.layer;

import java.util.List;
import org.saddlemap.arithmetic.Arithmetic;
import org.saddlemap.arithmetic.SecondOrder;
import org.saddlemap.arithmetic.Side;
import org.saddlemap.arithmetic.Vector;

/**
 * A differentiable map of rows: y = f(x; θ). It is a value (a record): the same object serves every
 * precision and every thread, since all that changes stands in the {@link Frame}.
 *
 * <p>The passes, with δ for ∂(objective)/∂ and R for the derivative along (Rx, v) at (x, θ):
 *
 * <pre>
 * forward           y   from x
 * gradient          ∇θ  from x and δy, before backward
 * backward          δx  from δy
 * tangent           Ry  from Rx and v             (forward, differentiated)
 * tangentBackward   Rδx from Rδy, and H·v of θ    (gradient and backward, differentiated)
 * </pre>
 *
 * Each may use what those before it left in the frame. That is all that Hessian-vector products
 * take (Pearlmutter 1994): a network calls its layers up, down, up, down. A layer with weights may
 * stand first, on data; then δx, Rx, Rδx are null, and not asked for.
 */
public interface Layer {
  int inputs();

  int outputs();

  /** Its blocks of θ, in their order there. */
  default List<Parameter> parameters() {
    return List.of();
  }

  /** Number of its parameters. */
  default int length() {
    return parameters().stream().mapToInt(Parameter::length).sum();
  }

  /** Its place in a vector, from an index on. */
  default Part part(Vector vector, int from) {
    return Part.NONE;
  }

  /** What its passes need to be kept. */
  Needs needs();

  void forward(Arithmetic k, Frame f);

  default void gradient(Arithmetic k, Frame f) {}

  void backward(Arithmetic k, Frame f);

  void tangent(SecondOrder k, Frame f);

  void tangentBackward(SecondOrder k, Frame f);

  // What a planner asks; layers with others within answer for them.

  /**
   * Whether its inputs need ones behind their columns.
   *
   * @param after whether its outputs do
   */
  default boolean ones(boolean after) {
    return needs().ones() || (after && !needs().weights());
  }

  /**
   * Who needs its inputs longest. Products take no operand from elsewhere.
   *
   * @param after who needs its outputs
   */
  default Side side(Side after) {
    return needs().weights() ? Side.PRODUCTS : needs().inPlace() ? after : Side.LOOPS;
  }

  /**
   * Who needs δy longest.
   *
   * @param before who needs δx
   */
  default Side deltaSide(Side before) {
    return needs().weights() ? Side.PRODUCTS : needs().keepsDelta() ? Side.LOOPS : before;
  }

  /** Takes its matrices from a planner, from the inputs on; ones and side are y's. */
  default void planForward(Planner p, Frame f, boolean ones, Side side) {
    p.forward(this, f, ones, side);
  }

  /** From δy on; the side is δx's. */
  default void planBackward(Planner p, Frame f, Side side) {
    p.backward(this, f, side);
  }

  /** Who needs Rx longest. */
  default Side tangentSide() {
    return needs().weights() ? Side.PRODUCTS : Side.LOOPS;
  }

  /** From Rx on; the side is Ry's. */
  default void planTangent(Planner p, Frame f, Side side) {
    p.tangent(this, f, side);
  }

  /** From Rδy on; the side is Rδx's. */
  default void planTangentBackward(Planner p, Frame f, Side side) {
    p.tangentBackward(this, f, side);
  }
}

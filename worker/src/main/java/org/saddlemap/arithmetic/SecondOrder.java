package org.saddlemap.arithmetic;

import org.saddlemap.space.Activation;

/**
 * What the tangents of both passes take beside {@link Arithmetic}, with R for the derivative along
 * a direction (Pearlmutter 1994): products with the Hessian follow from them.
 */
public abstract class SecondOrder extends Arithmetic {
  /** W = xᵀ·dy; b stays. */
  public abstract void linearGradient(Matrix x, Matrix dy, boolean add, Weights w);

  /** Ry = Rx ⊙ φ′. */
  public abstract void tangent(Activation f, Matrix y, Kept kept, Matrix tx, Matrix ty);

  /** Rδx = Rδy ⊙ φ′ + δy ⊙ φ″ ⊙ Rx, after {@link #backward} led from δy to δx. */
  public abstract void tangentBackward(
      Activation f, Matrix y, Kept kept, Matrix dx, Matrix tx, Matrix tdy, Matrix tdx);

  /** e = mean of a ⊙ b. */
  public abstract void meanProduct(Along along, Matrix a, Matrix b, Strip e);

  /** out ← out − s·e·a. */
  public abstract void subtract(Along along, Strip s, Strip e, Matrix a, Matrix out);
}

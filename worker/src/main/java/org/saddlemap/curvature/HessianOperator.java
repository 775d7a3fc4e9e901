package org.saddlemap.curvature;

/**
 * The Hessian of a surface at the point of its last {@link LossSurface#moveTo}: H itself, or S·H·S
 * in relative units, whose eigenvalues have the same signs (Sylvester's law of inertia).
 */
public final class HessianOperator implements LinearOperator {
  private final LossSurface surface;
  private final double[] scale;
  private final double[] scaled;

  private HessianOperator(LossSurface surface, double[] scale) {
    this.surface = surface;
    this.scale = scale;
    this.scaled = new double[surface.parameters()];
  }

  /** H. */
  public static HessianOperator raw(LossSurface surface) {
    return new HessianOperator(surface, null);
  }

  /** S·H·S with S = diag({@code scale}). */
  public static HessianOperator scaled(LossSurface surface, double[] scale) {
    return new HessianOperator(surface, scale.clone());
  }

  @Override
  public int dimension() {
    return surface.parameters();
  }

  @Override
  public void apply(double[] x, double[] y) {
    if (scale == null) {
      surface.hessianProduct(x, y);
      return;
    }
    for (int i = 0; i < x.length; i++) {
      scaled[i] = scale[i] * x[i];
    }
    surface.hessianProduct(scaled, y);
    for (int i = 0; i < y.length; i++) {
      y[i] *= scale[i];
    }
  }
}

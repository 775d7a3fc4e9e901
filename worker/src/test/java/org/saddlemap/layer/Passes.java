package org.saddlemap.layer;

/** The passes that a driven layer makes at a point, one after the other. */
final class Passes {
  private Passes() {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Back(double[] x, double[] theta) {}

  static double[] forward(Driven d, Point p) {
    return d.forward(p.x(), p.theta());
  }

  static Back back(Driven d, Point p) {
    forward(d, p);
    double[] dx = d.backward(p.dy());
    return new Back(dx, d.gradient());
  }

  static Back product(Driven d, Point p) {
    back(d, p);
    d.tangent(p.tx(), p.v());
    double[] tdx = d.tangentBackward(p.tdy());
    return new Back(tdx, d.product());
  }
}

package org.saddlemap.refute;

/** The losses along one path from the judged point: how far it came down, over what climb. */
final class Path {
  /** A path may climb by so much of what it gains. */
  static final double CLIMB = 0.1;

  private final double start;
  private double high;
  private double gain;
  private double climb;
  private double freeGain;

  /**
   * @param start the loss at the judged point
   */
  Path(double start) {
    this.start = start;
    this.high = start;
  }

  /** The next point's loss. */
  void visit(double f) {
    double down = start - f;
    double up = high - start;
    if (down > gain) {
      gain = down;
      climb = up;
    }
    if (up <= CLIMB * down) {
      freeGain = Math.max(freeGain, down);
    }
    high = Math.max(high, f);
  }

  /** The largest decrease. */
  double gain() {
    return gain;
  }

  /** The highest rise before it. */
  double climb() {
    return climb;
  }

  /** The largest decrease before which the path climbed by no more than a tenth of it. */
  double freeGain() {
    return freeGain;
  }
}

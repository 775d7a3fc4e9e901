package org.saddlemap.examine;

/** Numbers of products after which a growing Krylov space is looked at again. */
final class Stages {
  /** Of a space from a gradient, which few products describe. */
  static final Stages GRADIENT = new Stages(2, 4, 6, 8, 12, 20, 30);

  /** Of a space from a random start, which has to find rare negative curvature. */
  static final Stages CURVATURE = new Stages(5, 10, 20, 40, 60);

  private final int[] ends;

  private Stages(int... ends) {
    this.ends = ends;
  }

  /** The end of the stage that follows so many products; the last one's where none does. */
  int after(int products) {
    for (int end : ends) {
      if (end > products) {
        return end;
      }
    }
    return last();
  }

  int last() {
    return ends[ends.length - 1];
  }
}

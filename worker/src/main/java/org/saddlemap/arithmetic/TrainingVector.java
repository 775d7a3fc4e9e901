package org.saddlemap.arithmetic;

/** A vector with what steps do to it. */
public abstract class TrainingVector extends Vector {
  /** ‖x‖²; not finite exactly where an element is not. */
  public abstract double squared();

  /** ‖x‖, exact also where the squares fall out of float32's range. */
  public abstract double norm();

  /** x ← x + a·y. */
  public abstract void add(float a, TrainingVector y);

  /** x ← a·x. */
  public abstract void scale(float a);

  /** x ← y. */
  public abstract void copy(TrainingVector y);

  /** Copies {@code n} elements from {@code from} on into the start of an array. */
  public abstract void get(int from, float[] target, int n);

  /** Copies the first {@code n} elements of an array to {@code to} and on. */
  public abstract void put(int to, float[] source, int n);

  @Override
  public final void get(double[] target) {
    float[] values = new float[length()];
    get(0, values, values.length);
    for (int i = 0; i < values.length; i++) {
      target[i] = values[i];
    }
  }

  @Override
  public final void set(double[] source) {
    float[] rounded = new float[source.length];
    for (int i = 0; i < source.length; i++) {
      rounded[i] = (float) source[i];
    }
    put(0, rounded, rounded.length);
  }

  /** Whether the elements of a range are finite. */
  public final boolean finite(int from, int n) {
    float[] values = new float[n];
    get(from, values, n);
    for (float v : values) {
      if (!Float.isFinite(v)) {
        return false;
      }
    }
    return true;
  }
}

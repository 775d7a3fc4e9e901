package org.saddlemap.arithmetic;

/** Numbers of their own, or a part of a vector. */
final class Float32Strip extends Strip {
  private final float[] values;
  private final NativeFloats.Slice source;
  private final int from;

  Float32Strip(int length) {
    this(null, 0, length);
  }

  Float32Strip(NativeFloats.Slice source, int from, int length) {
    this.values = new float[length];
    this.source = source;
    this.from = from;
  }

  float[] read() {
    if (source != null) {
      source.get(from, values, values.length);
    }
    return values;
  }

  /** What {@link #read} gave is to be kept as it now is. */
  void write() {
    if (source != null) {
      source.put(from, values, values.length);
    }
  }
}

package org.saddlemap.arithmetic;

/** Numbers of their own, or a part of a vector. */
final class Float64Strip extends Strip {
  private final double[] values;
  private final NativeDoubles.Slice source;
  private final int from;

  Float64Strip(int length) {
    this(null, 0, length);
  }

  Float64Strip(NativeDoubles.Slice source, int from, int length) {
    this.values = new double[length];
    this.source = source;
    this.from = from;
  }

  double[] read() {
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

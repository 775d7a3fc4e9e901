package org.saddlemap.arithmetic;

import java.util.function.IntFunction;

/** All arithmetics that keep the contract: a new one is one line here. */
enum Kind {
  FLOAT32(Bench::float32),
  FLOAT64(Bench::float64);

  /** Rows and columns: none, one, some and many of what a kernel takes at a time. */
  static final int[] SIZES = {1, 2, 3, 7, 31, 67};

  private final IntFunction<Bench> bench;

  Kind(IntFunction<Bench> bench) {
    this.bench = bench;
  }

  Bench bench(int rows) {
    return bench.apply(rows);
  }
}

package org.saddlemap.arithmetic;

/** All arithmetics that keep the contract: a new one is a constant, and what the compiler asks. */
enum Kind {
  FLOAT32,
  FLOAT64;

  /** Rows and columns: one, some and many of what a kernel takes at a time. */
  static final int[] SIZES = {1, 2, 3, 7, 31, 67};

  Bench bench(int rows) {
    return switch (this) {
      case FLOAT32 -> Bench.float32(rows);
      case FLOAT64 -> Bench.float64(rows);
    };
  }
}

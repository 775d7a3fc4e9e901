package org.saddlemap.arithmetic;

/** Who needs a matrix longest; an arithmetic may keep it there alone. */
public enum Side {
  /** BLAS, off the heap. */
  PRODUCTS,
  /** Loops over its elements, on the heap. */
  LOOPS
}

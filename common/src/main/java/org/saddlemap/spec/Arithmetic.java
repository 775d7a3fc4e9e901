package org.saddlemap.spec;

/** What a sweep's numbers depend on beside the spec and the data. */
public enum Arithmetic {
  /** On the processor too: BLAS runs its fastest kernel there, with as many threads as it may. */
  NATIVE,

  /**
   * On nothing else: BLAS runs one kernel in one thread, on any x86-64 processor with AVX2 and FMA.
   */
  PORTABLE,

  /**
   * As {@link #NATIVE}, but networks train in ND4J's own operations and updaters, in one thread:
   * the plain text of the same mathematics, many times slower.
   */
  ND4J
}

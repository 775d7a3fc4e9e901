package org.saddlemap.layer;

/**
 * A block of a layer's parameters, row-major.
 *
 * @param name as files of weights call it
 * @param rows 1 for a vector
 */
public record Parameter(String name, Role role, int rows, int columns) {
  /** What it does, which decides how it starts and what its natural size is. */
  public enum Role {
    /** A matrix [in][out]. */
    WEIGHT,
    /** Added to each unit. */
    BIAS,
    /** A factor of each unit. */
    SCALE
  }

  /** Number of elements. */
  public int length() {
    return rows * columns;
  }
}

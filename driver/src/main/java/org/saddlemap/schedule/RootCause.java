package org.saddlemap.schedule;

/**
 * Finds what went wrong in an exception of Spark's, which wraps the error and prints its stack into
 * the message.
 */
public final class RootCause {
  private RootCause() {}

  /** The innermost cause. */
  public static Throwable of(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}

package org.saddlemap.schedule;

/**
 * What an exception of Spark's was about: it wraps what went wrong, and prints its stack into the
 * message.
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

package org.saddlemap.spec;

/**
 * The user's input is wrong. The message stands alone: what was wrong, where (file, line, key), and
 * what would be right. Commands print it without a stack trace and exit with code 2.
 */
public final class InvalidInput extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidInput(String message) {
    super(message);
  }

  public InvalidInput(String message, Throwable cause) {
    super(message, cause);
  }
}

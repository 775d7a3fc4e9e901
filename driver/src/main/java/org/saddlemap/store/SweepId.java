package org.saddlemap.store;

import java.util.regex.Pattern;
import org.saddlemap.spec.SweepSpec;

/**
 * How a sweep is called in the warehouse: its name and the first 10 hexadecimal digits of its
 * plan's digest, such as {@code depth-and-init-0f3a9c21b7}.
 */
public final class SweepId {
  private static final int DIGITS = 10;
  private static final Pattern FORM =
      Pattern.compile(SweepSpec.NAME.pattern() + "-[0-9a-f]{" + DIGITS + "}");

  private SweepId() {}

  /**
   * The id of a sweep.
   *
   * @param name as {@link SweepSpec#NAME} allows it
   * @param planDigest hexadecimal SHA-256 of effective spec and data
   */
  public static String of(String name, String planDigest) {
    if (!SweepSpec.NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("Invalid sweep name: '" + name + "'");
    }
    if (!planDigest.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("Invalid plan digest: '" + planDigest + "'");
    }
    return name + "-" + planDigest.substring(0, DIGITS);
  }

  /** Whether the text has the form of a sweep's id, and so is safe in a path. */
  public static boolean isValid(String id) {
    return FORM.matcher(id).matches();
  }

  /** The name in a valid id. */
  public static String name(String id) {
    return id.substring(0, id.length() - DIGITS - 1);
  }

  /** The id itself, once it is known to be safe in a path. */
  static String require(String id) {
    if (!isValid(id)) {
      throw new IllegalArgumentException("Invalid sweep id: '" + id + "'");
    }
    return id;
  }
}

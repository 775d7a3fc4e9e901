package org.saddlemap.cli;

import java.util.regex.Pattern;

/** Writes command lines that a user can copy. */
final class Shell {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

  private Shell() {}

  /** The text as one word of a POSIX shell. */
  static String word(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}

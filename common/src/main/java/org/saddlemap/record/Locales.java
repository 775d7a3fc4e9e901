package org.saddlemap.record;

import java.util.Locale;

/** The locale of a process: whatever its user's is, tables, names and messages are the same. */
public final class Locales {
  private Locales() {}

  /**
   * Makes this process write digits, and small and capital letters, as {@link Locale#ROOT} does:
   * not only this program, which names no locale in its messages, but also the libraries that it
   * calls. To be called where this program's work begins in a process.
   */
  public static void pin() {
    if (!Locale.getDefault().equals(Locale.ROOT)
        || !Locale.getDefault(Locale.Category.FORMAT).equals(Locale.ROOT)) {
      Locale.setDefault(Locale.ROOT); // This sets the categories FORMAT and DISPLAY, too.
    }
  }
}

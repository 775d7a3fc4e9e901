package org.saddlemap.arithmetic;

import com.sun.jna.Native;

/** The environment as native libraries of this process see it; Java's own copy stays as it was. */
final class Environment {
  private Environment() {}

  /** Sets a variable. Returns what stood in the way, and nothing where nothing did. */
  static String set(String name, String value) {
    try {
      return CLibrary.setenv(name, value, 1) == 0 ? "" : "setenv failed";
    } catch (LinkageError e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static final class CLibrary {
    static {
      Native.register(CLibrary.class, "c");
    }

    static native int setenv(String name, String value, int overwrite);
  }
}

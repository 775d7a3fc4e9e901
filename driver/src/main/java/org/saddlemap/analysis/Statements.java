package org.saddlemap.analysis;

import java.util.ArrayList;
import java.util.List;

/**
 * SQL text cut at its semicolons, but not at those within quotes and comments.
 *
 * @param complete statements that a semicolon ended, without it
 * @param rest what stands after the last semicolon; empty where that is nothing but space and
 *     comments
 */
public record Statements(List<String> complete, String rest) {
  public Statements {
    complete = List.copyOf(complete);
  }

  /** All statements, including the rest. */
  public List<String> all() {
    List<String> all = new ArrayList<>(complete);
    if (!rest.isEmpty()) {
      all.add(rest);
    }
    return all;
  }

  /** Cuts the text. */
  public static Statements split(String text) {
    List<String> complete = new ArrayList<>();
    int start = 0;
    boolean blank = true;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == ';') {
        if (!blank) {
          complete.add(text.substring(start, i).strip());
        }
        i++;
        start = i;
        blank = true;
      } else if (text.startsWith("--", i)) {
        int end = text.indexOf('\n', i);
        i = end < 0 ? text.length() : end + 1;
      } else if (text.startsWith("/*", i)) {
        i = endOfComment(text, i);
      } else if (c == '\'' || c == '"' || c == '`') {
        i = endOfQuote(text, i);
        blank = false;
      } else {
        blank &= Character.isWhitespace(c);
        i++;
      }
    }
    return new Statements(complete, blank ? "" : text.substring(start).strip());
  }

  /** The index after a bracketed comment; these nest in Spark. */
  private static int endOfComment(String text, int from) {
    int depth = 0;
    int i = from;
    while (i < text.length()) {
      if (text.startsWith("/*", i)) {
        depth++;
        i += 2;
      } else if (text.startsWith("*/", i)) {
        depth--;
        i += 2;
        if (depth == 0) {
          return i;
        }
      } else {
        i++;
      }
    }
    return i;
  }

  /**
   * The index after a quoted text. A doubled quote ends it and starts the next, to the same effect.
   */
  private static int endOfQuote(String text, int from) {
    char quote = text.charAt(from);
    int i = from + 1;
    while (i < text.length() && text.charAt(i) != quote) {
      i += quote != '`' && text.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(i + 1, text.length());
  }
}

package org.saddlemap.report;

import java.awt.Color;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.saddlemap.verdict.Category;

/**
 * How each outcome of a trial is shown, on the page and in pictures, in the order of legends.
 * Colours are those of Okabe and Ito (2008), safe for the colour-blind; letters tell the same
 * without colour.
 */
enum OutcomeMark {
  OPTIMUM("O", 0x009E73, "circle"),
  SADDLE("S", 0xE69F00, "diamond"),
  PLATEAU("P", 0x56B4E9, "rect"),
  DIVERGED("D", 0xD55E00, "triangle"),
  DESCENDING("·", 0xBBBBBB, "pin"),
  UNJUDGED("?", 0xE6E0CF, "roundRect"),
  FAILED("×", 0xCC79A7, "arrow"),
  TIMED_OUT("×", 0xCC79A7, "arrow");

  private final String letter;
  private final int rgb;
  private final String symbol;

  /**
   * @param symbol of the plotting library, for points
   */
  OutcomeMark(String letter, int rgb, String symbol) {
    this.letter = letter;
    this.rgb = rgb;
    this.symbol = symbol;
  }

  /**
   * The mark of an outcome.
   *
   * @param outcome the category; or {@code unjudged}, {@code failed}, {@code timed_out}
   */
  static OutcomeMark of(String outcome) {
    return valueOf(outcome.toUpperCase(Locale.ROOT));
  }

  /** The outcome in tables. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  String letter() {
    return letter;
  }

  Color color() {
    return new Color(rgb);
  }

  private boolean isCategory() {
    return Arrays.stream(Category.values()).anyMatch(c -> c.text().equals(key()));
  }

  /** All of them, for the page. */
  static List<Map<String, Object>> json() {
    return Arrays.stream(values()).map(OutcomeMark::describe).toList();
  }

  private Map<String, Object> describe() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("key", key());
    json.put("letter", letter);
    json.put("color", "#%06X".formatted(rgb));
    json.put("symbol", symbol);
    json.put("category", isCategory());
    return json;
  }
}

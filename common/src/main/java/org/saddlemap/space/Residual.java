package org.saddlemap.space;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Residual connections over the hidden layers but the first, whose inputs are the data: blocks y =
 * x + c·B(x) (He et al. 2016).
 *
 * @param layers of a block, the last perhaps with fewer; 0 without connections
 * @param scale c; empty for 1/√depth (Hanin and Rolnick 2018)
 */
public record Residual(int layers, Optional<Double> scale) implements Written {
  /** Layers one after the other. */
  public static final Residual NONE = new Residual(0, Optional.of(1.0));

  /** All forms, for messages. */
  public static final String FORMS =
      "false, true, blocks(1), blocks(2), blocks(layers, scale), where the scale is a number or 1/sqrt(depth)";

  private static final String BY_DEPTH = "1/sqrt(depth)";

  private static final Pattern BLOCKS =
      Pattern.compile("blocks\\(\\s*([12])\\s*(?:,\\s*(.+?)\\s*)?\\)");

  public boolean isNone() {
    return layers == 0;
  }

  /** c of a network with so many hidden layers. */
  public double scale(int depth) {
    return scale.orElseGet(() -> 1 / Math.sqrt(depth));
  }

  @Override
  public String text() {
    if (isNone()) {
      return "none";
    }
    if (scale.isEmpty()) {
      return "blocks(%d, %s)".formatted(layers, BY_DEPTH);
    }
    return scale.get() == 1
        ? "blocks(%d)".formatted(layers)
        : "blocks(%d, %s)".formatted(layers, Names.number(scale.get()));
  }

  /**
   * Reads one of {@link #FORMS}; {@code true} is blocks of two layers.
   *
   * @throws IllegalArgumentException with the reason, to be read after "residual 'text' "
   */
  static Residual parse(String text) {
    if (text.equals("none") || text.equals("false")) {
      return NONE;
    }
    if (text.equals("true")) {
      return new Residual(2, Optional.of(1.0));
    }
    Matcher m = BLOCKS.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("is not one of " + FORMS);
    }
    int layers = Integer.parseInt(m.group(1));
    if (m.group(2) == null) {
      return new Residual(layers, Optional.of(1.0));
    }
    if (m.group(2).replace(" ", "").equals(BY_DEPTH)) {
      return new Residual(layers, Optional.empty());
    }
    double scale;
    try {
      scale = Names.parseNumber(m.group(2));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "has a scale that is neither a number nor " + BY_DEPTH + ": '" + m.group(2) + "'", e);
    }
    Check.notNegative("scale", scale);
    return new Residual(layers, Optional.of(scale));
  }
}

package org.saddlemap.space;

import java.util.Locale;

/**
 * Normalization of the hidden layers, with a trained scale, and, but for {@code rms}, a shift where
 * layers have biases.
 */
public record Normalization(Kind kind, Place place) implements Written {
  /** No normalization. */
  public static final Normalization NONE = new Normalization(Kind.NONE, Place.BEFORE);

  /** What {@code batch_norm: true} stands for. */
  public static final Normalization BATCH = new Normalization(Kind.BATCH, Place.BEFORE);

  /** All forms, for messages. */
  public static final String FORMS =
      "none, batch, layer, rms, each of these three also with (after) or (sum)";

  /** Along what. */
  public enum Kind {
    NONE,
    /** Each unit over the rows of the batch (Ioffe and Szegedy 2015). */
    BATCH,
    /** Each row over its units (Ba et al. 2016). */
    LAYER,
    /** Each row over its units, by the root mean square alone (Zhang and Sennrich 2019). */
    RMS
  }

  /** Where in a layer. */
  public enum Place {
    /** Before the activation. */
    BEFORE,
    /** After the activation. */
    AFTER,
    /** After the sum of a residual block. */
    SUM
  }

  /** Added to variances before their root. */
  public static final double EPSILON = 1e-5;

  public boolean isNone() {
    return kind == Kind.NONE;
  }

  /** Whether each row of a batch depends on the others. */
  public boolean couplesRows() {
    return kind == Kind.BATCH;
  }

  @Override
  public String text() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return place == Place.BEFORE
        ? name
        : "%s(%s)".formatted(name, place.name().toLowerCase(Locale.ROOT));
  }

  /**
   * Reads one of {@link #FORMS}.
   *
   * @throws IllegalArgumentException with the reason, to be read after "normalization 'text' "
   */
  static Normalization parse(String text) {
    if (text.equals("true") || text.equals("false")) { // what batch_norm said
      return text.equals("true") ? BATCH : NONE;
    }
    for (Kind kind : Kind.values()) {
      for (Place place : Place.values()) {
        Normalization n = new Normalization(kind, place);
        if (n.text().equals(text.replace(" ", "")) && !(n.isNone() && place != Place.BEFORE)) {
          return n;
        }
      }
    }
    throw new IllegalArgumentException("is not one of " + FORMS);
  }
}

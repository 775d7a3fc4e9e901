package org.saddlemap.layer;

import org.saddlemap.arithmetic.Strip;
import org.saddlemap.arithmetic.Weights;

/**
 * A layer's place in a vector laid out as θ.
 *
 * @param weights null where it has none
 * @param shift null where it has none
 * @param scale null where it has none
 */
public record Part(Weights weights, Strip shift, Strip scale) {
  /** Of a layer without parameters. */
  public static final Part NONE = new Part(null, null, null);
}

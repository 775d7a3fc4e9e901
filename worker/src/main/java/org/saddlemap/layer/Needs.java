package org.saddlemap.layer;

/**
 * What a layer's passes need to be kept.
 *
 * @param weights whether its inputs meet a matrix of weights
 * @param ones whether there they meet a bias too
 * @param inPlace whether y may take the place of x
 * @param keepsOutput whether later passes read y
 * @param keepsDelta whether the tangent passes read δy, so that δx may not take its place
 * @param keepsBack whether they read δx, so that no layer before may overwrite it
 */
public record Needs(
    boolean weights,
    boolean ones,
    boolean inPlace,
    boolean keepsOutput,
    boolean keepsDelta,
    boolean keepsBack) {
  /** Of a layer without weights, which reads its inputs later too. */
  static final Needs INPUT_AND_DELTA = new Needs(false, false, false, false, true, false);
}

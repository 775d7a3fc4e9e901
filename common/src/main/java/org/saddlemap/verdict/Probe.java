package org.saddlemap.verdict;

/**
 * A group of measures that is taken together; what the rule may ask for. In the order of their
 * usual cost.
 */
public enum Probe {
  /** More Lanczos steps from the gradient: avail, neg_g. */
  AVAILABLE_DECREASE,
  /** More Lanczos steps from a random start, and the walk from what they find: nc_dec. */
  NEGATIVE_CURVATURE,
  /** A descent from the point itself within the ball: descent_dec. */
  DESCENT,
  /** Kicks in the kernel of H: ho_dec. */
  HIGHER_ORDER,
  /** A last search of the ball, beyond barriers and kinks: search_dec. */
  SURROUNDINGS,
  /** Weight matrices moved one by one: sens_min. */
  SENSITIVITY,
  /** Late iterates beside their mean: late_loss, bounce. */
  BOUNCING,
  /** Krylov–Newton steps on positive Ritz values: floor, settle_move, settled_loss. */
  SETTLING,
  /** Turns to the settled point: raw_… are set aside, and the point's evidence is taken anew. */
  SETTLED_POINT,
  /** What as many steps again would bring by the quadratic model: p_eta. */
  PROGRESS,
  /** What they bring, taken one after the other: next_gain. */
  CONTINUATION
}

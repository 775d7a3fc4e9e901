package org.saddlemap.verdict;

import java.util.Optional;

/**
 * A group of measures that is taken together; what the rule may ask for. They stand in the order of
 * their usual cost, and each says which measure shows that it has been taken, and which flag that
 * there is nothing more to take.
 */
public enum Probe {
  /** More Lanczos steps from the gradient. */
  AVAILABLE_DECREASE(Measure.AVAIL, Measure.AVAIL_COMPLETE),
  /** More Lanczos steps from a random start, and the walk from what they find. */
  NEGATIVE_CURVATURE(Measure.NC_DEC, Measure.NC_COMPLETE),
  /** A descent from the point itself within the ball. */
  DESCENT(Measure.DESCENT_DEC, Measure.DESCENT_COMPLETE),
  /** Kicks in the kernel of H. */
  HIGHER_ORDER(Measure.HO_DEC, Measure.HO_COMPLETE),
  /** A last search of the ball, beyond barriers and kinks. */
  SURROUNDINGS(Measure.SEARCH_DEC),
  /** Weight matrices moved one by one. */
  SENSITIVITY(Measure.SENS_MIN, Measure.SENS_COMPLETE),
  /** Late iterates beside their mean: late_loss, bounce. */
  BOUNCING(Measure.BOUNCE),
  /** Krylov–Newton steps on positive Ritz values: floor, settle_move, settled_loss. */
  SETTLING(Measure.FLOOR),
  /** Turns to the settled point: raw_… are set aside, and the point's evidence is taken anew. */
  SETTLED_POINT(Measure.SETTLED),
  /** What as many steps again would bring by the quadratic model. */
  PROGRESS(Measure.P_ETA, Measure.P_COMPLETE),
  /** What they bring, taken one after the other. */
  CONTINUATION(Measure.NEXT_GAIN, Measure.NEXT_COMPLETE);

  private final Measure answer;
  private final Optional<Measure> complete;

  Probe(Measure answer) {
    this.answer = answer;
    this.complete = Optional.empty();
  }

  Probe(Measure answer, Measure complete) {
    this.answer = answer;
    this.complete = Optional.of(complete);
  }

  /** The measure that the rule reads first of it. */
  public Measure answer() {
    return answer;
  }

  /** The flag that says that a further step would change nothing; empty where one step is all. */
  public Optional<Measure> complete() {
    return complete;
  }
}

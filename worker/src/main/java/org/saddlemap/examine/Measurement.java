package org.saddlemap.examine;

import java.util.random.RandomGenerator;
import org.saddlemap.verdict.Evidence;

/** Something that the rule may ask for, measured a step further each time that it asks. */
interface Measurement {
  /**
   * Measures, or measures further.
   *
   * @param known what has been measured so far
   * @param further the same, which takes what is measured now
   * @param random the probe's own stream, the same at each step
   */
  void advance(Evidence known, Evidence.Builder further, RandomGenerator random);
}

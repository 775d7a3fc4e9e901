package org.saddlemap.trial;

import org.saddlemap.space.Configuration;

/**
 * A configuration and a replicate.
 *
 * @param index its number in the plan
 */
public record Trial(long index, Configuration configuration, int replicate) {
  public Trial {
    if (replicate < 0) {
      throw new IllegalArgumentException("Invalid replicate: " + replicate + " < 0");
    }
  }
}

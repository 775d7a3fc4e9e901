package org.saddlemap.train;

import org.saddlemap.data.Dataset;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.trial.Seeds;

/**
 * What is trained, on what, how, and from where.
 *
 * @param learningRate η, whatever the configuration says of it
 * @param initial θ, which is rounded to float32
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record TrainingTask(
    Network network,
    Configuration configuration,
    Dataset dataset,
    double learningRate,
    double[] initial,
    Seeds seeds) {
  public TrainingTask {
    if (initial.length != network.parameters()) {
      throw new IllegalArgumentException(
          "Invalid initial: %d values for %d parameters"
              .formatted(initial.length, network.parameters()));
    }
    if (dataset.train().rows() == 0) {
      throw new IllegalArgumentException("Cannot train on no rows");
    }
  }
}

package org.saddlemap.record;

/**
 * What came out of training, beside the evidence.
 *
 * @param parameters number of trainable parameters
 * @param batchRows rows a step
 * @param learningRate η as it was used
 * @param steps taken
 * @param clippedSteps of them, those whose gradient was clipped
 * @param initialLoss training objective on the full training set at the initial weights
 * @param finalLoss the same where it stopped
 * @param accuracy share of the training rows whose largest output is their class; NaN for
 *     regression
 * @param heldoutLoss data loss (without L2) on the held-out rows; NaN without any
 * @param heldoutAccuracy accuracy on the held-out rows; NaN without any
 */
public record Outcome(
    long parameters,
    int batchRows,
    double learningRate,
    int steps,
    int clippedSteps,
    double initialLoss,
    double finalLoss,
    double accuracy,
    double heldoutLoss,
    double heldoutAccuracy) {}

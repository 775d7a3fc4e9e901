package org.saddlemap.curvature;

/**
 * What the data and the range of a network's outputs say of each other before anything is trained.
 *
 * @param inputMean largest absolute mean of a feature
 * @param inputRms largest root mean square of a feature
 * @param targetMin smallest target; NaN where targets are classes of a cross entropy
 * @param targetMax largest target; NaN likewise
 * @param outputMin infimum of the outputs; −∞ where there is none
 * @param outputMax supremum of the outputs; +∞ where there is none
 * @param outOfReach share of target values outside the outputs' range by more than 1 % of it, or of
 *     the targets' own range where it is infinite; NaN where targets are classes
 * @param reachable lower bound of the loss for functions of the inputs with values in the outputs'
 *     range
 */
public record Preview(
    double inputMean,
    double inputRms,
    double targetMin,
    double targetMax,
    double outputMin,
    double outputMax,
    double outOfReach,
    double reachable) {}

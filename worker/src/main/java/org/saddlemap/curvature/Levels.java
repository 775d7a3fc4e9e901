package org.saddlemap.curvature;

import org.saddlemap.space.Loss;

/**
 * What a data set alone determines of an objective; the same for every network on it.
 *
 * @param base loss of the best constant predictor
 * @param lowerBound what no function of the inputs can go below
 * @param attained whether one gets there
 * @param targetDeviation √ of the mean over the target columns of their variance
 * @param inputRms root mean square of all inputs
 */
public record Levels(
    double base, double lowerBound, boolean attained, double targetDeviation, double inputRms) {
  /**
   * @param inputs rows × columns, row-major
   * @param targets rows × outputs, row-major; one-hot under cross entropy
   */
  public static Levels of(Loss loss, double[] inputs, double[] targets, int rows) {
    Objective objective = new Objective(loss, targets, rows, targets.length / rows, 1);
    Objective.Floor floor = objective.floor(inputs, inputs.length / rows);
    double sum = 0;
    for (double x : inputs) {
      sum += x * x;
    }
    return new Levels(
        objective.base(),
        floor.level(),
        floor.attained(),
        objective.targetDeviation(),
        Math.sqrt(sum / inputs.length));
  }
}

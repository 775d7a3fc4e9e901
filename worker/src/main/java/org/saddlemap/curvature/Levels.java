package org.saddlemap.curvature;

import java.util.Map;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/**
 * What a data set alone determines of an objective; the same for every network on it.
 *
 * @param base loss of the best constant predictor
 * @param lowerBound what no function of the inputs can go below
 * @param attained whether one gets there
 * @param targetDeviation √ of the mean over the target columns of their variance
 * @param inputRms root mean square of all inputs
 * @param previews for each activation of the output
 */
public record Levels(
    double base,
    double lowerBound,
    boolean attained,
    double targetDeviation,
    double inputRms,
    Map<Activation, Preview> previews) {
  public Levels {
    previews = Map.copyOf(previews);
  }

  /**
   * @param inputs rows × columns, row-major
   * @param targets rows × outputs, row-major; one-hot under cross entropy
   */
  public static Levels of(Loss loss, double[] inputs, double[] targets, int rows) {
    Objective objective = new Objective(loss, targets, rows, targets.length / rows, 1);
    Objective.Floor floor = objective.floor(inputs, inputs.length / rows);
    double[] means = new double[inputs.length / rows];
    double[] squares = new double[means.length];
    double sum = 0;
    for (int i = 0; i < inputs.length; i++) {
      int j = i % means.length;
      double square = inputs[i] * inputs[i];
      means[j] += inputs[i] / rows;
      squares[j] += square / rows;
      sum += square;
    }
    double mean = 0;
    double square = 0;
    for (int j = 0; j < means.length; j++) {
      mean = Math.max(mean, Math.abs(means[j]));
      square = Math.max(square, squares[j]);
    }
    return new Levels(
        objective.base(),
        floor.level(),
        floor.attained(),
        objective.targetDeviation(),
        Math.sqrt(sum / inputs.length),
        objective.previews(floor, mean, Math.sqrt(square)));
  }
}

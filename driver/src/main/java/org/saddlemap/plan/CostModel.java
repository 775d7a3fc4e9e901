package org.saddlemap.plan;

import java.util.EnumSet;
import java.util.Set;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Architecture;
import org.saddlemap.run.Footprint;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Loss;
import org.saddlemap.space.OptimizerKind;
import org.saddlemap.spec.ExaminationSpec;

/**
 * Predicts time and memory of a trial from its shape, before anything is trained. A pure function,
 * never decreasing in depth, width, batch size, steps, inputs, and rows.
 *
 * <p>A step costs its floating-point operations (a layer of a inputs and b outputs takes 2ab a row
 * forward and twice that backward), one pass over its activations, one over its parameters, and a
 * fixed time a layer, each at the speed of {@link Speed}. The examination costs {@value
 * #EXAMINATION_GRADIENTS} gradients in float64 over the examined rows, or its ceiling where that is
 * lower. Trials that diverge early or need the dearer probes are not foreseen: a prediction is good
 * for ordering and cutting work, and for the order of magnitude of a sum.
 *
 * @param features inputs of the network
 * @param outputs outputs of the network at most
 * @param rows training rows
 */
public record CostModel(
    int features, int outputs, int rows, ExaminationSpec examination, Speed speed) {
  /** What predictions depend on; configurations that agree in these cost the same. */
  static final Set<Hyperparameter> HYPERPARAMETERS =
      EnumSet.of(
          Hyperparameter.DEPTH,
          Hyperparameter.WIDTH,
          Hyperparameter.BATCH_NORM,
          Hyperparameter.BIAS,
          Hyperparameter.LOSS,
          Hyperparameter.OPTIMIZER,
          Hyperparameter.BATCH_SIZE,
          Hyperparameter.MAX_STEPS,
          Hyperparameter.EPOCHS);

  /** Gradients' worth of work that a typical lazy examination takes. */
  private static final double EXAMINATION_GRADIENTS = 150;

  /** Vectors of θ's length, in float64, that are alive at once: trajectory and Krylov basis. */
  private static final double EXAMINATION_VECTORS = 200;

  /**
   * How fast one core is.
   *
   * @param flops floating-point operations a second, in float32 matrix products
   * @param elements activations or parameters a second that are passed over once
   * @param layerSeconds fixed seconds a layer and step
   * @param trialSeconds fixed seconds a trial
   */
  public record Speed(double flops, double elements, double layerSeconds, double trialSeconds) {
    /** One core of a server of 2023 with AVX-512. */
    public static final Speed REFERENCE = new Speed(100e9, 1e9, 0.5e-6, 0.5e-3);
  }

  /**
   * A prediction.
   *
   * @param trainSeconds core-seconds of training
   * @param examineSeconds core-seconds of examination
   * @param bytes memory at the peak
   */
  public record Cost(double trainSeconds, double examineSeconds, double bytes) {
    public double seconds() {
      return trainSeconds + examineSeconds;
    }
  }

  public static CostModel of(Dataset data, ExaminationSpec examination) {
    return new CostModel(
        data.features(),
        Math.max(data.classes(), data.targetColumns()),
        data.train().rows(),
        examination,
        Speed.REFERENCE);
  }

  public Cost of(Configuration c) {
    double depth = c.depth();
    double width = c.width();
    double batch = c.batchSize().of(rows);
    double examined = Math.min(examination.rows(), rows);
    double weights =
        depth == 0
            ? (double) features * outputs
            : features * width + (depth - 1) * width * width + width * outputs;
    double units = depth * width * (c.batchNorm() ? 3 : 1) + outputs;
    double parameters = weights + depth * width * (c.batchNorm() ? 2 : 1) + outputs;
    double state = c.optimizer() == OptimizerKind.ADAM ? 2 : 1;

    double step =
        gradient(batch, weights, units, depth) + (1 + state) * parameters / 2 / speed.elements;
    // float64 is half as fast.
    double probe = 2 * (gradient(examined, weights, units, depth) + parameters / speed.elements);
    double train = (double) c.steps(rows) * step;
    double examine = Math.min(EXAMINATION_GRADIENTS, examination.ceiling()) * probe;

    // Beyond what a vector can hold, only the order of magnitude matters.
    double bytes =
        parameters > Integer.MAX_VALUE
            ? 8 * EXAMINATION_VECTORS * parameters
            : Footprint.bytes(architecture(c), c, rows, examination);
    return new Cost(train + speed.trialSeconds / 2, examine + speed.trialSeconds / 2, bytes);
  }

  private Architecture architecture(Configuration c) {
    return Architecture.of(c, features, c.loss() == Loss.BINARY_CROSS_ENTROPY ? 1 : outputs);
  }

  /** Seconds of one gradient over so many rows. */
  private double gradient(double batch, double weights, double units, double depth) {
    return 6 * batch * weights / speed.flops
        + 1.5 * batch * units / speed.elements
        + (depth + 3) * speed.layerSeconds;
  }
}

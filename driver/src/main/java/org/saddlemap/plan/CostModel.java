package org.saddlemap.plan;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Network;
import org.saddlemap.run.Footprint;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Loss;
import org.saddlemap.spec.Arithmetic;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SweepSpec;

/**
 * Predicts time and memory of a trial from its shape, before anything is trained. A pure function,
 * never decreasing in depth, width, batch size, steps, inputs, and rows (but that larger batches
 * are fewer where all rows are accumulated).
 *
 * <p>A step costs its floating-point operations, passes over activations, rows and parameters, and
 * fixed times a layer and a call, each at the speed of {@link Speed}. The examination costs a
 * number of gradients in float64 over the examined rows that grows with the logarithm of the
 * layers, or its ceiling where that is lower; before it comes the sharpness at the initial weights,
 * after it one evaluation on all rows. Trials that diverge early or need the dearer probes are not
 * foreseen.
 *
 * @param features inputs of the network
 * @param outputs outputs of the network at most
 * @param rows training rows
 * @param arithmetic that training takes
 */
public record CostModel(
    int features,
    int outputs,
    int rows,
    ExaminationSpec examination,
    Arithmetic arithmetic,
    Speed speed) {
  /** Configurations that agree in these hyperparameters cost the same. */
  static final Set<Hyperparameter> HYPERPARAMETERS =
      EnumSet.of(
          Hyperparameter.DEPTH,
          Hyperparameter.WIDTH,
          Hyperparameter.ACTIVATION,
          Hyperparameter.ACTIVATIONS,
          Hyperparameter.OUTPUT_ACTIVATION,
          Hyperparameter.NORMALIZATION,
          Hyperparameter.RESIDUAL,
          Hyperparameter.DROPOUT,
          Hyperparameter.WIDTHS,
          Hyperparameter.BIAS,
          Hyperparameter.LOSS,
          Hyperparameter.OPTIMIZER,
          Hyperparameter.BATCH_SIZE,
          Hyperparameter.ACCUMULATION,
          Hyperparameter.MAX_STEPS,
          Hyperparameter.EPOCHS);

  /**
   * What a step as such, and a layer, cost in ND4J's own operations, by what they cost else: 1.7 ms
   * and 0.39 ms, as measured (docs/operations.md).
   */
  private static final double ND4J_CALL = 9200;

  private static final double ND4J_LAYER = 640;

  /** Gradients' worth of work that the sharpness at the initial weights takes: 16 products. */
  static final double SHARPNESS_GRADIENTS = 32;

  /** So many vectors of θ's length, in float64, are alive at once: trajectory and Krylov basis. */
  private static final double EXAMINATION_VECTORS = 200;

  /**
   * Bytes of a row of {@code trials}, compressed. With those of a curve's point and a layer, sweeps
   * of four kinds took from 0.7 to 1.1 times what these say together.
   */
  private static final double TRIAL_BYTES = 300;

  private static final double POINT_BYTES = 16;
  private static final double LAYER_BYTES = 25;

  /**
   * A prediction.
   *
   * @param trainSeconds core-seconds of training
   * @param examineSeconds core-seconds of examination
   * @param otherSeconds core-seconds beside
   * @param bytes memory at the peak
   * @param tableBytes of its rows in all tables, as Parquet
   */
  public record Cost(
      double trainSeconds,
      double examineSeconds,
      double otherSeconds,
      double bytes,
      double tableBytes) {
    public double seconds() {
      return trainSeconds + examineSeconds + otherSeconds;
    }
  }

  /** Of native arithmetic. */
  public CostModel(int features, int outputs, int rows, ExaminationSpec examination, Speed speed) {
    this(features, outputs, rows, examination, Arithmetic.NATIVE, speed);
  }

  /** Of a spec's trials on its data. */
  public static CostModel of(Dataset data, SweepSpec spec, Speed speed) {
    return new CostModel(
        data.features(),
        Math.max(data.classes(), data.targetColumns()),
        data.train().rows(),
        spec.examination(),
        spec.arithmetic(),
        speed);
  }

  /** The same trials on another core. */
  public CostModel at(Speed other) {
    return new CostModel(features, outputs, rows, examination, arithmetic, other);
  }

  public Cost of(Configuration c) {
    double train = c.steps(rows) * dot(stepWork(c), speed.training());
    double parameters = parameters(c);
    double gradients =
        examination.signalsOnly()
            ? 2 // at the initial weights, and at the end
            : SHARPNESS_GRADIENTS
                + Math.min(
                    speed.gradients() + speed.gradientsPerDoubling() * doublings(c),
                    examination.ceiling(parameters, Math.min(examination.rows(), rows)));
    double examine = gradients * dot(gradientWork(c), speed.examination()) + evaluationSeconds(c);

    // Beyond what a vector can hold, only the order of magnitude matters.
    double bytes =
        parameters > Integer.MAX_VALUE
            ? 8 * EXAMINATION_VECTORS * parameters
            : Footprint.bytes(architecture(c), c, rows, examination);
    return new Cost(train, examine, speed.trial(), bytes, tableBytes(c));
  }

  /** A trial's own row, a curve of at most 64 points, and two rows a layer. */
  private double tableBytes(Configuration c) {
    return TRIAL_BYTES
        + POINT_BYTES * Math.min(64, c.steps(rows))
        + 2 * LAYER_BYTES * (c.depth() + 1.0);
  }

  /** How often one layer is doubled until there are as many as here. */
  static double doublings(Configuration c) {
    return Math.log(c.depth() + 1) / Math.log(2);
  }

  /** What a training step does, by {@link Speed.Work}. */
  List<Double> stepWork(Configuration c) {
    double vectors =
        switch (c.optimizer()) {
          case ADAM, ADAMW -> 1.5;
          case SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP -> 1;
        };
    int batch = c.batchSize().of(rows);
    double batches = c.rowsPerStep(rows) / (double) batch;
    List<Double> work = new ArrayList<>(work(c, batch, vectors));
    if (arithmetic == Arithmetic.ND4J) {
      int call = List.of(Speed.Work.values()).indexOf(Speed.Work.CALL);
      int layer = List.of(Speed.Work.values()).indexOf(Speed.Work.LAYER);
      work.set(call, ND4J_CALL * work.get(call));
      work.set(layer, ND4J_LAYER * work.get(layer));
    }
    return work.stream().map(w -> w * batches).toList();
  }

  /** What a gradient of the examination does, by {@link Speed.Work}. */
  List<Double> gradientWork(Configuration c) {
    return work(c, Math.min(examination.rows(), rows), 1);
  }

  /** Seconds of one forward pass over all training rows, a third of a gradient. */
  double evaluationSeconds(Configuration c) {
    return dot(work(c, rows, 1), speed.training()) / 3;
  }

  private List<Double> work(Configuration c, double batch, double vectors) {
    double depth = c.depth();
    double passes =
        (c.normalization().isNone() ? 1 : 3)
            + (c.residual().isNone() ? 0 : 1)
            + (c.dropout() > 0 ? 1 : 0);
    double units = units(c) * passes;
    return List.of(
        1.0,
        depth + 1,
        batch * (depth + 1),
        batch * outputs,
        batch * units,
        vectors * parameters(c),
        batch * weights(c));
  }

  private double weights(Configuration c) {
    double weights = 0;
    double below = features;
    for (int width : c.widths()) {
      weights += below * width;
      below = width;
    }
    return weights + below * outputs;
  }

  /** Units of all hidden layers. */
  private static double units(Configuration c) {
    return c.widths().stream().mapToDouble(w -> w).sum();
  }

  private double parameters(Configuration c) {
    return weights(c) + units(c) * (c.normalization().isNone() ? 1 : 2) + outputs;
  }

  private Network architecture(Configuration c) {
    return Network.of(c, features, c.loss() == Loss.BINARY_CROSS_ENTROPY ? 1 : outputs);
  }

  static double dot(List<Double> work, List<Double> seconds) {
    double sum = 0;
    for (int i = 0; i < work.size(); i++) {
      sum += work.get(i) * seconds.get(i);
    }
    return sum;
  }
}

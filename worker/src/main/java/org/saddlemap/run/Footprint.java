package org.saddlemap.run;

import org.saddlemap.curvature.Sharpness;
import org.saddlemap.examine.ExaminedSurfaces;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.LearningRate;
import org.saddlemap.spec.ExaminationSpec;

/** The memory of one trial, predicted from its shapes. */
public final class Footprint {
  /**
   * Float vectors of training: parameters, gradient, two moments, and their copies outside the
   * heap.
   */
  private static final int TRAINING_VECTORS = 8;

  /** Double vectors of the examination beside its Krylov bases: the points, snapshots, walks. */
  private static final int EXAMINATION_VECTORS = 24;

  /**
   * Krylov vectors that are alive at once: 30 from each of the scaled and the raw gradient, 60 from
   * random starts, and 60 of the sharpness.
   */
  private static final int KRYLOV_VECTORS = 180;

  /** The same in training. */
  private static final int TRAINING_ACTIVATIONS = 6;

  private Footprint() {}

  /** Where signals are all that is looked at, a rate may still be given by the sharpness. */
  private static int krylov(Configuration configuration, ExaminationSpec examination) {
    if (!examination.signalsOnly()) {
      return KRYLOV_VECTORS;
    }
    return configuration.learningRate() instanceof LearningRate.Sharpness
        ? Sharpness.MAX_PRODUCTS
        : 0;
  }

  /**
   * Peak bytes, on and off the heap together, rounded up rather than down; the data, which all
   * trials of a process share, are not counted.
   *
   * @param rows of the training part
   */
  public static long bytes(
      Network architecture, Configuration configuration, int rows, ExaminationSpec examination) {
    long parameters = architecture.parameters();
    long units = 0;
    for (int size : architecture.sizes()) {
      units += size;
    }
    long batch = configuration.batchSize().of(rows);
    int vectors = TRAINING_VECTORS + (configuration.accumulation() > 1 ? 1 : 0);
    long training = 4 * (vectors * parameters + TRAINING_ACTIVATIONS * batch * units);
    long examining =
        8
            * (EXAMINATION_VECTORS + Math.min(krylov(configuration, examination), parameters))
            * parameters;
    return training + examining + ExaminedSurfaces.bytes(architecture, rows, examination);
  }
}

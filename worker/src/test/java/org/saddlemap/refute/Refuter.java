package org.saddlemap.refute;

import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.curvature.Sharpness;
import org.saddlemap.data.Dataset;
import org.saddlemap.examine.Examination;
import org.saddlemap.examine.ExaminedSurfaces;
import org.saddlemap.examine.Examiner;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.LearningRate;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trainer;
import org.saddlemap.train.TrainingTask;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.Seeds;

/**
 * Trains a trial, has it judged, and tries to refute the verdict (docs/verdict.md, The law). The
 * verdict is the project's; what is held against it is a {@link PlainNetwork} and the trial's own
 * optimizer, which share nothing with the examination.
 */
final class Refuter implements AutoCloseable {
  private final DataLibrary library;
  private final NativeFloats memory = new NativeFloats();

  Refuter(DataLibrary library) {
    this.library = library;
  }

  Attempt attempt(Subject subject) {
    Configuration c = subject.configuration();
    Dataset data = library.dataset(subject.data());
    Network net = Network.of(c, data.features(), data.outputs(c.loss()));
    Seeds seeds = new Seeds(subject.seed(), subject.replicate());
    double[] initial = Initialization.draw(net, c.initializer(), seeds);
    try (ExaminedSurfaces surfaces =
        ExaminedSurfaces.of(
            library.rows(subject.data(), c.loss(), subject.examination()), net.judged(), c.l2())) {
      double rate = rate(c, surfaces, initial, subject);
      Trajectory t =
          Trainer.train(
              new TrainingTask(net, c, data, rate, initial, seeds), Interruption.NEVER, memory);
      Examination x = new Examiner(subject.examination()).examine(surfaces, t, Interruption.NEVER);
      return Promises.tried(new JudgedTrial(subject, data, net, t, x));
    }
  }

  static double rate(
      Configuration c, ExaminedSurfaces surfaces, double[] initial, Subject subject) {
    if (c.learningRate() instanceof LearningRate.Sharpness s) {
      return s.c()
          / Sharpness.of(surfaces.examined(), initial, subject.examination().seed()).value();
    }
    return ((LearningRate.Absolute) c.learningRate()).eta();
  }

  @Override
  public void close() {
    memory.close();
  }
}

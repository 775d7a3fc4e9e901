package org.saddlemap.refute;

import java.util.ArrayList;
import java.util.List;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.curvature.NetworkSurface;
import org.saddlemap.data.Dataset;
import org.saddlemap.examine.Examination;
import org.saddlemap.examine.ExaminedSurfaces;
import org.saddlemap.examine.Examiner;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trainer;
import org.saddlemap.train.TrainingTask;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.Seeds;
import org.saddlemap.verdict.VerdictRule;

/** Judges trials, and judges them anew. One thread's. */
final class Judge implements AutoCloseable {
  /** Seeds of examinations beside the trial's own. */
  private static final int OTHER_SEEDS = 3;

  private static final int OTHER_SUBSETS = 2;

  private final DataLibrary library;
  private final NativeFloats memory = new NativeFloats();

  Judge(DataLibrary library) {
    this.library = library;
  }

  /** Trains the trial, and its next budget. */
  Kept train(Subject subject) {
    Configuration c = subject.configuration();
    Dataset data = library.dataset(subject.data());
    Network net = architecture(subject);
    Seeds seeds = new Seeds(subject.seed(), subject.replicate());
    double[] initial = Initialization.draw(net, c.initializer(), seeds);
    try (ExaminedSurfaces surfaces = surfaces(subject, subject.examination())) {
      double rate = Refuter.rate(c, surfaces, initial, subject);
      Trajectory t =
          Trainer.train(
              new TrainingTask(net, c, data, rate, initial, seeds), Interruption.NEVER, memory);
      NetworkSurface all = surfaces.full().orElse(surfaces.examined());
      return Kept.of(t, all);
    }
  }

  /** As the trial's own spec asks. */
  Judged examine(Judged.Way way, Subject subject, Kept kept) {
    return examine(way, subject, kept, subject.examination());
  }

  /**
   * With other seeds and on other rows, in this process.
   *
   * <p>A trial that was judged on a subset of its rows is judged on others, as many; one that was
   * judged on all rows, by other seeds, and on halves.
   */
  List<Judged> again(Subject subject, Kept kept) {
    ExaminationSpec spec = subject.examination();
    int rows = library.dataset(subject.data()).train().rows();
    boolean subset = rows > spec.rows();
    List<Judged> again = new ArrayList<>();
    for (int i = 1; i <= OTHER_SEEDS; i++) {
      again.add(
          examine(
              subset ? Judged.Way.ROWS : Judged.Way.SEED,
              subject,
              kept,
              spec.withSeed(spec.seed() + i)));
    }
    for (int i = 0; !subset && i < OTHER_SUBSETS; i++) {
      ExaminationSpec half =
          new ExaminationSpec(
              spec.signalsOnly(),
              (rows + 1) / 2,
              spec.ceiling(),
              spec.exactBelow(),
              spec.sharpness(),
              spec.seed() + i,
              spec.thresholds());
      again.add(examine(Judged.Way.ROWS, subject, kept, half));
    }
    return again;
  }

  private Judged examine(Judged.Way way, Subject subject, Kept kept, ExaminationSpec spec) {
    try (ExaminedSurfaces surfaces = surfaces(subject, spec)) {
      Examination x =
          new Examiner(spec)
              .examine(surfaces, kept.trajectory(architecture(subject)), Interruption.NEVER);
      return Judged.of(way, x.verdict(), new VerdictRule(spec.thresholds()).trace(x.evidence()));
    }
  }

  private Network architecture(Subject subject) {
    Dataset data = library.dataset(subject.data());
    Configuration c = subject.configuration();
    return Network.of(c, data.features(), data.outputs(c.loss()));
  }

  private ExaminedSurfaces surfaces(Subject subject, ExaminationSpec spec) {
    Configuration c = subject.configuration();
    return ExaminedSurfaces.of(
        library.rows(subject.data(), c.loss(), spec), architecture(subject).judged(), c.l2());
  }

  @Override
  public void close() {
    memory.close();
  }
}

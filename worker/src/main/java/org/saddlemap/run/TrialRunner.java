package org.saddlemap.run;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.arithmetic.Nd4jArithmetic;
import org.saddlemap.curvature.Sharpness;
import org.saddlemap.data.Dataset;
import org.saddlemap.examine.Examination;
import org.saddlemap.examine.ExaminedSurfaces;
import org.saddlemap.examine.Examiner;
import org.saddlemap.examine.Start;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.record.Outcome;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.LearningRate;
import org.saddlemap.spec.Arithmetic;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.train.Evaluation;
import org.saddlemap.train.Interrupted;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trainer;
import org.saddlemap.train.TrainingTask;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.Seeds;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialContext;
import org.saddlemap.trial.TrialId;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;

/**
 * Trains, examines and judges trials one after the other. Whatever a trial does wrong becomes its
 * row.
 */
public final class TrialRunner implements AutoCloseable {
  private final SharedWork shared;
  private final SweepSpec spec;
  private final Dataset data;
  private final Provenance provenance;

  /** Outside the heap; used again by every trial. */
  private final NativeFloats memory = new NativeFloats();

  /** What the last trial trained in, where that is ND4J: training may go on until the next. */
  private Optional<Nd4jArithmetic> nd4j = Optional.empty();

  /** Used again by the next trial where its network has the same shape. */
  private Optional<ExaminedSurfaces> surfaces = Optional.empty();

  public TrialRunner(SweepSpec spec, Dataset data, Provenance provenance) {
    this(new SharedWork(spec, data), provenance);
  }

  /**
   * @param shared by all runners of the sweep in this process
   */
  public TrialRunner(SharedWork shared, Provenance provenance) {
    this.shared = shared;
    this.spec = shared.spec();
    this.data = shared.data();
    this.provenance = provenance;
  }

  /**
   * Runs one trial; one that can only take the steps of another, which clipping left alone, is not
   * trained again. Errors, time and memory limits become the record's status.
   *
   * @param queueMillis what the record says of the time before the trial
   * @param stopped asked every few milliseconds of work
   * @throws Interrupted where {@code stopped} said so; nothing of the trial is kept
   */
  public TrialRecord run(Trial trial, double queueMillis, BooleanSupplier stopped) {
    return shared
        .unclipped()
        .find(trial)
        .map(same -> same.with(id(trial), trial, new Times(queueMillis, 0, 0, 0)))
        .orElseGet(() -> run(trial, queueMillis, stopped, trajectory -> {}));
  }

  /**
   * The same, trained in any case, and gives away what it trained.
   *
   * @param watcher takes the trajectory of a trial that completes, before it is examined
   */
  public TrialRecord run(
      Trial trial, double queueMillis, BooleanSupplier stopped, Consumer<Trajectory> watcher) {
    Clock clock = new Clock(queueMillis);
    Interruption interruption =
        new Interruption(
            stopped, clock.start + (long) Math.min(9e18, spec.limits().seconds() * 1e9));
    try {
      return completed(trial, clock, interruption, watcher);
    } catch (Interrupted e) {
      if (!e.timeLimit()) {
        throw e;
      }
      return unfinished(
          trial,
          TrialStatus.TIMED_OUT,
          new TrialRecord.Failure(
              "It took longer than its limit of %s s (limits.trial_seconds)."
                  .formatted(spec.limits().seconds()),
              ""),
          clock);
    } catch (OutOfMemoryError e) {
      return unfinished(
          trial, TrialStatus.FAILED, failure("It ran out of memory: " + e.getMessage(), e), clock);
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      return unfinished(trial, TrialStatus.FAILED, failure(e.toString(), e), clock);
    }
  }

  /** Frees the native memory. */
  @Override
  public void close() {
    memory.close();
    nd4j.ifPresent(Nd4jArithmetic::close);
    nd4j = Optional.empty();
    surfaces.ifPresent(ExaminedSurfaces::close);
    surfaces = Optional.empty();
  }

  private TrialRecord completed(
      Trial trial, Clock clock, Interruption interruption, Consumer<Trajectory> watcher) {
    Configuration c = trial.configuration();
    Network trained = Network.of(c, data.features(), data.outputs(c.loss()));
    Network network = trained.judged();
    long bytes = Footprint.bytes(network, c, data.train().rows(), spec.examination());
    if (bytes > spec.limits().megabytes() << 20) {
      return unfinished(
          trial,
          TrialStatus.FAILED,
          new TrialRecord.Failure(
              "It would need about %d MB, more than its limit of %d MB (limits.trial_megabytes)."
                  .formatted(bytes >> 20, spec.limits().megabytes()),
              ""),
          clock);
    }
    Seeds seeds = new Seeds(spec.seed(), trial.replicate());
    double[] initial = Initialization.draw(network, c.initializer(), c.parametrization(), seeds);
    clock.loaded();
    ExaminedSurfaces at = surfaces(network, c.l2());
    boolean sharp =
        !spec.examination().signalsOnly() || c.learningRate() instanceof LearningRate.Sharpness;
    SharedWork.InitialLook look =
        shared.look(
            new SharedWork.InitialWeights(
                network, c.initializer(), c.parametrization(), trial.replicate(), c.l2(), sharp),
            () -> {
              double sharpness =
                  sharp
                      ? Sharpness.of(at.examined(), initial, spec.examination().seed()).value()
                      : Double.NaN;
              return new SharedWork.InitialLook(Start.of(at, initial), sharpness);
            });
    double learningRate = learningRate(c, look.sharpness());
    clock.examined();
    Trajectory trajectory = train(trained, c, learningRate, initial, seeds, interruption);
    clock.trained();
    watcher.accept(trajectory);
    Examination examination =
        new Examiner(examination(c, seeds)).examine(at, look.start(), trajectory, interruption);
    Evidence evidence =
        examination.evidence().toBuilder().put(Measure.INITIAL_SHARPNESS, look.sharpness()).build();
    Outcome outcome = outcome(c, network, trajectory, evidence);
    clock.examined();
    TrialRecord record =
        new TrialRecord(
            id(trial),
            trial,
            TrialStatus.COMPLETED,
            Optional.of(examination.verdict()),
            evidence,
            Optional.of(outcome),
            clock.times(),
            Optional.empty(),
            trajectory.curve(),
            examination.layers(),
            provenance);
    shared.unclipped().remember(record, trajectory.continuation().steepest());
    return record;
  }

  private Trajectory train(
      Network network,
      Configuration c,
      double learningRate,
      double[] initial,
      Seeds seeds,
      Interruption interruption) {
    if (spec.arithmetic() != Arithmetic.ND4J) {
      return Trainer.train(
          new TrainingTask(network, c, data, learningRate, initial, seeds), interruption, memory);
    }
    nd4j.ifPresent(Nd4jArithmetic::close);
    Nd4jArithmetic k = new Nd4jArithmetic();
    nd4j = Optional.of(k);
    return Trainer.train(
        new TrainingTask(network, c, data, learningRate, initial, seeds), interruption, k);
  }

  private ExaminedSurfaces surfaces(Network network, double l2) {
    if (surfaces.isEmpty() || !surfaces.get().fit(network, l2)) {
      surfaces.ifPresent(ExaminedSurfaces::close);
      surfaces = Optional.empty();
      surfaces = Optional.of(ExaminedSurfaces.of(shared.rows(network.loss()), network, l2));
    }
    return surfaces.get();
  }

  private Outcome outcome(
      Configuration c, Network network, Trajectory trajectory, Evidence evidence) {
    Evaluation train = Evaluation.of(network, trajectory.last(), data, data.train(), memory);
    Evaluation heldout = Evaluation.of(network, trajectory.last(), data, data.heldout(), memory);
    Measure stopped = evidence.is(Measure.SETTLED) ? Measure.RAW_LOSS : Measure.LOSS;
    return new Outcome(
        network.parameters(),
        c.rowsPerStep(data.train().rows()),
        trajectory.learningRate(),
        trajectory.steps(),
        trajectory.clippedSteps(),
        evidence.getOr(Measure.START_LOSS, Double.NaN),
        evidence.getOr(stopped, train.loss()),
        train.accuracy(),
        heldout.loss(),
        heldout.accuracy());
  }

  /**
   * The trial's own examination: streams that depend on the examination's seed, the sweep's and the
   * replicate, so that what one replicate's starts miss another's may find.
   */
  private ExaminationSpec examination(Configuration c, Seeds seeds) {
    ExaminationSpec shared = spec.examination();
    return shared
        .withSeed(shared.seed() ^ seeds.stream(Seeds.Stream.EXAMINATION, 0).nextLong())
        .of(c);
  }

  /** η: as given, or c/λmax(H) at the initial weights. */
  private static double learningRate(Configuration c, double sharpness) {
    if (c.learningRate() instanceof LearningRate.Sharpness s) {
      if (!(sharpness > 0)) {
        throw new IllegalStateException(
            "Cannot set the learning rate to %s: the sharpness at the initial weights is %s"
                .formatted(s.text(), sharpness));
      }
      return s.c() / sharpness;
    }
    return ((LearningRate.Absolute) c.learningRate()).eta();
  }

  private TrialRecord unfinished(
      Trial trial, TrialStatus status, TrialRecord.Failure failure, Clock clock) {
    return new TrialRecord(
        id(trial),
        trial,
        status,
        Optional.<Verdict>empty(),
        Evidence.NONE,
        Optional.empty(),
        clock.times(),
        Optional.of(failure),
        List.of(),
        List.of(),
        provenance);
  }

  private TrialId id(Trial trial) {
    return TrialContext.of(spec, data.fingerprint(), provenance.engine())
        .id(trial.configuration(), trial.replicate());
  }

  private static TrialRecord.Failure failure(String reason, Throwable cause) {
    StringWriter trace = new StringWriter();
    cause.printStackTrace(new PrintWriter(trace));
    return new TrialRecord.Failure(reason, trace.toString());
  }

  /** Splits a trial's time among its stages. */
  private static final class Clock {
    private final double queueMillis;
    private final long start = System.nanoTime();
    private long last = start;
    private double load;
    private double train;
    private double examine;

    Clock(double queueMillis) {
      this.queueMillis = queueMillis;
    }

    void loaded() {
      load += lap();
    }

    void trained() {
      train += lap();
    }

    void examined() {
      examine += lap();
    }

    Times times() {
      return new Times(queueMillis, load, train, examine);
    }

    private double lap() {
      long now = System.nanoTime();
      double millis = (now - last) / 1e6;
      last = now;
      return millis;
    }
  }
}

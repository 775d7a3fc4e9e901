package org.saddlemap.schedule;

import java.io.Serializable;
import java.util.function.BooleanSupplier;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialId;

/** What executors do for a sweep; travels to each of them once. */
public interface Work extends Serializable {
  /** The sweep; asked once a process. */
  SweepSpec spec();

  /** Identity of a trial of this sweep. */
  TrialId id(Trial trial);

  /**
   * What runs the trials of one task, in one thread; asked once a task.
   *
   * @param threads that numerical libraries may use: the cores of a task
   */
  Trials open(int threads);

  /**
   * What is recorded of a trial that no process survives.
   *
   * @param reason one sentence
   */
  TrialRecord lost(Trial trial, String reason);

  /** Runs trials one after the other. */
  @FunctionalInterface
  interface Trials extends AutoCloseable {
    /**
     * Trains and judges a trial. What goes wrong with the trial itself is part of its record; what
     * is thrown ends the task.
     *
     * @param queueMillis from the submission of the job to now
     * @param stopped whether someone wants the task to end
     * @throws org.saddlemap.train.Interrupted where {@code stopped} said so
     */
    TrialRecord run(Trial trial, double queueMillis, BooleanSupplier stopped);

    /** Ends with the task. */
    @Override
    default void close() {}
  }
}

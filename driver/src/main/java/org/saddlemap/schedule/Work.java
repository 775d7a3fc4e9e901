package org.saddlemap.schedule;

import java.io.Serializable;
import java.util.function.BooleanSupplier;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialId;

/** What executors need to run the trials of a sweep; it is sent to each of them once. */
public interface Work extends Serializable {
  /** The sweep's spec; called once a process. */
  SweepSpec spec();

  /** The id of a trial of this sweep. */
  TrialId id(Trial trial);

  /**
   * Opens what runs the trials of one task, in one thread; called once a task.
   *
   * @param threads that numerical libraries may use: the cores of a task
   */
  Trials open(int threads);

  /**
   * The record of a trial that no process survives.
   *
   * @param reason one sentence
   */
  TrialRecord lost(Trial trial, String reason);

  /** Runs trials one after the other. */
  @FunctionalInterface
  interface Trials extends AutoCloseable {
    /**
     * Trains and judges a trial. An error of the trial itself becomes part of its record; whatever
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

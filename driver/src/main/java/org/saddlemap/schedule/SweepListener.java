package org.saddlemap.schedule;

import java.io.IOException;
import java.util.List;
import org.saddlemap.plan.Chunk;

/**
 * Told what happens in a {@link SweepRun}, in the order in which it happens: facts and numbers,
 * whose words are the listener's. Methods are called by the thread that runs the sweep, apart from
 * {@link #finished}, which Spark's scheduler calls; all must return quickly.
 */
public interface SweepListener extends SweepJob.Observer {
  /** A removal that was interrupted is finished, and the sweep begins anew. */
  void removalFinished();

  /** A compaction that was interrupted is finished. */
  void compactionFinished();

  /** The trials of a retry that was interrupted have taken the place of their old rows. */
  void retryFinished();

  /** So many chunks overlapped others or lacked a file, and are in quarantine. */
  void quarantined(int chunks);

  /** There is no trial of a status that is to be retried. */
  void nothingToRetry();

  /** All trials of the plan have their rows, and none is to be retried. */
  void nothingToTrain();

  /**
   * Trials are about to be trained.
   *
   * @param trials that are missing or to be retried
   * @param cores that will work on them
   * @param seconds predicted, of all cores together
   */
  void starting(long trials, int cores, double seconds);

  /** Other sweeps have rows of trials that are missing here. */
  void knownElsewhere(OtherSweep.Known known);

  /** A machine that trains lacks something that costs time or bits; one sentence. */
  void machineWarning(String warning);

  /** A Spark job over these chunks begins; {@link #finished} is called until {@link #jobEnded}. */
  void jobStarting(List<Chunk> chunks);

  /** The Spark job has ended, in whatever way. */
  void jobEnded();

  /**
   * The pilot has ended, and chunks are cut by its times.
   *
   * @param slowness how many times as long as predicted trials take
   * @param seconds predicted by that for the whole sweep
   */
  void adapted(double slowness, double seconds);

  /** The files of each table are about to be merged. */
  void compacting(int files, int merged);

  /** Merging failed; the complete sweep stays in its small files. */
  void compactionFailed(IOException reason);
}

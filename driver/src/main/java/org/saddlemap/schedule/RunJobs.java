package org.saddlemap.schedule;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.saddlemap.plan.Chunk;
import org.saddlemap.store.SweepLock;

/**
 * The jobs by which a {@link SweepRun} trains, one after another: timed, told to the listener and
 * in the lock's heartbeat, and ended from any other thread, between two of them as well.
 */
final class RunJobs {
  private final JavaSparkContext spark;
  private final SweepLock lock;
  private final SweepListener listener;

  private Pace pace = new Pace();
  private Optional<SweepJob.Result> result = Optional.empty();

  /** The job that trains now; null between two jobs. Guarded by this, as is the next field. */
  private SweepJob current;

  private boolean interrupted;

  RunJobs(JavaSparkContext spark, SweepLock lock, SweepListener listener) {
    this.spark = spark;
    this.lock = lock;
    this.listener = listener;
  }

  /** What is done with a job. */
  @FunctionalInterface
  interface Training {
    SweepJob.Result run(SweepJob job, SweepJob.Observer observer) throws IOException;
  }

  /** Runs one job. An interruption that came after the job before had ended ends this one. */
  SweepJob.Result run(SweepJob job, List<Chunk> chunks, Training training) throws IOException {
    Pace timed = new Pace();
    pace = timed;
    JobProgress progress = new JobProgress(chunks, System::nanoTime);
    listener.jobStarting(chunks);
    try {
      synchronized (this) {
        current = job;
        if (interrupted || !lock.isHeld()) {
          job.interrupt();
        }
      }
      lock.telling(() -> Optional.of(progress.told()));
      lock.working(true);
      SweepJob.Result last =
          training.run(
              job,
              new SweepJob.Observer() {
                @Override
                public void finished(Chunk chunk, ChunkSummary summary) {
                  timed.finished(chunk, summary);
                  progress.finished(chunk, summary);
                  listener.finished(chunk, summary);
                }

                @Override
                public void started(Chunk chunk) {
                  progress.started(chunk);
                }

                @Override
                public void stopped(Chunk chunk) {
                  progress.stopped(chunk);
                }
              });
      result = Optional.of(result.map(last::after).orElse(last));
      return last;
    } finally {
      lock.working(false);
      lock.telling(Optional::empty);
      synchronized (this) {
        current = null;
      }
      listener.jobEnded();
    }
  }

  /** Ends the job that trains now, and all that would come after it. */
  synchronized void interrupt() {
    interrupted = true;
    if (current != null) {
      current.interrupt();
    } else {
      spark.sc().cancelAllJobs();
    }
  }

  synchronized boolean isInterrupted() {
    return interrupted;
  }

  /** Ends the job that trains now, where one does. */
  synchronized void endCurrent() {
    if (current != null) {
      current.interrupt();
    }
  }

  /** How many times as long as predicted trials of the last job took. */
  double slowness() {
    return pace.slowness();
  }

  /** What all jobs took; empty where none ran. */
  Optional<SweepRun.Spent> spent(int cores) {
    return result.map(
        r -> new SweepRun.Spent(r.sum(), r.wallSeconds(), cores, pace.idleTailSeconds(cores)));
  }
}

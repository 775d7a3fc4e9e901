package org.saddlemap.store;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Does something again and again in a thread of its own that keeps no process alive. It goes by the
 * monotonic clock: a {@link java.util.Timer} goes by the time of day, and stands still for as long
 * as a clock was set back.
 */
public final class Ticker implements AutoCloseable {
  private final ScheduledExecutorService thread;

  public Ticker(String name) {
    thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread t = new Thread(task, name);
              t.setDaemon(true);
              return t;
            });
  }

  /** The first time after one period. Goes on after an exception, which the thread prints. */
  public void every(Duration period, Runnable task) {
    Future<?> unused =
        thread.scheduleWithFixedDelay(
            () -> attempt(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static void attempt(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      Thread current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, e);
    }
  }

  /** Whether nothing more begins; what has begun may still go on. */
  public boolean isClosed() {
    return thread.isShutdown();
  }

  /** Does not wait for what has begun, and does not disturb it. */
  @Override
  public void close() {
    thread.shutdown();
  }
}

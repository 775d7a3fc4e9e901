package org.saddlemap.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one run at a time write to a sweep. Each run takes the next number by creating {@code
 * _run-<number>} beside the sweep's row, which only one process can do; whoever has the highest
 * number holds the sweep, and a process that finds a higher one than its own has lost it. The
 * holder counts up a heartbeat in its file. A holder is dead where its process on this very machine
 * is gone, or where the heartbeat stands still for {@link #STALE} by the watcher's own monotonic
 * clock: times of day are never compared, so clocks may differ, or go backwards.
 */
public final class SweepLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SweepLock.class);

  /** How often the holder counts. */
  static final Duration BEAT = Duration.ofSeconds(5);

  /** After so long without a heartbeat, a holder is taken for dead. */
  static final Duration STALE = Duration.ofSeconds(30);

  private final LockFiles files;
  private final String sweepId;
  private volatile long number;
  private final LockHolder holder;
  private final Ticker ticker = new Ticker("saddlemap-lock");
  private volatile Runnable lost = () -> {};
  private volatile Supplier<Optional<RunProgress>> progress = Optional::empty;
  private long beat;

  /** Seconds that earlier runs worked, and this one until it last paused. */
  private double worked;

  /** When it last began to work, by the monotonic clock. */
  private long since;

  private boolean working;

  private SweepLock(LockFiles files, String sweepId, long number, LockHolder holder) {
    this.files = files;
    this.sweepId = sweepId;
    this.number = number;
    this.holder = holder;
  }

  /** Another run holds the sweep. */
  public static final class Held extends IOException {
    private static final long serialVersionUID = 1L;

    private Held(String message) {
      super(message);
    }
  }

  /**
   * Takes the sweep. Where its holder may be alive elsewhere, this watches its heartbeat first.
   *
   * @throws Held where another run has it
   */
  public static SweepLock take(Warehouse warehouse, String sweepId) throws IOException {
    return take(warehouse, sweepId, STALE, BEAT);
  }

  static SweepLock take(Warehouse warehouse, String sweepId, Duration stale, Duration beat)
      throws IOException {
    LockFiles files = new LockFiles(warehouse, sweepId);
    LockHolder self = LockHolder.self();
    while (true) {
      Optional<LockFile> last = files.highest();
      boolean takesOver = last.isPresent() && !last.get().ended();
      if (takesOver && !isGone(files, sweepId, last.get(), stale)) {
        continue; // Someone else was faster.
      }
      long number = last.map(LockFile::number).orElse(0L) + 1;
      SweepLock lock = new SweepLock(files, sweepId, number, self);
      lock.worked = last.map(LockFile::worked).orElse(0.0);
      if (!files.create(number, lock.text(false))) {
        continue;
      }
      // A watcher that slept long may have taken a number that is long gone; and where creating is
      // not one step, the file may have become another's.
      if (!lock.isHeld()) {
        continue;
      }
      if (takesOver) {
        LOG.warn(
            "Run {} takes the sweep {} over from run {}, {}, which is gone without giving it back",
            number,
            sweepId,
            last.get().number(),
            who(last.get()));
      } else {
        LOG.info("Run {} holds the sweep {}", number, sweepId);
      }
      files.deleteBelow(number);
      lock.ticker.every(beat, lock::count);
      return lock;
    }
  }

  /**
   * True where the holder is dead; false where another has the sweep now; throws where it lives.
   */
  private static boolean isGone(LockFiles files, String sweepId, LockFile first, Duration stale)
      throws IOException {
    if (first.isDead()) {
      return true;
    }
    if (first.isAlive()) {
      throw held(sweepId, first);
    }
    long start = System.nanoTime();
    while (System.nanoTime() - start < stale.toNanos()) {
      sleep(Math.min(1000, Math.max(1, stale.toMillis() / 10)));
      Optional<LockFile> now = files.highest();
      if (now.isEmpty() || now.get().ended() || now.get().number() != first.number()) {
        return false;
      }
      if (!now.get().text().equals(first.text())) {
        throw held(sweepId, now.get());
      }
    }
    return true;
  }

  private static Held held(String sweepId, LockFile file) {
    return new Held(
        "Another run of the sweep %s is at work: %s. Let it finish (saddlemap status shows how far it is), or end it (Ctrl-C) and run again; what it has finished is kept"
            .formatted(sweepId, file.holder().isPresent() ? who(file) : "another process"));
  }

  private static String who(LockFile file) {
    return file.holder().map(LockHolder::description).orElse("an unknown process");
  }

  /** Number by which executors see whether the run that sent them still holds the sweep. */
  public long number() {
    return number;
  }

  /**
   * Takes the next number for the same holder, so that tasks that still know the old one commit
   * nothing more.
   *
   * @throws IOException where another run was faster
   */
  public synchronized void renew() throws IOException {
    if (!isHeld() || !files.create(number + 1, text(false))) {
      throw new IOException("another run has taken over the sweep " + sweepId);
    }
    number++;
    files.deleteBelow(number);
  }

  /** Says whether the time counts as work on the sweep from now on, until the next call. */
  public synchronized void working(boolean now) {
    worked = workedSeconds();
    since = System.nanoTime();
    working = now;
  }

  private double workedSeconds() {
    return working ? worked + (System.nanoTime() - since) / 1e9 : worked;
  }

  /**
   * Seconds that all runs of a sweep have worked on it so far, the time between them left out;
   * behind by a few where one runs, or died. Empty where that is not known.
   */
  public static OptionalDouble worked(Warehouse warehouse, String sweepId) throws IOException {
    return new LockFiles(warehouse, sweepId)
        .highest().stream()
            .mapToDouble(LockFile::worked)
            .filter(seconds -> seconds > 0)
            .findFirst();
  }

  /** Whether no later run has taken the sweep from the one with that number. */
  public static boolean isCurrent(Warehouse warehouse, String sweepId, long number)
      throws IOException {
    return new LockFiles(warehouse, sweepId).numbers().stream().allMatch(n -> n <= number);
  }

  /**
   * For tasks, which may outlive the driver that sent them: once another run has the sweep, they
   * must not commit, since that run may have cut the plan otherwise.
   *
   * @throws IOException where a later run has taken the sweep from the one with that number
   */
  public static void requireCurrent(Warehouse warehouse, String sweepId, long number)
      throws IOException {
    if (!isCurrent(warehouse, sweepId, number)) {
      throw new IOException("another run has taken over the sweep " + sweepId);
    }
  }

  /** Who runs a sweep right now, as far as its lock says; empty where none does. */
  public static Optional<String> running(Warehouse warehouse, String sweepId) throws IOException {
    return new LockFiles(warehouse, sweepId)
        .highest()
        .filter(file -> !file.ended() && !file.isDead())
        .map(SweepLock::who);
  }

  /**
   * What each heartbeat says of the run, for whoever watches ({@link RunState}).
   *
   * @param what asked by the heartbeat's thread; must return quickly
   */
  public void telling(Supplier<Optional<RunProgress>> what) {
    progress = what;
  }

  /** What to do when another run takes the sweep away: this one was taken for dead. */
  public void onLost(Runnable action) {
    lost = action;
  }

  /** Whether this is still the run with the highest number. */
  public boolean isHeld() throws IOException {
    Optional<LockFile> last = files.highest();
    return last.isPresent()
        && last.get().number() == number
        && last.get().holder().map(h -> h.token().equals(holder.token())).orElse(false);
  }

  /** Gives the sweep back. Where that cannot be written, it is free once this process is gone. */
  @Override
  public void close() {
    ticker.close();
    synchronized (this) {
      try {
        if (isHeld()) {
          files.overwrite(number, text(true));
        }
      } catch (IOException e) {
        LOG.warn("Cannot write that the sweep {} is given back", sweepId, e);
      }
    }
  }

  /** Ends the lock and deletes all that told of it: the sweep is gone. */
  public void forget() throws IOException {
    ticker.close();
    synchronized (this) {
      files.deleteAll();
    }
  }

  private synchronized void count() {
    if (ticker.isClosed()) {
      return; // It began to wait before the lock was closed, and must not write over its end.
    }
    try {
      if (!isHeld()) {
        LOG.warn("Run {} has lost the sweep {} to a later one", number, sweepId);
        ticker.close();
        lost.run();
        return;
      }
      beat++;
      files.overwrite(number, text(false));
    } catch (IOException e) {
      // The next beat may succeed. Where none does, another run takes over, and executors see that.
      LOG.warn("Cannot write the heartbeat of run {} of the sweep {}", number, sweepId, e);
    }
  }

  private String text(boolean ended) {
    return LockFile.format(
        holder, ended, workedSeconds(), beat, ended ? Optional.empty() : progress.get());
  }

  private static void sleep(long millis) throws InterruptedIOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("Interrupted while waiting for a sweep's lock").initCause(e);
    }
  }
}

package org.saddlemap.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /** How long a heartbeat may stand still. */
  static final Duration STALE = Duration.ofSeconds(30);

  private static final Pattern NAME = Pattern.compile("_run-(\\d{6,18})");
  private static final String ENDED = "ended";
  private static final String RUNNING = "running";

  private final Warehouse warehouse;
  private final String sweepId;
  private volatile long number;
  private final Holder holder;
  private final Ticker ticker = new Ticker("saddlemap-lock");
  private volatile Runnable lost = () -> {};
  private long beat;

  /** Seconds that earlier runs worked, and this one until it last paused. */
  private double worked;

  /** By the monotonic clock; meaningful while it works. */
  private long since;

  private boolean working;

  private SweepLock(Warehouse warehouse, String sweepId, long number, Holder holder) {
    this.warehouse = warehouse;
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
   * Who holds a sweep.
   *
   * @param process number of its process
   * @param born when the kernel started that process, in its own ticks since it booted, which boot
   *     that was, and in whose numbers (a container has its own); empty where it does not say
   */
  private record Holder(String token, String host, long process, String born) {
    static Holder self() {
      long process = ProcessHandle.current().pid();
      return new Holder(UUID.randomUUID().toString(), thisHost(), process, born(process));
    }

    /** Known to be gone: its process was on this machine, and is not any more. */
    boolean dead() {
      String own = born(ProcessHandle.current().pid());
      if (!host.equals(thisHost()) || (!born.isEmpty() && !place(born).equals(place(own)))) {
        return false; // another machine, boot or container: process numbers mean others there
      }
      boolean alive = ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
      String now = born(process);
      return !alive || (!born.isEmpty() && !now.isEmpty() && !born.equals(now));
    }

    /** Known to live: on this machine, under its number, born when it says. */
    boolean alive() {
      return host.equals(thisHost()) && !born.isEmpty() && born.equals(born(process)) && !dead();
    }

    /** Not the time of day, which changes with the clock: ticks since boot, and which boot. */
    private static String born(long process) {
      try {
        String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        String numbers = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        return fields[19] + "@" + boot + "@" + numbers;
      } catch (IOException | RuntimeException e) {
        return "";
      }
    }

    /** All but the time. */
    private static String place(String born) {
      return born.substring(born.indexOf('@') + 1);
    }

    private static String thisHost() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        return "unknown";
      }
    }
  }

  /** A lock file as it was read. */
  private record Seen(
      long number, Optional<Holder> holder, boolean ended, double worked, String text) {
    static Seen of(long number, String text) {
      Map<String, String> values = new LinkedHashMap<>();
      for (String line : text.split("\n", -1)) {
        int at = line.indexOf('=');
        if (at > 0) {
          values.put(line.substring(0, at), line.substring(at + 1));
        }
      }
      String process = values.getOrDefault("process", "");
      boolean whole =
          values.containsKey("token")
              && values.containsKey("host")
              && process.matches("\\d{1,18}")
              && values.containsKey("beat");
      // Half a file: its writer died in between, or is still at it.
      return new Seen(
          number,
          whole
              ? Optional.of(
                  new Holder(
                      values.get("token"),
                      values.get("host"),
                      Long.parseLong(process),
                      values.getOrDefault("born", "")))
              : Optional.empty(),
          ENDED.equals(values.get("state")),
          seconds(values.getOrDefault("worked", "")),
          text);
    }

    private static double seconds(String text) {
      return text.matches("\\d{1,15}(\\.\\d{1,9})?") ? Double.parseDouble(text) : Double.NaN;
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
    Holder self = Holder.self();
    while (true) {
      Optional<Seen> last = highest(warehouse, sweepId);
      if (last.isPresent()
          && !last.get().ended()
          && !isGone(warehouse, sweepId, last.get(), stale)) {
        continue; // someone else was faster
      }
      long number = last.map(Seen::number).orElse(0L) + 1;
      SweepLock lock = new SweepLock(warehouse, sweepId, number, self);
      lock.worked = last.map(Seen::worked).orElse(0.0);
      if (!warehouse.createBeside(sweepId, name(number), lock.text(RUNNING))) {
        continue;
      }
      // A watcher that slept long may have taken a number that is long gone; and where creating is
      // not one step, the file may have become another's.
      if (!lock.isHeld()) {
        continue;
      }
      lock.forgetOlder();
      lock.start(beat);
      return lock;
    }
  }

  /**
   * True where the holder is dead; false where another has the sweep now; throws where it lives.
   */
  private static boolean isGone(Warehouse warehouse, String sweepId, Seen first, Duration stale)
      throws IOException {
    if (first.holder().map(Holder::dead).orElse(false)) {
      return true;
    }
    if (first.holder().map(Holder::alive).orElse(false)) {
      throw held(sweepId, first);
    }
    long start = System.nanoTime();
    while (System.nanoTime() - start < stale.toNanos()) {
      sleep(Math.min(1000, Math.max(1, stale.toMillis() / 10)));
      Optional<Seen> now = highest(warehouse, sweepId);
      if (now.isEmpty() || now.get().ended() || now.get().number() != first.number()) {
        return false;
      }
      if (!now.get().text().equals(first.text())) {
        throw held(sweepId, now.get());
      }
    }
    return true;
  }

  private static Held held(String sweepId, Seen seen) {
    String who =
        seen.holder()
            .map(h -> "process %d on %s".formatted(h.process(), h.host()))
            .orElse("another process");
    return new Held(
        "Another run of the sweep %s is at work: %s. Let it finish (saddlemap status shows how far it is), or end it (Ctrl-C) and run again; what it has finished is kept"
            .formatted(sweepId, who));
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
    if (!isHeld() || !warehouse.createBeside(sweepId, name(number + 1), text(RUNNING))) {
      throw new IOException("another run has taken over the sweep " + sweepId);
    }
    number++;
    forgetOlder();
  }

  /** From now on, until the next call or the end, the time counts as work on the sweep, or not. */
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
    return highest(warehouse, sweepId).stream()
        .mapToDouble(Seen::worked)
        .filter(seconds -> seconds > 0)
        .findFirst();
  }

  /** Whether no later run has taken the sweep from the one with that number. */
  public static boolean isCurrent(Warehouse warehouse, String sweepId, long number)
      throws IOException {
    return numbers(warehouse, sweepId).stream().allMatch(n -> n <= number);
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
    return highest(warehouse, sweepId)
        .filter(s -> !s.ended() && !s.holder().map(Holder::dead).orElse(false))
        .map(
            s ->
                s.holder()
                    .map(h -> "process %d on %s".formatted(h.process(), h.host()))
                    .orElse("an unknown process"));
  }

  /** What to do when another run takes the sweep away: this one was taken for dead. */
  public void onLost(Runnable action) {
    lost = action;
  }

  /** Whether this is still the run with the highest number. */
  public boolean isHeld() throws IOException {
    Optional<Seen> last = highest(warehouse, sweepId);
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
          warehouse.replaceBeside(sweepId, name(number), text(ENDED));
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
      warehouse.deleteLocks(sweepId);
    }
  }

  /** Whether a lock's file may have that name. */
  static boolean isFile(String name) {
    return NAME.matcher(name).matches();
  }

  private void start(Duration period) {
    ticker.every(period, this::count);
  }

  private synchronized void count() {
    if (ticker.isClosed()) {
      return; // it began to wait before the lock was closed, and must not write over its end
    }
    try {
      if (!isHeld()) {
        ticker.close();
        lost.run();
        return;
      }
      beat++;
      warehouse.replaceBeside(sweepId, name(number), text(RUNNING));
    } catch (IOException e) {
      // The next beat may succeed. Where none does, another run takes over, and executors see that.
    }
  }

  private String text(String state) {
    return String.join(
        "\n",
        List.of(
            "token=" + holder.token(),
            "host=" + holder.host(),
            "process=" + holder.process(),
            "born=" + holder.born(),
            "state=" + state,
            "worked=" + (Double.isNaN(worked) ? "" : text(workedSeconds())),
            "beat=" + beat,
            ""));
  }

  private static String text(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }

  /** The file of the last run stays, so that numbers are never given twice. */
  private void forgetOlder() throws IOException {
    for (long older : numbers(warehouse, sweepId)) {
      if (older < number) {
        warehouse.deleteBeside(sweepId, name(older));
      }
    }
  }

  private static Optional<Seen> highest(Warehouse warehouse, String sweepId) throws IOException {
    while (true) {
      OptionalLong number = numbers(warehouse, sweepId).stream().mapToLong(Long::longValue).max();
      if (number.isEmpty()) {
        return Optional.empty();
      }
      Optional<String> text = warehouse.readBeside(sweepId, name(number.getAsLong()));
      if (text.isPresent()) {
        return Optional.of(Seen.of(number.getAsLong(), text.get()));
      }
      // It was deleted in between, so there is a higher one.
    }
  }

  private static List<Long> numbers(Warehouse warehouse, String sweepId) throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (String name : warehouse.lockNames(sweepId)) {
      Matcher m = NAME.matcher(name);
      if (m.matches()) {
        numbers.add(Long.parseLong(m.group(1)));
      }
    }
    return numbers;
  }

  private static String name(long number) {
    return String.format(Locale.ROOT, "_run-%06d", number);
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

package org.saddlemap.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a run's lock file says of it.
 *
 * @param number of the run
 * @param holder empty where the file is half: its writer died in between, or is still at it
 * @param ended whether the run has given the sweep back
 * @param worked seconds that all runs have worked on the sweep; NaN where that is not known
 * @param progress what the run says of itself; empty where it trains nothing, or is of a version
 *     that says nothing
 * @param text the file as it is; it changes with each heartbeat
 */
record LockFile(
    long number,
    Optional<LockHolder> holder,
    boolean ended,
    double worked,
    Optional<RunProgress> progress,
    String text) {
  private static final String ENDED = "ended";
  private static final String RUNNING = "running";

  static LockFile parse(long number, String text) {
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
    return new LockFile(
        number,
        whole
            ? Optional.of(
                new LockHolder(
                    values.get("token"),
                    values.get("host"),
                    Long.parseLong(process),
                    values.getOrDefault("born", "")))
            : Optional.empty(),
        ENDED.equals(values.get("state")),
        seconds(values.getOrDefault("worked", "")),
        RunProgress.parse(values),
        text);
  }

  private static double seconds(String text) {
    return text.matches("\\d{1,15}(\\.\\d{1,9})?") ? Double.parseDouble(text) : Double.NaN;
  }

  /** A file's text, which {@link #parse} reads. */
  static String format(
      LockHolder holder, boolean ended, double worked, long beat, Optional<RunProgress> progress) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "token=" + holder.token(),
                "host=" + holder.host(),
                "process=" + holder.process(),
                "born=" + holder.born(),
                "state=" + (ended ? ENDED : RUNNING),
                "worked="
                    + (Double.isNaN(worked) ? "" : String.format(Locale.ROOT, "%.3f", worked)),
                "beat=" + beat));
    progress.ifPresent(p -> p.lines().forEach(lines::add));
    lines.add("");
    return String.join("\n", lines);
  }

  /** Whether the process that wrote the file is known to be gone. */
  boolean isDead() {
    return holder.map(LockHolder::isDead).orElse(false);
  }

  /** Whether the process that wrote the file is known to live. */
  boolean isAlive() {
    return holder.map(LockHolder::isAlive).orElse(false);
  }
}

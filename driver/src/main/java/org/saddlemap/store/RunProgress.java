package org.saddlemap.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.saddlemap.plan.ChunkRange;

/**
 * What a run says of itself in its heartbeat, for whoever watches.
 *
 * @param rate trials a second since the present job began
 * @param secondsLeft of the present job, by predicted costs; NaN where that is not known yet
 * @param running the first {@value #MAX_RUNNING} chunks at work, in the order of the plan
 * @param chunks how many are at work
 */
public record RunProgress(double rate, double secondsLeft, List<ChunkRange> running, long chunks) {
  /** A cluster's heartbeat stays small, too. */
  private static final int MAX_RUNNING = 100;

  private static final String NUMBER = "\\d{1,15}(\\.\\d{1,9})?";
  private static final String RANGES = "\\d{1,18}-\\d{1,18}(,\\d{1,18}-\\d{1,18}){0,200}";

  public RunProgress {
    running = List.copyOf(running);
  }

  /** Of these chunks, those that fit. */
  public static RunProgress of(double rate, double secondsLeft, List<ChunkRange> running) {
    return new RunProgress(
        rate,
        secondsLeft,
        running.subList(0, Math.min(MAX_RUNNING, running.size())),
        running.size());
  }

  /** Its lines in a lock's file. */
  Stream<String> lines() {
    return Stream.of(
        "rate=" + number(rate),
        "left=" + number(secondsLeft),
        "chunks=" + chunks,
        "running="
            + running.stream().map(r -> r.from() + "-" + r.to()).collect(Collectors.joining(",")));
  }

  private static String number(double value) {
    return Double.isFinite(value) && value >= 0 ? String.format(Locale.ROOT, "%.3f", value) : "";
  }

  /** What the lines of a lock's file say; empty where they are none of these. */
  static Optional<RunProgress> parse(Map<String, String> values) {
    String chunks = values.getOrDefault("chunks", "");
    if (!chunks.matches("\\d{1,18}")) {
      return Optional.empty();
    }
    List<ChunkRange> running = new ArrayList<>();
    String ranges = values.getOrDefault("running", "");
    if (ranges.matches(RANGES)) {
      for (String range : ranges.split(",", -1)) {
        int at = range.indexOf('-');
        long from = Long.parseLong(range.substring(0, at));
        long to = Long.parseLong(range.substring(at + 1));
        if (to > from) {
          running.add(new ChunkRange(from, to));
        }
      }
    }
    return Optional.of(
        new RunProgress(
            seconds(values.getOrDefault("rate", "")),
            seconds(values.getOrDefault("left", "")),
            running,
            Long.parseLong(chunks)));
  }

  private static double seconds(String text) {
    return text.matches(NUMBER) ? Double.parseDouble(text) : Double.NaN;
  }
}

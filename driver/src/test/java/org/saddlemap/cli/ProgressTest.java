package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.schedule.ChunkSummary;

class ProgressTest {
  private final StringWriter text = new StringWriter();
  private final AtomicLong clock = new AtomicLong();

  /** The first chunk is predicted to take three times as long as the second. */
  private final List<Chunk> chunks =
      List.of(new Chunk(new ChunkRange(0, 30), 30, 3), new Chunk(new ChunkRange(30, 100), 70, 1));

  private Progress progress(boolean terminal, int columns) {
    return new Progress(new PrintWriter(text), terminal, columns, chunks, clock::get);
  }

  private void seconds(long passed) {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(passed));
  }

  @Test
  void timeLeftFollowsPredictedCostNotNumberOfTrials() {
    try (Progress progress = progress(false, 80)) {
      seconds(6);
      progress.finished(
          chunks.get(0), new ChunkSummary(30, 0, Map.of("saddle", 20L, "failed", 10L), 1, 1, 2));
    }
    assertThat(text.toString().strip())
        .isEqualTo("30/100 trials  30 %  5.0 trials/s  0:02 left  saddle 20  failed 10");
  }

  @Test
  void linesAreFewWithoutTerminal() {
    try (Progress progress = progress(false, 80)) {
      for (int i = 0; i < 25; i++) {
        seconds(1);
        progress.tick();
      }
    }
    assertThat(text.toString().lines()).hasSize(2);
  }

  @Test
  void lineIsNeverLongerThanTerminal() {
    try (Progress progress = progress(true, 20)) {
      seconds(1);
      progress.finished(chunks.get(0), new ChunkSummary(30, 0, Map.of("saddle", 30L), 1, 1, 2));
    }
    assertThat(text.toString()).startsWith("\r\u001b[K");
    assertThat(text.toString().split("\r\u001b\\[K"))
        .allSatisfy(line -> assertThat(line.strip().length()).isLessThan(20));
  }
}

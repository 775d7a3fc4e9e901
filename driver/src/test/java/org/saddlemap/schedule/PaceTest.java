package org.saddlemap.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;

class PaceTest {
  private final AtomicLong clock = new AtomicLong();
  private final Pace pace = new Pace(clock::get);

  private void finish(long at, double predicted, double seconds) {
    clock.set(at * 1_000_000_000);
    pace.finished(
        new Chunk(new ChunkRange(at, at + 1), 1, predicted),
        new ChunkSummary(1, 0, Map.of(), 0, 0, 1000 * seconds));
  }

  @Test
  void slownessIsMeasuredOnLaterHalfOfChunks() {
    assertThat(pace.slowness()).isEqualTo(1);
    finish(9, 1, 9);
    finish(10, 1, 8);
    finish(12, 1, 2);
    finish(18, 3, 6);
    assertThat(pace.slowness()).isEqualTo(2);
  }

  @Test
  void idleTailBeginsWhereFirstCoreFindsNoChunk() {
    assertThat(pace.idleTailSeconds(2)).isZero();
    for (long at : new long[] {10, 11, 20, 21, 30, 34}) {
      finish(at, 1, 1);
    }
    assertThat(pace.idleTailSeconds(1)).isZero();
    assertThat(pace.idleTailSeconds(2)).isEqualTo(4);
    assertThat(pace.idleTailSeconds(3)).isEqualTo(13);
    assertThat(pace.idleTailSeconds(100)).isEqualTo(24);
  }
}

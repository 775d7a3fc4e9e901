package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.plan.ChunkRange;

class ChunkFileTest {
  @Test
  void nameReadsBackAsItsRange() {
    long seed = 4711;
    Random random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      long from = random.nextLong() >>> (1 + random.nextInt(62));
      long to = from + 1 + (random.nextLong() >>> (2 + random.nextInt(60)));
      if (to <= from) {
        continue; // beyond 2⁶³ − 1
      }
      ChunkRange range = new ChunkRange(from, to);
      assertThat(ChunkFile.range(ChunkFile.name(range))).as("seed %d", seed).contains(range);
    }
    ChunkRange last = new ChunkRange(Long.MAX_VALUE - 1, Long.MAX_VALUE);
    assertThat(ChunkFile.range(ChunkFile.name(last))).contains(last);
  }

  @Test
  void namesSortLikeTheirRanges() {
    List<ChunkRange> ranges =
        List.of(
            new ChunkRange(0, 9),
            new ChunkRange(0, 10),
            new ChunkRange(9, 100),
            new ChunkRange(10, 11),
            new ChunkRange(99_999_999_999L, 999_999_999_999L));
    assertThat(ranges).isSorted();
    assertThat(ranges.stream().map(ChunkFile::name)).isSorted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chunk-0-10.parquet",
        "chunk-000000000010-000000000010.parquet",
        "chunk-000000000010-000000000009.parquet",
        "chunk-0000000000000-0000000000010.parquet",
        "chunk-9999999999999999999-9999999999999999999.parquet",
        "chunk-000000000000-000000000010.parquet.crc",
        ".chunk-000000000000-000000000010.parquet",
        "chunk-000000000000-000000000010.parquet\n",
        "chunk-٠٠٠٠٠٠٠٠٠٠٠٠-٠٠٠٠٠٠٠٠٠٠٠١.parquet",
        "part-00000.parquet",
        ""
      })
  void rangeIsEmptyForAnyOtherName(String name) {
    assertThat(ChunkFile.range(name)).isEmpty();
  }
}

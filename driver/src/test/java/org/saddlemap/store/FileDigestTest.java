package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Tables;

class FileDigestTest {
  private static byte[] file() throws IOException {
    return TableFile.bytes(
        Tables.TRIALS,
        new RandomRecords(3).of(new ChunkRange(0, 5)),
        Map.of("a", "b", "z", "y"),
        new Configuration());
  }

  private static FileDigest.Finding check(byte[] file) throws IOException {
    return FileDigest.check(new ByteArrayInputStream(file));
  }

  @Test
  void checkFindsAFileRightAsItWasWritten() throws IOException {
    assertThat(check(file())).isEqualTo(FileDigest.Finding.RIGHT);
  }

  @Test
  void checkFindsEachChangedBit() throws IOException {
    byte[] file = file();
    long seed = 11;
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      int at = random.nextInt(file.length);
      byte bit = (byte) (1 << random.nextInt(8));
      file[at] ^= bit;
      assertThat(check(file))
          .as("seed %d, byte %d", seed, at)
          .isNotEqualTo(FileDigest.Finding.RIGHT);
      file[at] ^= bit;
    }
  }

  @Test
  void checkFindsEachCut() throws IOException {
    byte[] file = file();
    for (int length = 0; length < file.length; length += 1 + length / 7) {
      assertThat(check(Arrays.copyOf(file, length))).isNotEqualTo(FileDigest.Finding.RIGHT);
    }
    assertThat(check(Arrays.copyOf(file, file.length + 1))).isNotEqualTo(FileDigest.Finding.RIGHT);
  }
}

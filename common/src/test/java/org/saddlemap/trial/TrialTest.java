package org.saddlemap.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.trial.Seeds.Stream;

class TrialTest {
  private static final Configuration PLAIN = Configuration.of(Map.of());

  @Test
  void anIdChangesWithEveryIngredient() {
    Set<TrialId> ids = new HashSet<>();
    List<TrialId> all = new ArrayList<>();
    all.add(TrialId.of(PLAIN, 0, 7, "data", "1"));
    all.add(TrialId.of(PLAIN, 1, 7, "data", "1"));
    all.add(TrialId.of(PLAIN, 0, 8, "data", "1"));
    all.add(TrialId.of(PLAIN, 0, 7, "datb", "1"));
    all.add(TrialId.of(PLAIN, 0, 7, "data", "2"));
    for (Hyperparameter h : Hyperparameter.values()) {
      String other =
          switch (h) {
            case DEPTH, WIDTH, BATCH_SIZE, EPOCHS, MAX_STEPS -> "17";
            case ACTIVATION, OUTPUT_ACTIVATION -> "relu";
            case LOSS -> "mse";
            case INITIALIZER -> "zeros";
            case BATCH_NORM -> "true";
            case BIAS -> "false";
            case OPTIMIZER -> "adam";
            case CLIPPING -> "norm(1)";
            default -> "0.25";
          };
      all.add(TrialId.of(Configuration.of(Map.of(h, h.parse(other))), 0, 7, "data", "1"));
    }
    assertThat(all).allSatisfy(id -> assertThat(ids.add(id)).as(id.hex()).isTrue());
    assertThat(all.get(0)).isEqualTo(TrialId.of(Configuration.of(Map.of()), 0, 7, "data", "1"));
  }

  @Test
  void sha256IsTheStandardOne() {
    // FIPS 180-2, appendix B.1.
    assertThat(TrialId.sha256("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThatThrownBy(() -> new TrialId("ABC")).hasMessage("Invalid trial id: 'ABC'");
    assertThatThrownBy(() -> new Trial(0, PLAIN, -1)).hasMessage("Invalid replicate: -1 < 0");
  }

  /** Common random numbers: nothing of the configuration goes into a stream. */
  @Test
  void aStreamRepeats() {
    for (Stream stream : Stream.values()) {
      RandomGenerator a = new Seeds(7, 3).stream(stream, 5);
      RandomGenerator b = new Seeds(7, 3).stream(stream, 5);
      for (int i = 0; i < 100; i++) {
        assertThat(a.nextLong()).isEqualTo(b.nextLong());
      }
    }
  }

  @Test
  void streamsDiffer() {
    Set<Long> firsts = new HashSet<>();
    int count = 0;
    for (long seed : new long[] {-1, 0, 1, 2, Long.MIN_VALUE, Long.MAX_VALUE}) {
      for (int replicate = 0; replicate < 20; replicate++) {
        for (Stream stream : Stream.values()) {
          for (int part = 0; part < 20; part++) {
            firsts.add(new Seeds(seed, replicate).stream(stream, part).nextLong());
            count++;
          }
        }
      }
    }
    assertThat(firsts).hasSize(count);
  }

  /** Bits of first draws over neighbouring seeds are balanced: within six standard deviations. */
  @Test
  void neighbouringStreamsAreUnrelated() {
    int n = 4000;
    int[] ones = new int[64];
    for (int i = 0; i < n; i++) {
      long x =
          new Seeds(7, i).stream(Stream.WEIGHTS, 0).nextLong()
              ^ new Seeds(7, i + 1).stream(Stream.WEIGHTS, 0).nextLong();
      for (int b = 0; b < 64; b++) {
        ones[b] += (int) (x >>> b & 1);
      }
    }
    for (int k : ones) {
      assertThat(k).isBetween(n / 2 - 190, n / 2 + 190);
    }
  }
}

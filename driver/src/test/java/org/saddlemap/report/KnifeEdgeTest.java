package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KnifeEdgeTest {
  private static boolean rests(long[] trials, long[] edges) {
    return Cells.restsOnKnifeEdge(trials, edges);
  }

  @Test
  void aCellRestsOnItsOnlyTrial() {
    assertThat(rests(new long[] {1, 0}, new long[] {1, 0})).isTrue();
    assertThat(rests(new long[] {1, 0}, new long[] {0, 0})).isFalse();
    assertThat(rests(new long[] {0, 0}, new long[] {0, 0})).isFalse();
  }

  @Test
  void mostOfItsTrialsDecide() {
    assertThat(rests(new long[] {0, 3}, new long[] {0, 2})).isTrue();
    assertThat(rests(new long[] {0, 4}, new long[] {0, 2})).isFalse();
  }

  @Test
  void soDoTrialsWithoutWhichAnotherOutcomeWouldBeAsCommon() {
    assertThat(rests(new long[] {2, 1}, new long[] {1, 0})).isTrue();
    assertThat(rests(new long[] {3, 1}, new long[] {1, 0})).isFalse();
    assertThat(rests(new long[] {3, 2}, new long[] {1, 1})).isFalse();
    // A tie that no knife edge makes.
    assertThat(rests(new long[] {1, 1}, new long[] {0, 0})).isFalse();
  }
}

package org.saddlemap.plan;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChunkRangeTest {
  @Test
  void constructorRefusesAnEmptyRange() {
    assertThatThrownBy(() -> new ChunkRange(3, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid chunk: needs 0 <= from < to, got 3 and 3");
    assertThatThrownBy(() -> new ChunkRange(-1, 3)).isInstanceOf(IllegalArgumentException.class);
  }
}

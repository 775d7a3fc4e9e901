package org.saddlemap.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.saddlemap.curvature.NetworkSurface;
import org.saddlemap.data.Dataset;
import org.saddlemap.examine.ExaminedRows;
import org.saddlemap.examine.ExaminedSurfaces;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.spec.ExaminationSpec;

/** Memory as predicted, against what is taken. */
class FootprintTest {
  private static final int FEATURES = 20;
  private static final ExaminationSpec SPEC = ExaminationSpec.DEFAULT;

  private static Dataset data(int rows) {
    Dataset.Part train =
        new Dataset.Part(rows, new float[rows * FEATURES], new int[rows], new float[0]);
    Dataset.Part none = new Dataset.Part(0, new float[0], new int[0], new float[0]);
    return new Dataset(FEATURES, 3, 0, train, none, "1".repeat(64), "test");
  }

  /** Distinct rows cost the levels their time, equal ones none: only sizes count here. */
  @ParameterizedTest
  @CsvSource({
    "2, 64, false, 2000",
    "2, 64, true, 2000",
    "2, 64, false, 20000",
    "2, 64, true, 20000",
    "4, 32, true, 20000",
  })
  void theSurfacesTakeNoMoreThanIsPredicted(int depth, int width, boolean norm, int rows) {
    Configuration c =
        Configuration.parse(
            "depth=%d;width=%d;batch_norm=%s;batch_size=32".formatted(depth, width, norm));
    Dataset data = data(rows);
    Network net = Network.of(c, data.features(), data.outputs(c.loss()));
    ExaminedRows examined = ExaminedRows.of(data, c.loss(), SPEC);
    long before = Pointer.totalBytes();
    try (ExaminedSurfaces surfaces = ExaminedSurfaces.of(examined, net, 0)) {
      long taken = Pointer.totalBytes() - before;
      assertThat(surfaces.full().isPresent()).isEqualTo(rows > SPEC.rows());
      assertThat(taken).isPositive().isLessThan(ExaminedSurfaces.bytes(net, rows, SPEC));
      assertThat(Footprint.bytes(net, c, rows, SPEC)).isGreaterThan(taken);
    }
  }

  /** MNIST through three normalized layers: all rows at once, and the subset beside them. */
  @Test
  void allRowsAreCountedWhereTheyAreExaminedToo() {
    Configuration c = Configuration.parse("depth=3;width=64;batch_norm=true;batch_size=32");
    Network net = Network.of(c, 784, 10);
    long all = NetworkSurface.bytes(net, 54_000);
    assertThat(all).isBetween(1L << 30, 2L << 30);
    assertThat(Footprint.bytes(net, c, 54_000, SPEC))
        .isGreaterThan(all + NetworkSurface.bytes(net, SPEC.rows()));
    // Beyond 2 GB the subset stands alone.
    assertThat(Footprint.bytes(net, c, 540_000, SPEC)).isLessThan(all);
  }

  @Test
  void signalsAloneNeedNoKrylovVectors() {
    Configuration c = Configuration.parse("depth=4;width=1000");
    Network net = Network.of(c, 784, 10);
    long less =
        Footprint.bytes(net, c, 5000, SPEC)
            - Footprint.bytes(net, c, 5000, ExaminationSpec.SIGNALS);
    assertThat(less).isEqualTo(180L * 8 * net.parameters());
  }
}

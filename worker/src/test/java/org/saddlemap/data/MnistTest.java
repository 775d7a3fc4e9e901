package org.saddlemap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.DataSpec.Scale;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.IdxSource;

/** Reads MNIST itself, which is not shipped. */
final class MnistTest {
  private static Path folder() {
    String folder = System.getProperty("SADDLEMAP_MNIST", System.getenv("SADDLEMAP_MNIST"));
    assumeTrue(
        folder != null,
        "SADDLEMAP_MNIST, a property or variable with the folder of MNIST's four files, is not set");
    return Path.of(folder);
  }

  private static Dataset load(String images, String labels, Scale scale, double holdout)
      throws IOException {
    IdxSource source = new IdxSource(images, labels);
    DataSpec spec =
        new DataSpec(source, Task.CLASSIFICATION, scale, holdout, 1, OptionalLong.empty());
    try (InputStream imageBytes = Files.newInputStream(folder().resolve(images));
        InputStream labelBytes = Files.newInputStream(folder().resolve(labels))) {
      return Preparation.prepare(
          IdxReader.read(imageBytes, labelBytes, source, spec.task(), spec.limit()), spec);
    }
  }

  @Test
  void theTrainingFileIsWhatItIsKnownToBe() throws IOException {
    Dataset data = load("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", Scale.NONE, 0);

    assertThat(data.train().rows()).isEqualTo(60_000);
    assertThat(data.features()).isEqualTo(784);
    int[] counts = new int[10];
    Arrays.stream(data.train().labels()).forEach(label -> counts[label]++);
    assertThat(counts).containsExactly(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
    double sum = 0;
    for (float pixel : data.train().inputs()) {
      sum += pixel;
    }
    // The mean and the deviation that everybody normalises MNIST with: 0.1307, 0.3081.
    double mean = sum / data.train().inputs().length;
    double squares = 0;
    for (float pixel : data.train().inputs()) {
      squares += (pixel - mean) * (pixel - mean);
    }
    assertThat(Math.round(mean * 1e4)).isEqualTo(1307);
    assertThat(Math.round(Math.sqrt(squares / data.train().inputs().length) * 1e4)).isEqualTo(3081);
  }

  @Test
  void theTestFileSplitsAndScales() throws IOException {
    Dataset data =
        load("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", Scale.STANDARD, 0.2);

    assertThat(data.train().rows()).isEqualTo(8000);
    assertThat(data.heldout().rows()).isEqualTo(2000);
    assertThat(data.classes()).isEqualTo(10);
  }
}

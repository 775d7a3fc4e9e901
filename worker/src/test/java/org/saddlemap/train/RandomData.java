package org.saddlemap.train;

import java.util.Random;
import org.saddlemap.data.Dataset;

/** Normal inputs with labels or targets that have nothing to do with them. */
public final class RandomData {
  private RandomData() {}

  public static Dataset classes(int rows, int features, int classes, long seed) {
    Random random = new Random(seed);
    float[] x = new float[rows * features];
    int[] y = new int[rows];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    for (int r = 0; r < rows; r++) {
      y[r] = random.nextInt(classes);
    }
    return new Dataset(
        features, classes, 0, new Dataset.Part(rows, x, y, new float[0]), none(), "", "");
  }

  public static Dataset regression(int rows, int features, int columns, long seed) {
    Random random = new Random(seed);
    float[] x = new float[rows * features];
    float[] y = new float[rows * columns];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) random.nextGaussian();
    }
    return new Dataset(
        features, 0, columns, new Dataset.Part(rows, x, new int[0], y), none(), "", "");
  }

  static Dataset.Part none() {
    return new Dataset.Part(0, new float[0], new int[0], new float[0]);
  }
}

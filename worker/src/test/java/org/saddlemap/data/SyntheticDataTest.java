package org.saddlemap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SyntheticSource;
import org.saddlemap.spec.SyntheticSource.Problem;
import org.saddlemap.trial.Seeds;

final class SyntheticDataTest {
  private static final long SEED = 5;

  private static Task task(Problem problem) {
    return problem == Problem.TEACHER || problem == Problem.DEEP_LINEAR
        ? Task.REGRESSION
        : Task.CLASSIFICATION;
  }

  private static RawTable draw(Problem problem, int rows, int features, int classes, double noise) {
    return SyntheticData.draw(
        new SyntheticSource(problem, rows, features, classes, noise), task(problem), SEED);
  }

  private static int[] labels(RawTable table) {
    RawTable.Classes classes = (RawTable.Classes) table.target();
    return Arrays.stream(classes.codes())
        .map(code -> Integer.parseInt(classes.names().get(code)))
        .toArray();
  }

  private static double[] values(RawTable table) {
    return ((RawTable.Values) table.target()).values();
  }

  @ParameterizedTest
  @EnumSource
  void moreRowsExtendFewerAndTheSeedDecides(Problem problem) {
    RawTable shorter = draw(problem, 50, 2, 2, 0.1);
    RawTable longer = draw(problem, 80, 2, 2, 0.1);
    RawTable other =
        SyntheticData.draw(new SyntheticSource(problem, 50, 2, 2, 0.1), task(problem), SEED + 1);

    assertThat(Arrays.copyOf(CsvReaderTest.rows(longer), 50))
        .isDeepEqualTo(CsvReaderTest.rows(shorter));
    assertThat(Arrays.deepEquals(CsvReaderTest.rows(other), CsvReaderTest.rows(shorter))).isFalse();
  }

  @Test
  void aNoiselessSpiralIsItsCurve() {
    RawTable table = draw(Problem.SPIRALS, 300, 2, 3, 0);

    double[][] rows = CsvReaderTest.rows(table);
    int[] labels = labels(table);
    for (int i = 0; i < rows.length; i++) {
      double r = Math.hypot(rows[i][0], rows[i][1]);
      double angle = 2 * Math.PI * (1.75 * r + labels[i] / 3.0);
      assertThat(r).isBetween(0.0, 1.0);
      assertThat(rows[i][0]).isCloseTo(r * Math.cos(angle), within(1e-12));
      assertThat(rows[i][1]).isCloseTo(r * Math.sin(angle), within(1e-12));
    }
    assertThat(Arrays.stream(labels).filter(c -> c == 2).count()).isEqualTo(100);
  }

  @Test
  void blobsSpreadAroundTheirCentresByTheNoise() {
    double noise = 0.3;
    int n = 6000;
    RawTable exact = draw(Problem.BLOBS, n, 4, 3, 0);
    RawTable noisy = draw(Problem.BLOBS, n, 4, 3, noise);

    double[][] centres = CsvReaderTest.rows(exact);
    double[][] rows = CsvReaderTest.rows(noisy);
    double squares = 0;
    for (int i = 0; i < n; i++) {
      assertThat(centres[i]).containsExactly(centres[i % 3]);
      for (int j = 0; j < 4; j++) {
        squares += Math.pow(rows[i][j] - centres[i][j], 2);
      }
    }
    // The mean of 24000 squares of standard normals has standard deviation √(2/24000) = 0.009.
    assertThat(squares / (4 * n) / (noise * noise)).isCloseTo(1, within(0.05));
  }

  @Test
  void xorIsTheSignOfAProductAndBalanced() {
    RawTable table = draw(Problem.XOR, 401, 5, 2, 0);

    double[][] rows = CsvReaderTest.rows(table);
    int[] labels = labels(table);
    for (int i = 0; i < rows.length; i++) {
      assertThat(labels[i]).isEqualTo(rows[i][0] * rows[i][1] > 0 ? 1 : 0);
      for (double x : rows[i]) {
        assertThat(Math.abs(x)).isEqualTo(1);
      }
    }
    assertThat(Arrays.stream(labels).sum()).isEqualTo(200);
    // No single input tells the label: 100 of 401 are expected in each corner, 9 is a deviation.
    long corner = Arrays.stream(rows).filter(x -> x[0] > 0 && x[1] > 0).count();
    assertThat(corner).isBetween(60L, 140L);
  }

  @Test
  void aNoiselessTeacherIsAFunctionOfTheInputsAlone() {
    RawTable exact = draw(Problem.TEACHER, 500, 3, 2, 0);
    double[][] x = CsvReaderTest.rows(exact);

    // The network again, from the stream that its weights come from: W is 6 × 3, A is 2 × 6.
    RandomGenerator weights = new Seeds(SEED, 0).stream(Seeds.Stream.SYNTHETIC, 0);
    double[] w = new double[18];
    double[] a = new double[12];
    Arrays.setAll(w, i -> weights.nextGaussian() / Math.sqrt(3));
    Arrays.setAll(a, i -> weights.nextGaussian() / Math.sqrt(6));
    for (int i = 0; i < x.length; i++) {
      for (int k = 0; k < 2; k++) {
        double y = 0;
        for (int h = 0; h < 6; h++) {
          double sum = w[3 * h] * x[i][0] + w[3 * h + 1] * x[i][1] + w[3 * h + 2] * x[i][2];
          y += a[6 * k + h] * Math.tanh(sum);
        }
        assertThat(values(exact)[2 * i + k]).as("row %d", i).isCloseTo(y, within(1e-12));
      }
    }
    double[][] linear = leastSquares(x, values(exact), 2);
    assertThat(residual(x, values(exact), linear)).as("not linear").isGreaterThan(1e-3);
  }

  @Test
  void aTeachersNoiseIsAddedToItsTargets() {
    RawTable exact = draw(Problem.TEACHER, 5000, 3, 2, 0);
    RawTable noisy = draw(Problem.TEACHER, 5000, 3, 2, 0.5);

    assertThat(CsvReaderTest.rows(noisy)).isDeepEqualTo(CsvReaderTest.rows(exact));
    double squares = 0;
    for (int i = 0; i < 10_000; i++) {
      squares += Math.pow((values(noisy)[i] - values(exact)[i]) / 0.5, 2);
    }
    // Standard deviation √(2/10000) = 0.014.
    assertThat(squares / 10_000).isCloseTo(1, within(0.07));
  }

  @Test
  void aDeepLinearMapHasSingularValuesOneTwoThree() {
    RawTable table = draw(Problem.DEEP_LINEAR, 200, 5, 3, 0);

    double[][] rows = CsvReaderTest.rows(table);
    double[][] map = leastSquares(rows, values(table), 3);
    assertThat(residual(rows, values(table), map)).isLessThan(1e-20);
    double[][] gram = new double[3][3];
    double[][] square = new double[3][3];
    for (int a = 0; a < 3; a++) {
      for (int b = 0; b < 3; b++) {
        for (double[] row : map) {
          gram[a][b] += row[a] * row[b];
        }
      }
    }
    for (int a = 0; a < 3; a++) {
      for (int b = 0; b < 3; b++) {
        for (int c = 0; c < 3; c++) {
          square[a][b] += gram[a][c] * gram[c][b];
        }
      }
    }
    // The eigenvalues of the Gram matrix are 1, 4, 9: their sum, sum of squares and product.
    assertThat(gram[0][0] + gram[1][1] + gram[2][2]).isCloseTo(14, within(1e-9));
    assertThat(square[0][0] + square[1][1] + square[2][2]).isCloseTo(98, within(1e-8));
    double determinant =
        gram[0][0] * (gram[1][1] * gram[2][2] - gram[1][2] * gram[2][1])
            - gram[0][1] * (gram[1][0] * gram[2][2] - gram[1][2] * gram[2][0])
            + gram[0][2] * (gram[1][0] * gram[2][1] - gram[1][1] * gram[2][0]);
    assertThat(determinant).isCloseTo(36, within(1e-8));
  }

  @Test
  void noiseIsAddedToARegressionsTargets() {
    double[] exact = values(draw(Problem.DEEP_LINEAR, 5000, 3, 1, 0));
    RawTable noisy = draw(Problem.DEEP_LINEAR, 5000, 3, 1, 0.2);

    assertThat(exact).hasSize(5000);
    double residual =
        residual(
            CsvReaderTest.rows(noisy),
            values(noisy),
            leastSquares(CsvReaderTest.rows(noisy), values(noisy), 1));
    assertThat(residual / 0.04).isCloseTo(1, within(0.1));
  }

  /** d × k matrix B that minimises ‖XB − Y‖, by the normal equations. */
  private static double[][] leastSquares(double[][] x, double[] y, int k) {
    int d = x[0].length;
    double[][] system = new double[d][d + k];
    for (int i = 0; i < x.length; i++) {
      for (int a = 0; a < d; a++) {
        for (int b = 0; b < d; b++) {
          system[a][b] += x[i][a] * x[i][b];
        }
        for (int b = 0; b < k; b++) {
          system[a][d + b] += x[i][a] * y[i * k + b];
        }
      }
    }
    for (int p = 0; p < d; p++) { // positive definite: no pivoting needed
      double pivot = system[p][p];
      for (int j = 0; j < d + k; j++) {
        system[p][j] /= pivot;
      }
      for (int a = 0; a < d; a++) {
        double factor = a == p ? 0 : system[a][p];
        for (int j = 0; j < d + k; j++) {
          system[a][j] -= factor * system[p][j];
        }
      }
    }
    return Arrays.stream(system)
        .map(row -> Arrays.copyOfRange(row, d, d + k))
        .toArray(double[][]::new);
  }

  /** Mean square of XB − Y. */
  private static double residual(double[][] x, double[] y, double[][] map) {
    int k = map[0].length;
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      for (int b = 0; b < k; b++) {
        double prediction = 0;
        for (int a = 0; a < map.length; a++) {
          prediction += x[i][a] * map[a][b];
        }
        sum += Math.pow(prediction - y[i * k + b], 2);
      }
    }
    return sum / y.length;
  }

  @Test
  void impossibleShapesAreRefused() {
    assertInvalid(new SyntheticSource(Problem.SPIRALS, 10, 3, 2, 0), Task.CLASSIFICATION)
        .hasMessage("synthetic spirals: features is 3; it needs to be 2, for the plane");
    assertInvalid(new SyntheticSource(Problem.BLOBS, 10, 3, 1, 0), Task.CLASSIFICATION)
        .hasMessage("synthetic blobs: classes is 1; it needs to be 2 or more");
    assertInvalid(new SyntheticSource(Problem.XOR, 10, 1, 2, 0), Task.CLASSIFICATION)
        .hasMessage("synthetic xor: features is 1; it needs to be 2 or more");
    assertInvalid(new SyntheticSource(Problem.XOR, 10, 2, 3, 0), Task.CLASSIFICATION)
        .hasMessage("synthetic xor: classes is 3; it needs to be 2");
    assertInvalid(new SyntheticSource(Problem.TEACHER, 10, 2, 1, -1), Task.REGRESSION)
        .hasMessage("synthetic teacher: noise is -1.0; it needs to be between 0 and 1e6");
    assertInvalid(new SyntheticSource(Problem.TEACHER, 0, 2, 1, 0), Task.REGRESSION)
        .hasMessage("synthetic teacher: rows is 0; it needs to be 1 or more");
    assertInvalid(new SyntheticSource(Problem.TEACHER, 10, 0, 1, 0), Task.REGRESSION)
        .hasMessage("synthetic teacher: features is 0; it needs to be 1 or more");
    assertInvalid(new SyntheticSource(Problem.DEEP_LINEAR, 1 << 30, 8, 1, 0), Task.REGRESSION)
        .hasMessageContaining("rows is 1073741824; it needs to be less");
    assertInvalid(new SyntheticSource(Problem.TEACHER, 10, 2, 2, 0), Task.CLASSIFICATION)
        .hasMessage("synthetic teacher is a problem of regression, not of classification");
    for (Problem problem : List.of(Problem.SPIRALS, Problem.BLOBS, Problem.XOR)) {
      assertInvalid(new SyntheticSource(problem, 10, 2, 2, 0), Task.REGRESSION)
          .hasMessageEndingWith("is a problem of classification, not of regression");
    }
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertInvalid(
      SyntheticSource source, Task task) {
    return assertThatThrownBy(() -> SyntheticData.draw(source, task, SEED))
        .isInstanceOf(InvalidInput.class);
  }
}

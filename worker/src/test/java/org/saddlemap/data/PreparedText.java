package org.saddlemap.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.CsvSource.Header;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.DataSpec.Scale;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.InvalidInput;

/** Data that are written down in a test, read as CSV and prepared. */
final class PreparedText {
  static final CsvSource CSV = new CsvSource("t.csv", "last", Header.AUTO);
  static final long SEED = 42;

  private PreparedText() {}

  static DataSpec spec(Task task, Scale scale, double holdout, long seed) {
    return new DataSpec(CSV, task, scale, holdout, seed, OptionalLong.empty());
  }

  static DataSpec classification(Scale scale, double holdout) {
    return spec(Task.CLASSIFICATION, scale, holdout, SEED);
  }

  static Dataset prepare(String text, DataSpec spec) {
    return read(text, CSV, spec);
  }

  static Dataset read(String text, CsvSource format, DataSpec spec) {
    return Preparation.prepare(
        CsvReader.read(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            format,
            spec.task(),
            OptionalLong.empty()),
        spec);
  }

  /** Rows of three random features of different scales, one of them constant, and a class of 3. */
  static String random(int rows, long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      text.append(1e6 + random.nextGaussian()).append(',');
      text.append(1e-6 * random.nextDouble()).append(",5,");
      text.append(random.nextInt(-100, 100)).append(',').append(i % 3).append('\n');
    }
    return text.toString();
  }

  static double[] column(Dataset.Part part, int features, int column) {
    double[] values = new double[part.rows()];
    for (int i = 0; i < values.length; i++) {
      values[i] = part.inputs()[i * features + column];
    }
    return values;
  }

  static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  static AbstractThrowableAssert<?, ? extends Throwable> assertInvalid(String text, DataSpec spec) {
    return assertThatThrownBy(() -> prepare(text, spec)).isInstanceOf(InvalidInput.class);
  }
}

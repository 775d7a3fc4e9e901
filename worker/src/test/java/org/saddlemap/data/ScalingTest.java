package org.saddlemap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.saddlemap.data.PreparedText.SEED;
import static org.saddlemap.data.PreparedText.classification;
import static org.saddlemap.data.PreparedText.column;
import static org.saddlemap.data.PreparedText.mean;
import static org.saddlemap.data.PreparedText.prepare;
import static org.saddlemap.data.PreparedText.random;
import static org.saddlemap.data.PreparedText.read;
import static org.saddlemap.data.PreparedText.spec;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.CsvSource.Header;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.DataSpec.Scale;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.InvalidInput;

/**
 * What is computed over a feature, for missing values and for its scale, knows the training rows
 * alone.
 */
class ScalingTest {
  /** The held-out values are far from the others: a mean over all rows would show. */
  @Test
  void meansForMissingValuesKnowTheTrainingRowsAlone() {
    CsvSource mean = new CsvSource("t.csv", "last", Header.AUTO, ',', '.', CsvSource.Missing.MEAN);
    DataSpec spec =
        new DataSpec(mean, Task.REGRESSION, Scale.NONE, 0.25, SEED, OptionalLong.empty());
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      plain.append(i).append(',').append(i).append('\n');
    }
    Dataset whole = read(plain.toString(), mean, spec);
    java.util.Set<Integer> held = new java.util.HashSet<>();
    for (float value : whole.heldout().inputs()) {
      held.add((int) value);
    }
    assertThat(held).hasSize(10);
    StringBuilder holes = new StringBuilder();
    double sum = 0;
    int count = 0;
    for (int i = 0; i < 40; i++) {
      boolean missing = i % 4 == 1;
      double value = held.contains(i) ? 1e6 : i;
      if (!missing && !held.contains(i)) {
        sum += value;
        count++;
      }
      holes.append(missing ? "" : Double.toString(value)).append(',').append(i).append('\n');
    }

    Dataset filled = read(holes.toString(), mean, spec);

    int met = 0;
    for (Dataset.Part part : List.of(filled.train(), filled.heldout())) {
      for (int row = 0; row < part.rows(); row++) {
        if ((int) part.values()[row] % 4 == 1) {
          assertThat(part.inputs()[row]).isEqualTo((float) (sum / count));
          met++;
        }
      }
    }
    assertThat(met).isEqualTo(10);
    assertThat(filled.fingerprint()).isNotEqualTo(whole.fingerprint());
  }

  @Test
  void aFeatureWithoutAnyTrainingValueHasNoMean() {
    CsvSource mean = new CsvSource("t.csv", "last", Header.NO, ',', '.', CsvSource.Missing.MEAN);
    assertThatThrownBy(
            () ->
                read(
                    "1,,0\n2,,1\n3,,0\n4,,1\n",
                    mean,
                    new DataSpec(
                        mean, Task.CLASSIFICATION, Scale.STANDARD, 0, SEED, OptionalLong.empty())))
        .isInstanceOf(InvalidInput.class)
        .hasMessage(
            "t.csv: feature number 2 has no value in any of the 4 training rows, and so no mean; leave the column out");
  }

  @Test
  void standardScalingHasMeanZeroAndVarianceOneInTraining() {
    long seed = 3;
    Dataset data = prepare(random(1000, seed), classification(Scale.STANDARD, 0.3));

    for (int j : new int[] {0, 1, 3}) {
      double[] values = column(data.train(), 4, j);
      double mean = mean(values);
      double variance = mean(Arrays.stream(values).map(x -> (x - mean) * (x - mean)).toArray());
      assertThat(mean).as("mean of %d, seed %d", j, seed).isCloseTo(0, within(1e-7));
      assertThat(variance).as("variance of %d, seed %d", j, seed).isCloseTo(1, within(1e-6));
    }
    assertThat(column(data.train(), 4, 2)).containsOnly(0);
    assertThat(data.summary())
        .isEqualTo(
            "700 training rows and 300 held out, 4 features (1 constant in training: number 3), 3"
                + " classes");
  }

  @Test
  void minMaxScalingReachesZeroAndOneInTraining() {
    Dataset data = prepare(random(1000, 4), classification(Scale.MINMAX, 0.3));

    for (int j : new int[] {0, 1, 3}) {
      double[] values = column(data.train(), 4, j);
      assertThat(Arrays.stream(values).min()).hasValue(0);
      assertThat(Arrays.stream(values).max()).hasValue(1);
    }
    assertThat(column(data.train(), 4, 2)).containsOnly(0);
  }

  @Test
  void scalingDoesNotSeeHeldOutRows() {
    String text = random(200, 5);
    for (Scale scale : Scale.values()) {
      Dataset plain = prepare(text, classification(Scale.NONE, 0.25));
      float first = plain.heldout().inputs()[3];
      // Enlarges one cell of a row that is held out, found by all of its features.
      String marker = "," + (int) first + ",";
      float shift = plain.heldout().inputs()[0];
      String changed =
          String.join(
              "\n",
              text.lines()
                  .map(
                      line ->
                          (float) Double.parseDouble(line.substring(0, line.indexOf(','))) == shift
                                  && line.contains(marker)
                              ? line.replace(",5" + marker, ",9e9,77777,")
                              : line)
                  .toList());
      assertThat(changed).contains("9e9");

      Dataset before = prepare(text, classification(scale, 0.25));
      Dataset after = prepare(changed, classification(scale, 0.25));

      assertThat(after.train().inputs()).as("%s", scale).containsExactly(before.train().inputs());
      assertThat(after.heldout().inputs()[3]).isNotEqualTo(before.heldout().inputs()[3]);
      if (scale != Scale.NONE) {
        assertThat(column(after.heldout(), 4, 2)).as("constant in training").containsOnly(0);
      }
    }
  }

  @Test
  void scalingUndoesAnAffineChangeOfUnits() {
    long seed = 6;
    String text = random(300, seed);
    String changed =
        String.join(
            "\n",
            text.lines()
                .map(
                    line -> {
                      String[] cells = line.split(",", -1);
                      cells[3] = "" + (1024 * Integer.parseInt(cells[3]) + 512);
                      return String.join(",", cells);
                    })
                .toList());
    for (Scale scale : List.of(Scale.STANDARD, Scale.MINMAX)) {
      Dataset one = prepare(text, classification(scale, 0.2));
      Dataset other = prepare(changed, classification(scale, 0.2));
      for (int i = 0; i < one.train().inputs().length; i++) {
        assertThat(other.train().inputs()[i])
            .as("%s, seed %d, %d", scale, seed, i)
            .isCloseTo(one.train().inputs()[i], within(1e-6f));
      }
    }
  }

  @Test
  void valuesThatLeaveAFloatWhenScaledAreNamed() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      text.append(i == 17 ? "1e30" : i % 2 == 0 ? "1e-20" : "2e-20");
      text.append(',').append(i / 2 % 2).append('\n');
    }
    long seed = 0;
    while (true) {
      DataSpec spec = spec(Task.CLASSIFICATION, Scale.STANDARD, 0.5, seed);
      try {
        prepare(text.toString(), spec);
        seed++; // the outlier was in the training part
      } catch (InvalidInput e) {
        assertThat(e)
            .hasMessageStartingWith("t.csv: 1.0E30 in feature number 1 becomes Infinity when")
            .hasMessageEndingWith("remove the feature or the row");
        break;
      }
    }
  }

  @Test
  void extremeNumbersScaleToo() {
    String huge = "3e38,0\n-3e38,1\n3e38,1\n-3e38,0\n";
    String tiny = "3e-200,0\n-3e-200,1\n3e-200,1\n-3e-200,0\n";
    for (String text : List.of(huge, tiny)) {
      Dataset data = prepare(text, classification(Scale.STANDARD, 0));
      for (float x : data.train().inputs()) {
        assertThat(Math.abs(x)).isEqualTo(1);
      }
    }
  }
}

package org.saddlemap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.saddlemap.space.Loss;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.CsvSource.Header;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.DataSpec.Scale;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.InvalidInput;

final class PreparationTest {
  private static final CsvSource CSV = new CsvSource("t.csv", "last", Header.AUTO);
  private static final long SEED = 42;

  private static DataSpec spec(Task task, Scale scale, double holdout, long seed) {
    return new DataSpec(CSV, task, scale, holdout, seed, OptionalLong.empty());
  }

  private static DataSpec classification(Scale scale, double holdout) {
    return spec(Task.CLASSIFICATION, scale, holdout, SEED);
  }

  private static Dataset prepare(String text, DataSpec spec) {
    return Preparation.prepare(
        CsvReader.read(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            CSV,
            spec.task(),
            OptionalLong.empty()),
        spec);
  }

  /** Rows of three random features of different scales, one of them constant, and a class of 3. */
  private static String random(int rows, long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      text.append(1e6 + random.nextGaussian()).append(',');
      text.append(1e-6 * random.nextDouble()).append(",5,");
      text.append(random.nextInt(-100, 100)).append(',').append(i % 3).append('\n');
    }
    return text.toString();
  }

  private static double[] column(Dataset.Part part, int features, int column) {
    double[] values = new double[part.rows()];
    for (int i = 0; i < values.length; i++) {
      values[i] = part.inputs()[i * features + column];
    }
    return values;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

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

  private static Dataset read(String text, CsvSource format, DataSpec spec) {
    return Preparation.prepare(
        CsvReader.read(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            format,
            spec.task(),
            OptionalLong.empty()),
        spec);
  }

  @Test
  void theSplitIsAPermutationOfTheRows() {
    for (double holdout : new double[] {0, 0.2, 0.25, 0.9}) {
      int rows = 101;
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < rows; i++) {
        text.append(i).append(',').append(i % 2).append('\n');
      }
      Dataset data = prepare(text.toString(), classification(Scale.NONE, holdout));

      assertThat(data.heldout().rows()).isEqualTo((int) Math.round(holdout * rows));
      List<Integer> seen = new ArrayList<>();
      for (Dataset.Part part : List.of(data.train(), data.heldout())) {
        for (int i = 0; i < part.rows(); i++) {
          int row = (int) part.inputs()[i];
          seen.add(row);
          assertThat(part.labels()[i]).as("label of row %d", row).isEqualTo(row % 2);
        }
      }
      assertThat(seen).as("shuffled").isNotEqualTo(seen.stream().sorted().toList());
      assertThat(seen.stream().sorted().toList())
          .isEqualTo(java.util.stream.IntStream.range(0, rows).boxed().toList());
    }
  }

  @Test
  void theSeedDecidesTheSplit() {
    String text = random(100, 1);

    Dataset one = prepare(text, spec(Task.CLASSIFICATION, Scale.NONE, 0.2, 1));
    Dataset again = prepare(text, spec(Task.CLASSIFICATION, Scale.NONE, 0.2, 1));
    Dataset other = prepare(text, spec(Task.CLASSIFICATION, Scale.NONE, 0.2, 2));

    assertThat(again.train().inputs()).containsExactly(one.train().inputs());
    assertThat(again.fingerprint()).isEqualTo(one.fingerprint());
    assertThat(other.train().inputs()).isNotEqualTo(one.train().inputs());
    assertThat(other.fingerprint()).isNotEqualTo(one.fingerprint());
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
  void classesAreNumberedByName() {
    String numbers = "1,10\n2,9\n3,-1\n4,10.0\n";
    String names = "1,b\n2,a\n3,10\n4,B\n";

    assertThat(labelsByRow(prepare(numbers, classification(Scale.NONE, 0))))
        .containsExactly(2, 1, 0, 2);
    assertThat(labelsByRow(prepare(names, classification(Scale.NONE, 0))))
        .containsExactly(3, 2, 0, 1);
  }

  private static int[] labelsByRow(Dataset data) {
    int[] labels = new int[data.train().rows()];
    for (int i = 0; i < labels.length; i++) {
      labels[(int) data.train().inputs()[i] - 1] = data.train().labels()[i];
    }
    return labels;
  }

  @Test
  void limitKeepsTheFirstRows() {
    String text = random(90, 7);
    String shorter = String.join("\n", text.lines().limit(40).toList()) + "\n";
    DataSpec all = classification(Scale.STANDARD, 0.25);
    DataSpec limited =
        new DataSpec(CSV, Task.CLASSIFICATION, Scale.STANDARD, 0.25, SEED, OptionalLong.of(40));

    assertThat(prepare(text, limited).fingerprint()).isEqualTo(prepare(shorter, all).fingerprint());
    assertThat(prepare("1,a\n2,b\n3,a\n4,c\n", limitedTo(3)).classes()).isEqualTo(2);
  }

  private static DataSpec limitedTo(long rows) {
    return new DataSpec(CSV, Task.CLASSIFICATION, Scale.NONE, 0, SEED, OptionalLong.of(rows));
  }

  @Test
  void theFingerprintSeesEveryChange() {
    String text = random(60, 8);
    DataSpec spec = classification(Scale.NONE, 0.2);
    String fingerprint = prepare(text, spec).fingerprint();

    assertThat(fingerprint).matches("[0-9a-f]{64}");
    List<UnaryOperator<String>> changes =
        List.of(
            t -> t.replaceFirst(",0\n", ",1\n"),
            t -> t.replaceFirst("1000000", "1000001"),
            t -> t.replaceFirst(",5,", ",5.000001,"),
            t -> t.substring(t.indexOf('\n') + 1),
            t -> "1,2,3,4,0\n" + t,
            t -> t.replace(",5,", ",5,5,"));
    for (UnaryOperator<String> change : changes) {
      assertThat(prepare(change.apply(text), spec).fingerprint()).isNotEqualTo(fingerprint);
    }
    for (DataSpec other :
        List.of(
            classification(Scale.STANDARD, 0.2),
            classification(Scale.NONE, 0),
            spec(Task.REGRESSION, Scale.NONE, 0.2, SEED))) {
      assertThat(prepare(text, other).fingerprint()).isNotEqualTo(fingerprint);
    }
  }

  @Test
  void goldenFingerprintStaysTheSame() {
    // SHA-256 by Python's hashlib over the words that Fingerprint documents, for this tiny table:
    // 1 feature, 2 classes, 0 targets; 2 training rows; none held out.
    Dataset.Part train =
        new Dataset.Part(2, new float[] {1.5f, -2}, new int[] {0, 1}, new float[0]);
    Dataset.Part none = new Dataset.Part(0, new float[0], new int[0], new float[0]);

    assertThat(Fingerprint.of(1, 2, 0, train, none))
        .isEqualTo("414bf160357da0c9b6a8acd0f30face914b34b8aeef08a3566635a63c680bf07");
  }

  @Test
  void aDatasetSurvivesSerialization() throws IOException, ClassNotFoundException {
    Dataset data = prepare(random(50, 9), classification(Scale.STANDARD, 0.2));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(data);
    }
    Dataset copy;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = (Dataset) in.readObject();
    }

    assertThat(copy).usingRecursiveComparison().isEqualTo(data);
  }

  @Test
  void targetsFitTheLoss() {
    Dataset three = prepare("1,a\n2,b\n3,c\n", classification(Scale.NONE, 0));
    for (Loss loss : List.of(Loss.CROSS_ENTROPY, Loss.MSE)) {
      assertThat(three.outputs(loss)).isEqualTo(3);
      float[] targets = three.targets(three.train(), loss);
      for (int i = 0; i < 3; i++) {
        float[] row = Arrays.copyOfRange(targets, 3 * i, 3 * i + 3);
        float[] expected = new float[3];
        expected[three.train().labels()[i]] = 1;
        assertThat(row).containsExactly(expected);
      }
    }
    Dataset two = prepare("1,a\n2,b\n3,b\n", classification(Scale.NONE, 0));
    assertThat(two.outputs(Loss.BINARY_CROSS_ENTROPY)).isEqualTo(1);
    float[] bits = two.targets(two.train(), Loss.BINARY_CROSS_ENTROPY);
    for (int i = 0; i < 3; i++) {
      assertThat(bits[i]).isEqualTo(two.train().inputs()[i] == 1 ? 0 : 1);
    }
    Dataset numbers = prepare("1,.5\n2,1\n3,1.5\n", spec(Task.REGRESSION, Scale.NONE, 0, SEED));
    assertThat(numbers.outputs(Loss.MSE)).isEqualTo(1);
    float[] values = numbers.targets(numbers.train(), Loss.MSE);
    for (int i = 0; i < 3; i++) {
      assertThat(values[i]).isEqualTo(numbers.train().inputs()[i] / 2);
    }
  }

  @Test
  void untrainableDataAreRefused() {
    assertInvalid("1,a\n2,b\n3,a\n", classification(Scale.NONE, 0.5))
        .hasMessage(
            "t.csv: holding out 0.5 of 3 rows leaves 1 for training; at least 2 are needed");
    assertInvalid("1,a\n2,a\n3,a\n", classification(Scale.NONE, 0))
        .hasMessage("t.csv: all labels are \"a\"; classification needs two classes or more");
    assertInvalid("1,2,a\n1,2,b\n1,2,a\n", classification(Scale.NONE, 0))
        .hasMessage(
            "t.csv: every feature is constant over the 3 training rows; there is nothing to learn"
                + " from");
    assertInvalid("1,3\n2,3\n3,3\n", spec(Task.REGRESSION, Scale.NONE, 0, SEED))
        .hasMessage("t.csv: the target is 3.0 in all 3 training rows; there is nothing to learn");
  }

  @Test
  void aClassThatIsOnlyHeldOutIsNamed() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      text.append(i).append(',').append(i).append('\n');
    }
    assertInvalid(text.toString(), classification(Scale.NONE, 0.5))
        .hasMessageMatching(
            "t.csv: class \"\\d+\" is missing from the training part: the split, which is not"
                + " stratified, holds out all of its rows \\(1\\); hold out less or take another"
                + " seed; if the label is a number to predict, say task: regression");
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

  @Test
  void shapesMustFit() {
    Dataset.Part part = new Dataset.Part(2, new float[4], new int[2], new float[0]);
    Dataset.Part wrong = new Dataset.Part(2, new float[3], new int[2], new float[0]);

    assertThatThrownBy(() -> new Dataset(2, 2, 0, part, wrong, "", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid number of inputs: 3 instead of 4");
  }

  @Test
  void theDataThatComeAlongAreWhatTheyAre() throws IOException {
    Path folder = Path.of("..", "data");
    Dataset digits =
        load(folder.resolve("digits.csv.gz"), new CsvSource("digits", "last", Header.AUTO), 0);
    Dataset cancer =
        load(
            folder.resolve("breast_cancer.csv"),
            new CsvSource("cancer", "diagnosis", Header.AUTO),
            0.2);

    // Without a held-out part, for the constant pixels are those of the whole file.
    assertThat(digits.summary())
        .isEqualTo(
            "1797 training rows and 0 held out, 64 features (3 constant in training: number 1, 33,"
                + " 40), 10 classes");
    assertThat(cancer.summary())
        .isEqualTo("455 training rows and 114 held out, 30 features, 2 classes");
    int malignant =
        Arrays.stream(cancer.train().labels()).sum()
            + Arrays.stream(cancer.heldout().labels()).sum();
    assertThat(malignant).isEqualTo(212);
  }

  private static Dataset load(Path file, CsvSource format, double holdout) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Preparation.prepare(
          CsvReader.read(in, format, Task.CLASSIFICATION, OptionalLong.empty()),
          classification(Scale.STANDARD, holdout));
    }
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertInvalid(
      String text, DataSpec spec) {
    return assertThatThrownBy(() -> prepare(text, spec)).isInstanceOf(InvalidInput.class);
  }
}

package org.saddlemap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.saddlemap.data.PreparedText.CSV;
import static org.saddlemap.data.PreparedText.SEED;
import static org.saddlemap.data.PreparedText.assertInvalid;
import static org.saddlemap.data.PreparedText.classification;
import static org.saddlemap.data.PreparedText.prepare;
import static org.saddlemap.data.PreparedText.random;
import static org.saddlemap.data.PreparedText.spec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.saddlemap.space.Loss;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.CsvSource.Header;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.DataSpec.Scale;
import org.saddlemap.spec.DataSpec.Task;

/**
 * Which rows of the data train, what their classes and their fingerprint are, and what is refused.
 */
final class PreparationTest {
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
}

package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.space.Activation;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.train.Interruption;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Verdict;

class CaseReaderTest {
  private static final String GOOD =
      "{'name':'n','network':{'sizes':[2,3,1],'activation':'tanh','loss':'mse',"
          + "'batch_norm':{'affine':true,'epsilon':0.1}},"
          + "'data':{'inputs':[[1,2],[3,4]],'targets':[[5],[6]]},"
          + "'weights':[{'W':[[1,2,3],[4,5,6]],'b':[7,8,9],'gamma':[10,11,12]},"
          + "{'W':[[13],[14],[15]],'b':[16]}],"
          + "'train':{'steps':3,'learning_rate':0.5,'batch_size':2,'clipping':'norm(1.0)'}}";

  private static List<Case> read(String json) throws IOException {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return new CaseReader().read(new ByteArrayInputStream(bytes), "f.json");
  }

  @Test
  void readsACase() throws IOException {
    Case c = read(GOOD).get(0);
    Case.Trained n = (Case.Trained) c.subject();
    assertThat(n.network().sizes()).containsExactly(2, 3, 1);
    assertThat(n.network().output()).isEqualTo(Activation.IDENTITY);
    assertThat(n.inputs()).containsExactly(1, 2, 3, 4);
    double[] inOrder = new double[16];
    for (int i = 0; i < 16; i++) {
      inOrder[i] = i + 1;
    }
    assertThat(n.weights()).containsExactly(inOrder);
    assertThat(c.training().steps()).isEqualTo(3);
    assertThat(c.training().batchSize().text()).isEqualTo("2");
    assertThat(c.expected()).isEmpty();
  }

  @Test
  void ratesMayChange() throws IOException {
    Training t =
        read(GOOD.replace("'steps':3", "'steps':3,'schedule':'step(2, 0.5)','warmup':2"))
            .get(0)
            .training();
    assertThat(t.schedule().text()).isEqualTo("step(2, 0.5)");
    assertThat(t.warmup()).isEqualTo(2);
    assertThat(read(GOOD).get(0).training().schedule().text()).isEqualTo("constant");
  }

  @Test
  void trainingIsOptional() throws IOException {
    Case c = read(GOOD.replaceAll(",'train':.*}}$", "}")).get(0);
    assertThat(c.training()).isEqualTo(Training.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'tanh'|'tahn'|f.json: case 'n': network: activation: 'tahn' is not one of identity, tanh",
        "'sizes':[2,3,1]|'sizes':[2,3]|f.json: case 'n': data: targets[0]: needs 3 numbers",
        "'W':[[13],[14],[15]]|'W':[[13],[14]]|f.json: case 'n': weights[1]: W: needs a list of 3 rows, got 2",
        "'b':[16]|'b':[16,17]|f.json: case 'n': weights[1]: b: needs a list of 1 numbers, got 2",
        "'b':[16]|'c':[16]|f.json: case 'n': weights[1]: c: unknown key; known are W, b, gamma",
        "[5],[6]|[5],['x']|f.json: case 'n': data: targets[1]: needs a number, got \"x\"",
        "[5],[6]|[5],[NaN]|f.json: case 'n': data: targets[1]: needs a finite number, got NaN",
        "[1,2],[3,4]|[1,2],[-Infinity,4]|f.json: case 'n': data: inputs[1]: needs a finite number, got -Infinity",
        "[1,2],[3,4]|[1,2],['NaN',4]|f.json: case 'n': data: inputs[1]: needs a number, got \"NaN\"",
        "'learning_rate':0.5|'learning_rate':NaN|f.json: case 'n': train: learning_rate: needs a finite number, got NaN",
        "'b':[16]|'b':['x']|f.json: case 'n': weights[1]: b[0]: needs a number, NaN, Infinity or -Infinity, got \"x\"",
        "'batch_size':2|'batch_size':1|f.json: case 'n': train: batch_size: 1 cannot go with batch_norm",
        "'steps':3|'steps':3,'warmup':4|f.json: case 'n': train: steps: needs a warmup from 0 to all 3 steps, got 4",
        "'steps':3|'steps':3,'schedule':'cos'|f.json: case 'n': train: schedule: is not one of constant,",
        "'steps':3|'steps':-3|f.json: case 'n': train: steps: needs steps >= 0, got -3",
        "'loss':'mse'|'loss':'mse','loss_factor':0|f.json: case 'n': network: loss_factor: needs a number > 0, got 0.0",
        "'name':'n'|'name':'n','expected_loss':'low'|f.json: case 'n': expected_loss: needs a number, got \"low\"",
        "norm(1.0)|norm(-1)|f.json: case 'n': train: clipping: ",
        "'name':'n'|'name':'n','expected':'good'|f.json: case 'n': expected: 'good' is not one of optimum, saddle",
        "'loss':'mse'|'loss':'cross_entropy'|f.json: case 'n': data: targets[0]: needs numbers from 0 to 1 that sum to 1",
        "'name':'n',|'name':'n','name':'m',|f.json:1: not JSON: Duplicate field 'name'",
      })
  void saysWhatIsWrongAndWhere(String good, String bad, String message) {
    assertThatThrownBy(() -> read(GOOD.replace(good, bad)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(message);
  }

  /** As Python's json writes them, and as JSON's own texts. */
  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "-Infinity", "'NaN'", "'Infinity'", "'-Infinity'"})
  void weightsThatAreNotFiniteHaveDiverged(String weight) throws IOException {
    String untrained = GOOD.replaceAll(",'train':.*}}$", "}");
    for (String json :
        List.of(
            GOOD.replace("'b':[16]", "'b':[" + weight + "]"),
            untrained.replace("[4,5,6]", "[4," + weight + ",6]"),
            untrained.replace("'gamma':[10", "'gamma':[" + weight))) {
      Verdict verdict =
          new CaseJudge(ExaminationSpec.DEFAULT)
              .judge(read(json).get(0), Interruption.NEVER)
              .verdict();
      assertThat(verdict.category()).as(json).contains(Category.DIVERGED);
      assertThat(verdict.subCategory()).isEqualTo("nonfinite");
    }
  }

  /** {@code -Dsaddlemap.fuzz=N} takes N times as many. */
  @Test
  void mutationsAreCasesOrInvalidInput() {
    int mutations = 2000 * Integer.getInteger("saddlemap.fuzz", 1);
    String alphabet = "{}[]:,'\\-+.0123456789eE truefalsnNaI\n\u0000é";
    int valid = 0;
    for (int seed = 0; seed < mutations; seed++) {
      Random random =
          new Random(seed * 0x9E3779B97F4A7C15L); // the first draws of near seeds are alike
      StringBuilder text = new StringBuilder(GOOD);
      for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
        int at = random.nextInt(Math.max(1, text.length()));
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        switch (random.nextInt(6)) {
          case 0 -> text.delete(at, at + 1);
          case 1 -> text.insert(at, c);
          case 2 -> text.replace(at, at + 1, String.valueOf(c));
          case 3 -> text.insert(at, String.valueOf(c).repeat(random.nextInt(4000)));
          case 4 -> text.setLength(Math.max(1, at));
          default -> text.insert(at, text.substring(at, Math.min(text.length(), at + 40)));
        }
      }
      String what = "seed %d: %s".formatted(seed, text);
      valid +=
          assertTimeoutPreemptively(
              Duration.ofSeconds(20), () -> isValid(text.toString(), what), what);
    }
    assertThat(valid).isBetween(mutations / 100, mutations - mutations / 100);
  }

  private static int isValid(String json, String what) throws IOException {
    try {
      read(json);
      return 1;
    } catch (InvalidInput e) {
      assertThat(e.getMessage()).as(what).startsWith("f.json");
      return 0;
    } catch (RuntimeException e) {
      throw new AssertionError(what, e);
    }
  }
}

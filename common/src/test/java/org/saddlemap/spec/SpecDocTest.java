package org.saddlemap.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Loss;
import org.saddlemap.space.OptimizerKind;

/** The tables of docs/spec.md and docs/examine.md leave nothing out that a file may say. */
class SpecDocTest {
  @Test
  void specPageHasEveryHyperparameterAndItsNamedValues() throws IOException {
    List<String> words =
        Stream.of(
                Arrays.stream(Hyperparameter.values()).map(Hyperparameter::key),
                Arrays.stream(Activation.values()).map(Activation::text),
                Arrays.stream(Loss.values()).map(Loss::text),
                Arrays.stream(OptimizerKind.values()).map(OptimizerKind::text))
            .flatMap(names -> names)
            .toList();
    assertThat(rows("spec.md", "Hyperparameters")).contains(quoted(words));
  }

  @Test
  void examinePageHasEveryActivationAndLoss() throws IOException {
    List<String> words =
        Stream.concat(
                Arrays.stream(Activation.values()).map(Activation::text),
                Arrays.stream(Loss.values()).map(Loss::text))
            .toList();
    assertThat(Files.readString(Path.of("..", "docs", "examine.md"))).contains(quoted(words));
  }

  private static String rows(String page, String section) throws IOException {
    String text = Files.readString(Path.of("..", "docs", page));
    return text.split("(?m)^## " + section + "$", -1)[1].split("(?m)^## ", -1)[0];
  }

  private static List<String> quoted(List<String> words) {
    return words.stream().map("`%s`"::formatted).toList();
  }
}

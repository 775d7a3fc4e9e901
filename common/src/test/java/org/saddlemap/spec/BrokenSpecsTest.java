package org.saddlemap.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every kind of mistake with its whole message; the list reads as a user would see it. */
class BrokenSpecsTest {
  private static final String HEAD = "name: broken\ndata: {csv: digits.csv}\n";

  @Test
  void everyMistakeGetsItsMessage() throws IOException {
    List<String> lines = lines();
    assertThat(lines.size() / 2).isGreaterThan(60);
    List<String> actual = new ArrayList<>();
    for (int i = 0; i < lines.size(); i += 2) {
      actual.add(lines.get(i));
      actual.add("    " + messageOf(lines.get(i)));
    }
    assertThat(actual).containsExactlyElementsOf(lines);
  }

  @Test
  void sizeIsLimited() {
    assertThat(messageOf("!" + " ".repeat((1 << 20) + 1)))
        .isEqualTo("s.yaml: is longer than 1048576 characters; a spec is a short text");
    assertThat(messageOf("network: {activation: " + "t".repeat(5000) + "}"))
        .isEqualTo(
            "s.yaml:3:23: key 'network.activation': is a text of 5000 characters; needs a value of activation");
  }

  @Test
  void aliasesAreLimited() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]|");
    for (int i = 1; i < 40; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]|".formatted(i, i, i - 1, i - 1));
    }
    assertThat(messageOf(bomb.toString())).contains("s.yaml").contains("aliases");
  }

  private static List<String> lines() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                BrokenSpecsTest.class.getResourceAsStream("broken-specs.txt"),
                StandardCharsets.UTF_8))) {
      return reader.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList();
    }
  }

  private static String messageOf(String line) {
    String text = (line.startsWith("!") ? line.substring(1) : HEAD + line).replace('|', '\n');
    try {
      SpecReader.read(text, "s.yaml");
      return "no error";
    } catch (InvalidInput e) {
      return e.getMessage();
    }
  }
}

package org.saddlemap.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of causes in docs/verdict.md has all of them, each once, in their own words. */
class CauseDocTest {
  @Test
  void theDocumentHasEachCauseOnce() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "verdict.md"));
    String section = page.split("(?m)^## Causes$", -1)[1].split("(?m)^## ", -1)[0];
    List<String> rows =
        section
            .lines()
            .filter(l -> l.startsWith("| `"))
            .map(l -> l.substring(0, l.indexOf(" | ", l.indexOf(" | ") + 1)))
            .toList();
    assertThat(rows)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Cause.values())
                .map(c -> "| `%s` | %s".formatted(c.text(), c.doc()))
                .toList());
  }
}

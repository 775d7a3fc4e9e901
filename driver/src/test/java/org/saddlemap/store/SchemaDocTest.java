package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SchemaDocTest {
  @Test
  void schemaDocumentAgreesWithTheRegistry() throws IOException {
    Path file = Path.of("..", "docs", "schema.md");
    if (Boolean.getBoolean("saddlemap.regenerate")) {
      Files.writeString(file, SchemaDoc.markdown());
    }
    assertThat(file)
        .as(
            "out of date; write it anew with: mvn -pl driver -am test -Dtest=SchemaDocTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dsaddlemap.regenerate=true")
        .hasContent(SchemaDoc.markdown());
  }
}

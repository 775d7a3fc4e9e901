package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.DuckDbSession;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.store.Warehouse;

/** Which engine answers where the user cannot say. */
@ExtendWith(LocalSpark.class)
class EngineOptionTest {
  @TempDir private Path folder;

  @Test
  void automaticIsDuckDbOnLocalDiskAndSparkElsewhere() throws IOException {
    Warehouse local = Warehouse.open(folder.toString(), new Configuration());
    assertThat(EngineOption.automatic(local, Set.of())).isInstanceOf(DuckDbSession.class);

    // DuckDB takes a backslash for a separator where a pattern has to be escaped.
    Warehouse unreadable =
        Warehouse.open(folder.resolve("a\\b[1]").toString(), new Configuration());
    assertThat(EngineOption.automatic(unreadable, Set.of())).isInstanceOf(SqlSession.class);
  }
}

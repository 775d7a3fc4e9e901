package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.ChunkRange;

class AtomicFilesTest {
  private static final ChunkRange CHUNK = new ChunkRange(20, 60);

  @TempDir Path folder;

  @Test
  void copyStrategyShowsNoHalfAFile() throws IOException {
    Warehouse unknown = DyingFileSystem.open(CommitStrategy.COPY, folder.resolve("bucket"));
    org.apache.hadoop.fs.Path target = unknown.path("trials/" + ChunkFile.name(CHUNK));
    unknown.fileSystem().mkdirs(target.getParent());
    unknown
        .files()
        .writeIntoFolder(
            target,
            out -> {
              out.write(1);
              out.flush();
              assertThat(unknown.fileSystem().exists(target)).isFalse();
            });
    assertThat(unknown.fileSystem().exists(target)).isTrue();
  }
}

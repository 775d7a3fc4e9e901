package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modes are those that Hadoop gives by its umask. */
class LocalFilesTest {
  @TempDir private Path folder;

  private String modes(FileSystem fs, String name) throws IOException {
    Path below = folder.resolve(name);
    fs.create(new org.apache.hadoop.fs.Path(below.resolve("file").toUri()), true).close();
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(below))
        + " "
        + PosixFilePermissions.toString(Files.getPosixFilePermissions(below.resolve("file")));
  }

  @Test
  void modesFollowTheUmask() throws IOException {
    Configuration conf = new Configuration();
    conf.set("fs.permissions.umask-mode", "027");
    LocalFileSystem hadoop = new LocalFileSystem();
    hadoop.initialize(folder.toUri(), conf);
    FileSystem ours = LocalFiles.of(hadoop);
    assertThat(ours).isInstanceOf(LocalFiles.class);
    assertThat(modes(ours, "ours"))
        .isEqualTo(modes(hadoop.getRaw(), "theirs"))
        .isEqualTo("rwxr-x--- rw-r-----");
  }
}

package org.saddlemap.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system without the process, {@code chmod}, that it starts for every file and
 * folder that it makes.
 */
final class LocalFiles extends RawLocalFileSystem {
  /**
   * What a warehouse is written through: without Hadoop's checksum files, which cannot be renamed
   * together with their file, and Parquet's pages carry checksums of their own.
   */
  static FileSystem of(FileSystem fs) throws IOException {
    FileSystem raw = fs instanceof LocalFileSystem local ? local.getRaw() : fs;
    if (raw.getClass() != RawLocalFileSystem.class) {
      return raw;
    }
    LocalFiles files = new LocalFiles();
    files.initialize(raw.getUri(), raw.getConf());
    return files;
  }

  @Override
  public void setPermission(Path path, FsPermission permission) throws IOException {
    Files.setPosixFilePermissions(
        pathToFile(path).toPath(),
        PosixFilePermissions.fromString(
            permission.getUserAction().SYMBOL
                + permission.getGroupAction().SYMBOL
                + permission.getOtherAction().SYMBOL));
  }
}

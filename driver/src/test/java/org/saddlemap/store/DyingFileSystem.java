package org.saddlemap.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system as a process sees it that dies: after so many changes every further one
 * fails, those of cleaning up too. Between the last change and the death lies any moment.
 */
public class DyingFileSystem extends RawLocalFileSystem {
  /** Changes left; static, since Hadoop makes the object. */
  private static final AtomicInteger LEFT = new AtomicInteger(Integer.MAX_VALUE);

  /** Lives for so many more changes; returns how many were left before. */
  static int dieAfter(int changes) {
    return LEFT.getAndSet(changes);
  }

  /** For {@code file:}, with renames. */
  static Configuration local() {
    Configuration conf = new Configuration();
    conf.setClass("fs.file.impl", Local.class, FileSystem.class);
    conf.setBoolean("fs.file.impl.disable.cache", true);
    return conf;
  }

  /** For {@code objects:}, without. */
  static Configuration objects() {
    Configuration conf = new Configuration();
    conf.setClass("fs.objects.impl", Objects.class, FileSystem.class);
    return conf;
  }

  /** As Hadoop knows it. */
  public static final class Local extends LocalFileSystem {
    public Local() {
      super(new DyingFileSystem());
    }
  }

  /** For {@code unknown:}, of which this program knows nothing. */
  static Configuration unknown() {
    Configuration conf = new Configuration();
    conf.setClass("fs.unknown.impl", Unknown.class, FileSystem.class);
    return conf;
  }

  /** A folder on the kind of store that calls for such a strategy. */
  static Warehouse open(CommitStrategy strategy, java.nio.file.Path folder) throws IOException {
    return switch (strategy) {
      case RENAME -> Warehouse.open(folder.toString(), local());
      case CLOSE -> Warehouse.open("objects://" + folder, objects());
      case COPY -> Warehouse.open("unknown://" + folder, unknown());
    };
  }

  /** Whether files of a warehouse on it can be renamed, if only by copying them. */
  static boolean canRename(Warehouse warehouse) {
    return !(warehouse.fileSystem() instanceof Objects);
  }

  /** Shows files while they are written, and copies a file where it is to rename it. */
  public static final class Unknown extends DyingFileSystem {
    @Override
    public URI getUri() {
      return URI.create("unknown:///");
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      if (getFileStatus(from).isDirectory()) {
        throw new UnsupportedOperationException("to rename a folder is many changes");
      }
      return !exists(to) && super.rename(from, to);
    }
  }

  /** Stands for an object store: it cannot rename, and a file appears when it is closed. */
  public static final class Objects extends DyingFileSystem {
    @Override
    public URI getUri() {
      return URI.create("objects:///");
    }

    @Override
    public boolean hasPathCapability(Path path, String capability) throws IOException {
      return capability.equals(CommonPathCapabilities.ABORTABLE_STREAM)
          || super.hasPathCapability(path, capability);
    }

    @Override
    public boolean rename(Path from, Path to) {
      throw new UnsupportedOperationException("an object store cannot rename");
    }

    @Override
    FSDataOutputStream opened(Path path, Opening opening) throws IOException {
      return new FSDataOutputStream(
          new ByteArrayOutputStream() {
            @Override
            public void close() throws IOException {
              change();
              try (FSDataOutputStream out = opening.open()) {
                writeTo(out);
              }
            }
          },
          null);
    }
  }

  private static void change() throws IOException {
    if (LEFT.getAndUpdate(n -> Math.max(0, n - 1)) == 0) {
      throw new IOException("dead");
    }
  }

  /** Opens a file for writing. */
  @FunctionalInterface
  interface Opening {
    FSDataOutputStream open() throws IOException;
  }

  FSDataOutputStream opened(Path path, Opening opening) throws IOException {
    change();
    return opening.open();
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable progress)
      throws IOException {
    return opened(
        path,
        () -> super.create(path, permission, overwrite, buffer, replication, block, progress));
  }

  @Override
  public FSDataOutputStream createNonRecursive(
      Path path,
      FsPermission permission,
      EnumSet<CreateFlag> flags,
      int buffer,
      short replication,
      long block,
      Progressable progress)
      throws IOException {
    return opened(
        path,
        () ->
            super.createNonRecursive(
                path, permission, flags, buffer, replication, block, progress));
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    change();
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    if (!exists(path)) {
      return false;
    }
    // Deleting a folder is many changes, and dies in the middle too.
    if (recursive && getFileStatus(path).isDirectory()) {
      for (org.apache.hadoop.fs.FileStatus child : listStatus(path)) {
        delete(child.getPath(), true);
      }
    }
    change();
    return super.delete(path, recursive);
  }

  @Override
  public boolean mkdirs(Path path) throws IOException {
    if (exists(path)) {
      return super.mkdirs(path);
    }
    change();
    return super.mkdirs(path);
  }
}

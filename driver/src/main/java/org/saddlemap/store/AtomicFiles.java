package org.saddlemap.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * Lets whole files, and whole folders, appear in one step on whatever file system Hadoop knows, by
 * the {@link CommitStrategy} that it allows.
 */
final class AtomicFiles {
  private static final String TEMPORARY_SUFFIX = ".tmp";

  /** After so long, the claim on a new file is one whose owner has died. */
  private static final Duration CLAIM_LIFE = Duration.ofSeconds(30);

  private final FileSystem fs;
  private final Configuration conf;
  private final CommitStrategy strategy;

  AtomicFiles(FileSystem fs, Configuration conf, CommitStrategy strategy) {
    this.fs = fs;
    this.conf = conf;
    this.strategy = strategy;
  }

  /** A file's bytes. */
  @FunctionalInterface
  interface Body {
    /** Writes them, and leaves the stream open. */
    void to(OutputStream out) throws IOException;
  }

  /** Whether a file of that name is one that is being written, or that a dead process left. */
  static boolean isTemporary(String name) {
    return name.startsWith(".") && name.endsWith(TEMPORARY_SUFFIX);
  }

  /** A new name for a file that readers ignore until it has its own. */
  static String temporaryName(String prefix) {
    return "." + prefix + UUID.randomUUID() + TEMPORARY_SUFFIX;
  }

  /** Whether folders can be given another path in one step. */
  boolean canMoveFolders() {
    return strategy == CommitStrategy.RENAME;
  }

  /** Writes a file with the folders that it needs, or takes the place of the one that is there. */
  void write(Path target, Body body) throws IOException {
    write(target, body, true);
  }

  /**
   * Writes a file with the folders that it needs.
   *
   * @param replace whether it takes the place of one that is there, or that one stays
   * @return whether it was written
   */
  boolean write(Path target, Body body, boolean replace) throws IOException {
    return (replace || !fs.exists(target)) && write(target, body, replace, true);
  }

  /** Writes a file, or takes the place of the one that is there; its folder must be there. */
  void writeIntoFolder(Path target, Body body) throws IOException {
    write(target, body, true, false);
  }

  private boolean write(Path target, Body body, boolean replace, boolean parents)
      throws IOException {
    if (strategy == CommitStrategy.CLOSE) {
      writeWhole(target, body, parents);
      return true;
    }
    Path temporary = new Path(target.getParent(), temporaryName(target.getName() + "."));
    try {
      writeWhole(temporary, body, parents);
      return rename(temporary, target, replace);
    } finally {
      fs.delete(temporary, false); // It is not there any more, once it is renamed.
    }
  }

  private boolean rename(Path temporary, Path target, boolean replace) throws IOException {
    if (isLocal()) {
      // POSIX: atomic, and takes the place of what another attempt has put there meanwhile.
      if (!fs.rename(temporary, target)) {
        throw new IOException("Cannot rename " + temporary + " to " + target);
      }
      return true;
    }
    if (replace && strategy == CommitStrategy.RENAME) {
      FileContext.getFileContext(fs.getUri(), conf)
          .rename(temporary, target, Options.Rename.OVERWRITE);
      return true;
    }
    if (replace) {
      fs.delete(target, false); // More cannot be asked of a store that nothing is known of.
    }
    if (fs.rename(temporary, target)) {
      return true;
    }
    if (fs.exists(target)) {
      return false; // Another attempt was faster.
    }
    throw new IOException("Cannot rename " + temporary + " to " + target);
  }

  private boolean isLocal() {
    return fs.getUri().getScheme().equals("file");
  }

  private void writeWhole(Path path, Body body, boolean parents) throws IOException {
    FSDataOutputStream out =
        parents ? fs.create(path, true) : fs.createFile(path).overwrite(true).build();
    try {
      body.to(out);
      out.hsync();
    } catch (FSError e) {
      // Hadoop says so that a local disk is full or broken: by an Error, though it is none.
      IOException cause = new IOException("Cannot write " + path + ": " + e.getMessage(), e);
      abandon(out, cause);
      throw cause;
    } catch (IOException | RuntimeException e) {
      abandon(out, e);
      throw e;
    }
    out.close();
  }

  /** Gives up a file that is not whole: on an object store, closing it would publish it. */
  private void abandon(FSDataOutputStream out, Exception cause) {
    try {
      if (strategy == CommitStrategy.CLOSE) {
        out.abort();
      } else {
        out.close();
      }
    } catch (IOException | RuntimeException | FSError e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * Gives a folder another path in one step, where nothing is at that path. Only where {@link
   * #canMoveFolders}.
   */
  void moveFolder(Path from, Path to) throws IOException {
    if (isLocal()) {
      if (fs.exists(to) || !fs.rename(from, to)) {
        throw new IOException("Cannot rename the folder " + from + " to " + to);
      }
    } else {
      FileContext.getFileContext(fs.getUri(), conf).rename(from, to, Options.Rename.NONE);
    }
  }

  /** The text of a small file; empty where there is none (any more). */
  Optional<String> read(Path path) throws IOException {
    try (FSDataInputStream in = fs.open(path)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** Writes a small text over the one that is there, of which a reader always finds a file. */
  void overwrite(Path path, String text) throws IOException {
    Body body = out -> out.write(text.getBytes(StandardCharsets.UTF_8));
    if (strategy == CommitStrategy.COPY) {
      // A reader who finds half the text reads again, and one who finds no file is misled.
      writeWhole(path, body, false);
    } else {
      write(path, body);
    }
  }

  /** Creates a small file: of several callers at once, one gets true. */
  boolean create(Path path, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      if (isLocal()) {
        fs.mkdirs(path.getParent());
        Files.write(
            java.nio.file.Path.of(path.toUri().getPath()), bytes, StandardOpenOption.CREATE_NEW);
        return true;
      }
      return strategy == CommitStrategy.RENAME
          ? createPlainly(path, bytes)
          : createByClaim(path, bytes);
    } catch (FileAlreadyExistsException | org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false;
    }
  }

  private boolean createPlainly(Path path, byte[] bytes) throws IOException {
    try (FSDataOutputStream out = fs.create(path, false)) {
      out.write(bytes);
    }
    return true;
  }

  /**
   * For stores where a file that is being created hinders no other of that name. Each caller first
   * puts up a claim, a file of a name that nobody else uses, and then looks at the others'. Whoever
   * sees a lower one withdraws; the lowest waits for the higher ones to go: they have withdrawn
   * then, or created the file, having seen no claim but their own. So no two create it, wherever
   * files are listed once they are written. A claim whose owner is dead is deleted in time.
   */
  private boolean createByClaim(Path path, byte[] bytes) throws IOException {
    Path folder = path.getParent();
    String prefix = path.getName() + ".";
    String own = temporaryName(prefix);
    createPlainly(new Path(folder, own), new byte[0]);
    long deadline = System.nanoTime() + CLAIM_LIFE.toNanos();
    boolean withdrawn = false;
    try {
      while (true) {
        List<String> names =
            Stream.of(fs.listStatus(folder)).map(status -> status.getPath().getName()).toList();
        List<String> others =
            names.stream()
                .filter(n -> n.startsWith("." + prefix) && isTemporary(n) && !n.equals(own))
                .toList();
        if (names.contains(path.getName()) || (withdrawn && others.isEmpty())) {
          return false;
        }
        if (others.isEmpty()) {
          return createPlainly(path, bytes);
        }
        if (others.stream().anyMatch(n -> n.compareTo(own) < 0)) {
          fs.delete(new Path(folder, own), false);
          withdrawn = true;
        }
        if (System.nanoTime() > deadline) {
          for (String dead : others) {
            fs.delete(new Path(folder, dead), false);
          }
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    } finally {
      fs.delete(new Path(folder, own), false);
    }
  }
}

package org.saddlemap.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.saddlemap.load.Locations;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.spec.InvalidInput;

/**
 * Where everything lies in the folder of Parquet tables that all sweeps write to: {@code
 * location/<table>/sweep=<id>/…}. Readers may read while sweeps write; they ignore names that start
 * with {@code _} or {@code .}. What lies there, and how it gets there, is said by {@link Chunks},
 * {@link Catalogue}, {@link Reconciliation}, {@link Compaction}, {@link Retry} and {@link Removal}.
 *
 * <p>Not serializable: executors open their own by {@link #location()}.
 */
public final class Warehouse {
  /** Hadoop's setting by which Parquet's readers hold pages against their checksums. */
  public static final String VERIFY_PAGES = "parquet.page.verify-checksum.enabled";

  /** The tables that chunks are written to; the last one is a chunk's commit. */
  static final List<Table<?>> CHUNKED = List.of(Tables.CURVES, Tables.LAYERS, Tables.TRIALS);

  static final String PARTITION = "sweep=";

  /** Folders below the warehouse that readers ignore. */
  static final String QUARANTINE = "_quarantine";

  static final String COMPACTION = "_compaction";
  static final String REMOVED = "_removed";
  static final String RETRY = "_retry";

  private final Path root;
  private final Configuration conf;
  private final FileSystem fs;
  private final AtomicFiles files;

  private Warehouse(Path root, Configuration conf, FileSystem fs, AtomicFiles files) {
    this.root = root;
    this.conf = new Configuration(conf);
    this.conf.setBoolean(VERIFY_PAGES, true);
    this.fs = fs;
    this.files = files;
  }

  /**
   * Opens a warehouse; nothing is created before the first write.
   *
   * @param location a folder, on whatever file system Hadoop knows
   * @throws InvalidInput where that is no place for a warehouse
   */
  public static Warehouse open(String location, Configuration conf) throws IOException {
    Path given;
    FileSystem fs;
    try {
      given = Locations.path(location);
      fs = given.getFileSystem(conf);
    } catch (IllegalArgumentException | UnsupportedFileSystemException e) {
      throw new InvalidInput(
          "The warehouse '%s' is not a usable path: %s".formatted(location, e.getMessage()), e);
    }
    Path root = fs.makeQualified(given);
    FileSystem plain = LocalFiles.of(fs);
    try {
      if (!plain.getFileStatus(root).isDirectory()) {
        throw new InvalidInput("The warehouse '%s' is a file, not a folder".formatted(location));
      }
    } catch (FileNotFoundException e) {
      // The first write creates it.
    }
    return new Warehouse(
        root, conf, plain, new AtomicFiles(plain, conf, CommitStrategy.of(fs, root)));
  }

  /**
   * Creates the warehouse's folder where it is not there, and writes a file into it and deletes it
   * again.
   *
   * @throws InvalidInput where that cannot be done
   */
  public void requireWritable() {
    Path probe = path(AtomicFiles.temporaryName(""));
    try {
      if (!fs.mkdirs(root)) {
        throw new IOException("the folder cannot be created");
      }
      fs.create(probe, false).close();
      fs.delete(probe, false);
    } catch (IOException | FSError e) {
      throw new InvalidInput(
          "Cannot write to the warehouse %s: %s"
              .formatted(location(), String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  /** The absolute location with its scheme: the same place on every machine that can reach it. */
  public String location() {
    return root.toString();
  }

  Configuration configuration() {
    return conf;
  }

  FileSystem fileSystem() {
    return fs;
  }

  AtomicFiles files() {
    return files;
  }

  /** A warehouse in a folder of this one; its tables are none of this one's. */
  Warehouse within(String below) {
    return new Warehouse(path(below), conf, fs, files);
  }

  /** A path below the warehouse. */
  Path path(String below) {
    return new Path(root, below);
  }

  /** The folder of a table, whether it exists or not. */
  public Path folder(Table<?> table) {
    return new Path(root, table.name());
  }

  /** Whether the folder of a table exists. */
  public boolean hasFolder(Table<?> table) throws IOException {
    return fs.exists(folder(table));
  }

  /** The file of a chunk in a table, in its current folder, whether it exists or not. */
  Path file(Table<?> table, String sweepId, ChunkRange range) throws IOException {
    return new Path(currentFolder(table, sweepId), ChunkFile.name(range));
  }

  /** The file of a chunk as people are told of it: below the warehouse, in the table's folder. */
  static String relativeFile(Table<?> table, String sweepId, String name) {
    return table.name() + "/" + PARTITION + sweepId + "/" + name;
  }

  /** A sweep's own folder in a table, whether it exists or not. */
  Path folder(Table<?> table, String sweepId) {
    return partition(folder(table), sweepId);
  }

  /** What belongs to a sweep below a folder of the warehouse. */
  static Path partition(Path folder, String sweepId) {
    return new Path(folder, PARTITION + SweepId.require(sweepId));
  }

  /** The folder that holds a sweep's rows of a table now: its own, but for a {@link Compaction}. */
  Path currentFolder(Table<?> table, String sweepId) throws IOException {
    Path own = folder(table, sweepId);
    return CHUNKED.contains(table) ? compaction(sweepId).committed(table).orElse(own) : own;
  }

  CompactionFolder compaction(String sweepId) {
    return new CompactionFolder(fs, files, partition(path(COMPACTION), sweepId));
  }

  /**
   * The folders that hold a table's rows now, by sweep; nothing is asked of the folders of sweeps
   * that are not wanted. Whoever lists them should be ready to find one gone, and ask again: a
   * {@link Compaction} moves them.
   */
  public Map<String, Path> folders(Table<?> table, Predicate<String> wanted) throws IOException {
    Set<String> ids = new TreeSet<>(partitions(folder(table)));
    Set<String> compacted = partitions(path(COMPACTION));
    ids.addAll(compacted);
    ids.addAll(partitions(folder(table))); // One may have been between two places a moment ago.
    ids.removeAll(partitions(path(REMOVED)));
    ids.removeIf(wanted.negate());
    Map<String, Path> folders = new TreeMap<>();
    for (String id : ids) {
      Path own = folder(table, id);
      Path now = compacted.contains(id) ? currentFolder(table, id) : own;
      if (!now.equals(own) || fs.exists(own)) {
        folders.put(id, now);
      }
    }
    return folders;
  }

  /** Sweeps that have a partition in this folder. */
  Set<String> partitions(Path folder) throws IOException {
    return list(folder).stream()
        .map(status -> status.getPath().getName())
        .filter(name -> name.startsWith(PARTITION))
        .map(name -> name.substring(PARTITION.length()))
        .filter(SweepId::isValid)
        .collect(Collectors.toSet());
  }

  static boolean isHidden(String name) {
    return name.startsWith(".") || name.startsWith("_");
  }

  /** Names of what is in the folder that holds a sweep's rows of a table, hidden ones too. */
  List<String> names(Table<?> table, String sweepId) throws IOException {
    return list(table, sweepId).stream().map(s -> s.getPath().getName()).toList();
  }

  /** What is in the folder that holds a sweep's rows of a table. */
  List<FileStatus> list(Table<?> table, String sweepId) throws IOException {
    Path own = folder(table, sweepId);
    while (true) {
      Path now = currentFolder(table, sweepId);
      try {
        return List.of(fs.listStatus(now));
      } catch (FileNotFoundException e) {
        if (now.equals(own) && currentFolder(table, sweepId).equals(own) && !fs.exists(own)) {
          return List.of();
        }
        // A compaction has put another in its place in between.
      }
    }
  }

  /**
   * The files that hold a table's rows now, by sweep; sweeps without files are left out. A file may
   * be gone when it is read, as with {@link #folders}.
   */
  public Map<String, List<Path>> dataFiles(Table<?> table, Predicate<String> wanted)
      throws IOException {
    Map<String, List<Path>> files = new TreeMap<>();
    for (String sweep : folders(table, wanted).keySet()) {
      List<Path> own =
          list(table, sweep).stream()
              .filter(FileStatus::isFile)
              .map(FileStatus::getPath)
              .filter(p -> !isHidden(p.getName()) && p.getName().endsWith(".parquet"))
              .sorted()
              .toList();
      if (!own.isEmpty()) {
        files.put(sweep, own);
      }
    }
    return files;
  }

  /** What is in a folder; nothing where it does not exist. */
  List<FileStatus> list(Path folder) throws IOException {
    try {
      return List.of(fs.listStatus(folder));
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  /** Deletes a folder where it has nothing in it. */
  void deleteIfEmpty(Path folder) throws IOException {
    if (list(folder).isEmpty()) {
      fs.delete(folder, false);
    }
  }
}

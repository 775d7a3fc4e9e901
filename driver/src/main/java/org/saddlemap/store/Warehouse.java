package org.saddlemap.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.parquet.hadoop.ParquetReader;
import org.saddlemap.load.Locations;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.InvalidInput;

/**
 * The folder of Parquet tables that all sweeps write to: {@code location/<table>/sweep=<id>/…}. A
 * chunk is three files of one name, one in each of {@code curves}, {@code layers} and {@code
 * trials}; the last is written last and is the chunk's commit. Readers may read while sweeps write;
 * they ignore names that start with {@code _} or {@code .}.
 *
 * <p>Not serializable: executors open their own by {@link #location()}.
 */
public final class Warehouse {
  /** Keys of the files' key-value metadata. */
  public static final String SCHEMA_VERSION_KEY = "saddlemap.schema_version";

  public static final String SWEEP_KEY = "saddlemap.sweep";
  public static final String RANGE_KEY = "saddlemap.range";
  public static final String ROWS_KEY = "saddlemap.rows";

  /** Hadoop's setting by which Parquet's readers hold pages against their checksums. */
  public static final String VERIFY_PAGES = "parquet.page.verify-checksum.enabled";

  /** The tables that chunks are written to; the last one is a chunk's commit. */
  static final List<Table<?>> CHUNKED = List.of(Tables.CURVES, Tables.LAYERS, Tables.TRIALS);

  static final String PARTITION = "sweep=";

  /** Below the warehouse; readers ignore it. */
  static final String QUARANTINE = "_quarantine";

  private static final String SWEEP_FILE = "sweep.parquet";
  private static final String TEMPORARY_SUFFIX = ".tmp";
  private static final DateTimeFormatter QUARANTINE_NAME =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss.SSS", Locale.ROOT);

  private final Path root;
  private final Configuration conf;
  private final FileSystem fs;
  private final Placement placement;

  private Warehouse(Path root, Configuration conf, FileSystem fs, Placement placement) {
    this.root = root;
    this.conf = new Configuration(conf);
    this.conf.setBoolean(VERIFY_PAGES, true);
    this.fs = fs;
    this.placement = placement;
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
    // Without Hadoop's checksum files: they cannot be renamed together with their file, and
    // Parquet's pages carry checksums of their own.
    FileSystem plain = fs instanceof LocalFileSystem local ? local.getRaw() : fs;
    try {
      if (!plain.getFileStatus(root).isDirectory()) {
        throw new InvalidInput("The warehouse '%s' is a file, not a folder".formatted(location));
      }
    } catch (FileNotFoundException e) {
      // Comes with the first write.
    }
    return new Warehouse(root, conf, plain, Placement.of(fs, root));
  }

  /**
   * Creates the warehouse's folder where it is not there, and writes a file into it and deletes it
   * again.
   *
   * @throws InvalidInput where that cannot be done
   */
  public void requireWritable() {
    Path probe = path("." + UUID.randomUUID() + TEMPORARY_SUFFIX);
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

  Placement placement() {
    return placement;
  }

  /** A warehouse in a folder of this one; its tables are none of this one's. */
  Warehouse within(String below) {
    return new Warehouse(path(below), conf, fs, placement);
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

  /** The file of a chunk in a table, where it stands now, whether it exists or not. */
  Path file(Table<?> table, String sweepId, ChunkRange range) throws IOException {
    return new Path(standing(table, sweepId), range.fileName());
  }

  /** A sweep's own folder in a table, whether it exists or not. */
  Path folder(Table<?> table, String sweepId) {
    return new Path(folder(table), PARTITION + SweepId.require(sweepId));
  }

  /** The folder that holds a sweep's rows of a table now: its own, but for a {@link Compaction}. */
  Path standing(Table<?> table, String sweepId) throws IOException {
    Path own = folder(table, sweepId);
    return CHUNKED.contains(table) ? Compaction.committed(this, table, sweepId).orElse(own) : own;
  }

  /**
   * The folders that hold a table's rows now, by sweep. Whoever lists them should be ready to find
   * one gone, and ask again: a {@link Compaction} moves them.
   */
  public Map<String, Path> folders(Table<?> table) throws IOException {
    return folders(table, id -> true);
  }

  /** The same of these sweeps alone: nothing is asked of the folders of others. */
  public Map<String, Path> folders(Table<?> table, Predicate<String> wanted) throws IOException {
    Set<String> ids = new TreeSet<>(partitions(folder(table)));
    Set<String> compacted = partitions(path(Compaction.FOLDER));
    ids.addAll(compacted);
    ids.addAll(partitions(folder(table))); // one that was between two places a moment ago
    ids.removeAll(partitions(path(Removal.FOLDER)));
    ids.removeIf(wanted.negate());
    Map<String, Path> folders = new TreeMap<>();
    for (String id : ids) {
      Path own = folder(table, id);
      Path now = compacted.contains(id) ? standing(table, id) : own;
      if (!now.equals(own) || fs.exists(own)) {
        folders.put(id, now);
      }
    }
    return folders;
  }

  /** Sweeps that have a partition in this folder. */
  Set<String> partitions(Path folder) throws IOException {
    return list(folder)
        .map(status -> status.getPath().getName())
        .filter(name -> name.startsWith(PARTITION))
        .map(name -> name.substring(PARTITION.length()))
        .filter(SweepId::isValid)
        .collect(Collectors.toSet());
  }

  /** Whether the chunk's trials stand in the warehouse. */
  public boolean isCommitted(String sweepId, ChunkRange range) throws IOException {
    return fs.exists(file(Tables.TRIALS, sweepId, range));
  }

  /**
   * Writes and commits a chunk: curves, layers, then trials. Nothing happens where it is already
   * committed, so attempts may repeat and race; exactly one file of the chunk is left in each
   * table, and the three are of one attempt.
   *
   * @param records of trials in the range, in any order; may be fewer than the range (excluded
   *     points), or none
   * @return whether this call committed it
   * @throws IllegalArgumentException where a record is outside the range or stands twice
   */
  public boolean write(String sweepId, ChunkRange range, List<TrialRecord> records)
      throws IOException {
    List<TrialRecord> sorted = checked(range, records);
    if (isCommitted(sweepId, range)) {
      return false;
    }
    placeDetails(sweepId, range, sorted);
    if (place(Tables.TRIALS, sweepId, range, sorted, false)) {
      return true;
    }
    // Another attempt committed in between, and this one's curves and layers may stand beside its
    // trials by now. The other has nothing left to write, so that all three become this one's.
    placeDetails(sweepId, range, sorted);
    place(Tables.TRIALS, sweepId, range, sorted, true);
    return false;
  }

  private static List<TrialRecord> checked(ChunkRange range, List<TrialRecord> records) {
    Set<Long> seen = new HashSet<>();
    for (TrialRecord record : records) {
      long index = record.trial().index();
      if (!range.contains(index)) {
        throw new IllegalArgumentException(
            "Cannot write trial %d into the chunk %s".formatted(index, range));
      }
      if (!seen.add(index)) {
        throw new IllegalArgumentException("Cannot write trial %d twice".formatted(index));
      }
    }
    return records.stream().sorted(Comparator.comparingLong(r -> r.trial().index())).toList();
  }

  /** What stands before the commit: later attempts replace it, so that it belongs to the trials. */
  private void placeDetails(String sweepId, ChunkRange range, List<TrialRecord> records)
      throws IOException {
    place(
        Tables.CURVES,
        sweepId,
        range,
        records.stream()
            .flatMap(r -> r.curve().stream().map(p -> new Tables.Logged<>(r, p)))
            .toList(),
        true);
    place(
        Tables.LAYERS,
        sweepId,
        range,
        records.stream()
            .flatMap(r -> r.layers().stream().map(p -> new Tables.Logged<>(r, p)))
            .toList(),
        true);
  }

  private <R> boolean place(
      Table<R> table, String sweepId, ChunkRange range, List<R> rows, boolean replace)
      throws IOException {
    byte[] bytes = TableFile.bytes(table, rows, metadata(sweepId, range), conf);
    return place(file(table, sweepId, range), out -> out.write(bytes), replace);
  }

  static Map<String, String> metadata(String sweepId, ChunkRange range) {
    Map<String, String> metadata = metadata(sweepId);
    metadata.put(RANGE_KEY, range.from() + "-" + range.to());
    return metadata;
  }

  private static Map<String, String> metadata(String sweepId) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(SCHEMA_VERSION_KEY, Integer.toString(Tables.SCHEMA_VERSION));
    metadata.put(SWEEP_KEY, sweepId);
    return metadata;
  }

  /** What a file's digest says of it. */
  FileDigest.Finding digest(Path file) throws IOException {
    try (FSDataInputStream in = fs.open(file)) {
      return FileDigest.check(in);
    }
  }

  /**
   * Holds a file against its digest.
   *
   * @throws IOException where it is not as it was written
   */
  void requireDigest(Path file) throws IOException {
    if (digest(file) != FileDigest.Finding.RIGHT) {
      throw new IOException(
          "%s is not as it was written; 'saddlemap verify' says more".formatted(file));
    }
  }

  /** A file's bytes. */
  @FunctionalInterface
  interface Body {
    /** Writes them, and leaves the stream open. */
    void to(OutputStream out) throws IOException;
  }

  /** Lets a whole file appear; false where it stood there already and was to be kept. */
  private boolean place(Path target, Body body, boolean replace) throws IOException {
    if (!replace && fs.exists(target)) {
      return false;
    }
    return place(target, body, replace, true);
  }

  /** Lets a whole file appear, but not the folder that it is in: that must be there. */
  void placeIn(Path target, Body body) throws IOException {
    place(target, body, true, false);
  }

  private boolean place(Path target, Body body, boolean replace, boolean parents)
      throws IOException {
    if (placement == Placement.CLOSE) {
      writeWhole(target, body, parents);
      return true;
    }
    Path temporary =
        new Path(
            target.getParent(),
            "." + target.getName() + "." + UUID.randomUUID() + TEMPORARY_SUFFIX);
    try {
      writeWhole(temporary, body, parents);
      return rename(temporary, target, replace);
    } finally {
      fs.delete(temporary, false); // nothing, once it is renamed
    }
  }

  private boolean rename(Path temporary, Path target, boolean replace) throws IOException {
    if (fs.getUri().getScheme().equals("file")) {
      // POSIX: atomic, and takes the place of what another attempt has put there meanwhile.
      if (!fs.rename(temporary, target)) {
        throw new IOException("Cannot rename " + temporary + " to " + target);
      }
      return true;
    }
    if (replace && placement == Placement.RENAME) {
      FileContext.getFileContext(fs.getUri(), conf)
          .rename(temporary, target, Options.Rename.OVERWRITE);
      return true;
    }
    if (replace) {
      fs.delete(target, false); // of a store that nothing is known of, more cannot be asked
    }
    if (fs.rename(temporary, target)) {
      return true;
    }
    if (fs.exists(target)) {
      return false; // another attempt was faster
    }
    throw new IOException("Cannot rename " + temporary + " to " + target);
  }

  /** Where files can be renamed: gives a folder another path, in one step, where nothing stands. */
  void moveFolder(Path from, Path to) throws IOException {
    if (fs.getUri().getScheme().equals("file")) {
      if (fs.exists(to) || !fs.rename(from, to)) {
        throw new IOException("Cannot rename the folder " + from + " to " + to);
      }
    } else {
      FileContext.getFileContext(fs.getUri(), conf).rename(from, to, Options.Rename.NONE);
    }
  }

  private void writeWhole(Path path, Body body, boolean parents) throws IOException {
    FSDataOutputStream out =
        parents ? fs.create(path, true) : fs.createFile(path).overwrite(true).build();
    try {
      body.to(out);
      out.hsync();
    } catch (FSError e) {
      // How Hadoop says that a local disk is full or broken: an Error, though it is none.
      IOException cause = new IOException("Cannot write " + path + ": " + e.getMessage(), e);
      abandon(out, cause);
      throw cause;
    } catch (IOException | RuntimeException e) {
      abandon(out, e);
      throw e;
    }
    out.close();
  }

  /** On an object store, closing would publish the half that was written. */
  private void abandon(FSDataOutputStream out, Exception cause) {
    try {
      if (placement == Placement.CLOSE) {
        out.abort();
      } else {
        out.close();
      }
    } catch (IOException | RuntimeException | FSError e) {
      cause.addSuppressed(e);
    }
  }

  /** The chunks of a table's sweep, by file names alone, in order. */
  public List<ChunkRange> chunks(Table<?> table, String sweepId) throws IOException {
    return names(table, sweepId).stream()
        .flatMap(name -> ChunkRange.parse(name).stream())
        .sorted()
        .toList();
  }

  /** Which indices of its plan a sweep has committed, by file names alone. */
  public Coverage coverage(String sweepId) throws IOException {
    return Coverage.of(chunks(Tables.TRIALS, sweepId));
  }

  /**
   * Files in a sweep's folders that are no chunk's and no temporary ones either, by their path
   * below the warehouse, in order.
   */
  public List<String> foreign(String sweepId) throws IOException {
    List<String> foreign = new ArrayList<>();
    for (Table<?> table : CHUNKED) {
      for (String name : names(table, sweepId)) {
        if (!isHidden(name) && ChunkRange.parse(name).isEmpty()) {
          foreign.add(table.name() + "/" + PARTITION + sweepId + "/" + name);
        }
      }
    }
    return foreign.stream().sorted().toList();
  }

  /** Temporary files that a run which died, or still writes, has in a sweep's folders, in order. */
  public List<String> temporary(String sweepId) throws IOException {
    List<String> found = new ArrayList<>();
    for (Table<?> table : CHUNKED) {
      for (String name : names(table, sweepId)) {
        if (isTemporary(name)) {
          found.add(table.name() + "/" + PARTITION + sweepId + "/" + name);
        }
      }
    }
    return found.stream().sorted().toList();
  }

  /** Whether a file of that name in a sweep's folder of a table is one that this program writes. */
  boolean isOwn(Table<?> table, String name) {
    if (isTemporary(name)) {
      return true;
    }
    if (CHUNKED.contains(table)) {
      return ChunkRange.parse(name).isPresent();
    }
    return table.equals(Tables.SWEEPS)
        ? name.equals(SWEEP_FILE) || SweepLock.isFile(name)
        : name.equals(derived(table));
  }

  private static String derived(Table<?> table) {
    return table.name() + ".parquet";
  }

  static boolean isTemporary(String name) {
    return name.startsWith(".") && name.endsWith(TEMPORARY_SUFFIX);
  }

  /**
   * Deletes what interrupted runs of a sweep left behind: temporary files, and curves and layers
   * whose chunk was never committed (another cut of the plan would write their rows again). Only
   * for the sweep's single writer, before it starts.
   *
   * @return number of files deleted
   */
  public int clean(String sweepId) throws IOException {
    Set<ChunkRange> committed = new TreeSet<>(chunks(Tables.TRIALS, sweepId));
    int deleted = 0;
    for (Table<?> table : CHUNKED) {
      for (String name : names(table, sweepId)) {
        boolean temporary = isTemporary(name);
        boolean orphan = ChunkRange.parse(name).filter(r -> !committed.contains(r)).isPresent();
        if ((temporary || orphan) && fs.delete(new Path(folder(table, sweepId), name), false)) {
          deleted++;
        }
      }
    }
    for (String name : names(Tables.SWEEPS, sweepId)) {
      if (isTemporary(name) && fs.delete(new Path(folder(Tables.SWEEPS, sweepId), name), false)) {
        deleted++;
      }
    }
    return deleted;
  }

  /** Ids of all sweeps that have a folder in any table, in order. */
  public List<String> sweepIds() throws IOException {
    Set<String> ids = new TreeSet<>();
    for (Table<?> table : Tables.ALL) {
      ids.addAll(folders(table).keySet());
    }
    return List.copyOf(ids);
  }

  /**
   * Moves what must not stand where it is into {@code _quarantine}: chunks that overlap better ones
   * (an attempt that outlived its run has committed them), and chunks whose curves or layers are
   * gone. By file names alone. Only for the sweep's single writer.
   *
   * @return chunks moved; the plan may have holes now
   */
  public List<ChunkRange> settle(String sweepId) throws IOException {
    Set<ChunkRange> curves = new TreeSet<>(chunks(Tables.CURVES, sweepId));
    Set<ChunkRange> layers = new TreeSet<>(chunks(Tables.LAYERS, sweepId));
    List<ChunkRange> committed = chunks(Tables.TRIALS, sweepId);
    List<ChunkRange> whole =
        committed.stream().filter(c -> curves.contains(c) && layers.contains(c)).toList();
    Set<ChunkRange> kept = new TreeSet<>(Coverage.of(whole).disjoint());
    List<ChunkRange> moved = committed.stream().filter(c -> !kept.contains(c)).toList();
    if (!moved.isEmpty()) {
      Quarantine quarantine = quarantine(sweepId);
      for (ChunkRange chunk : moved) {
        quarantine.move(chunk);
      }
    }
    return moved;
  }

  /** A new folder below {@code _quarantine/<sweep>}; created with the first file. */
  Quarantine quarantine(String sweepId) throws IOException {
    return quarantine(sweepId, Instant.now());
  }

  Quarantine quarantine(String sweepId, Instant time) throws IOException {
    Path folder = new Path(path(QUARANTINE), SweepId.require(sweepId));
    String now = QUARANTINE_NAME.format(time.atOffset(ZoneOffset.UTC));
    String name = now;
    // A clock that goes back may give a name a second time.
    for (int i = 2; fs.exists(new Path(folder, name)); i++) {
      name = now + "-" + i;
    }
    return new Quarantine(sweepId, new Path(folder, name));
  }

  /** Takes files of one sweep out of the tables, and keeps them. */
  final class Quarantine {
    private final String sweepId;
    private final Path folder;

    private Quarantine(String sweepId, Path folder) {
      this.sweepId = sweepId;
      this.folder = folder;
    }

    Path folder() {
      return folder;
    }

    /** A chunk's files; its commit first, so that dying on the way leaves no half a chunk. */
    void move(ChunkRange chunk) throws IOException {
      for (Table<?> table : List.of(Tables.TRIALS, Tables.CURVES, Tables.LAYERS)) {
        move(table, chunk.fileName());
      }
    }

    /** A file of a table, where it is there. */
    void move(Table<?> table, String name) throws IOException {
      Path from = new Path(Warehouse.this.folder(table, sweepId), name);
      Path to = new Path(new Path(folder, table.name()), name);
      if (!fs.exists(from)) {
        return;
      }
      fs.mkdirs(to.getParent());
      if (!fs.rename(from, to)) {
        throw new IOException("Cannot move " + from + " to " + to);
      }
    }
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".") || name.startsWith("_");
  }

  private List<String> names(Table<?> table, String sweepId) throws IOException {
    return files(table, sweepId).stream().map(s -> s.getPath().getName()).toList();
  }

  /** What is in the folder that holds a sweep's rows of a table. */
  List<FileStatus> files(Table<?> table, String sweepId) throws IOException {
    Path own = folder(table, sweepId);
    while (true) {
      Path now = standing(table, sweepId);
      try {
        return List.of(fs.listStatus(now));
      } catch (FileNotFoundException e) {
        if (now.equals(own) && standing(table, sweepId).equals(own) && !fs.exists(own)) {
          return List.of();
        }
        // A compaction has put another in its place in between.
      }
    }
  }

  /**
   * The files that hold a table's rows now, by sweep; sweeps without files are left out. One may be
   * gone when it is read, as of {@link #folders}.
   */
  public Map<String, List<Path>> dataFiles(Table<?> table, Predicate<String> wanted)
      throws IOException {
    Map<String, List<Path>> files = new TreeMap<>();
    for (String sweep : folders(table, wanted).keySet()) {
      List<Path> own =
          files(table, sweep).stream()
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

  private Stream<FileStatus> list(Path folder) throws IOException {
    try {
      return Stream.of(fs.listStatus(folder));
    } catch (FileNotFoundException e) {
      return Stream.empty();
    }
  }

  /** Writes a sweep's row, or takes the place of the one that is there, in one step. */
  public void writeSweep(String sweepId, SweepRecord sweep) throws IOException {
    place(
        new Path(folder(Tables.SWEEPS, sweepId), SWEEP_FILE),
        bytes(Tables.SWEEPS, sweepId, List.of(sweep)),
        true);
  }

  /**
   * Writes what was derived from a sweep, such as {@link Tables#IMPORTANCE}, or takes the place of
   * what is there, in one step.
   */
  public <R> void writeDerived(Table<R> table, String sweepId, List<R> rows) throws IOException {
    place(new Path(folder(table, sweepId), derived(table)), bytes(table, sweepId, rows), true);
  }

  private <R> Body bytes(Table<R> table, String sweepId, List<R> rows) throws IOException {
    byte[] bytes = TableFile.bytes(table, rows, metadata(sweepId), conf);
    return out -> out.write(bytes);
  }

  /** The folder of a sweep's own row; the row itself is gone. */
  void deleteLocks(String sweepId) throws IOException {
    fs.delete(folder(Tables.SWEEPS, sweepId), true);
  }

  void deleteSweepRow(String sweepId) throws IOException {
    fs.delete(beside(sweepId, SWEEP_FILE), false);
  }

  /** Names in the folder of a sweep's own row, hidden ones too. */
  List<String> lockNames(String sweepId) throws IOException {
    return names(Tables.SWEEPS, sweepId);
  }

  /** Path of a file beside a sweep's own row. */
  private Path beside(String sweepId, String name) {
    return new Path(folder(Tables.SWEEPS, sweepId), name);
  }

  /** Creates a small file beside a sweep's row: of several callers at once one gets true. */
  boolean createBeside(String sweepId, String name, String text) throws IOException {
    Path path = beside(sweepId, name);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      if (fs.getUri().getScheme().equals("file")) {
        fs.mkdirs(path.getParent());
        Files.write(
            java.nio.file.Path.of(path.toUri().getPath()), bytes, StandardOpenOption.CREATE_NEW);
        return true;
      }
      return placement == Placement.RENAME
          ? create(path, bytes)
          : createClaimed(sweepId, name, bytes);
    } catch (FileAlreadyExistsException | org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false;
    }
  }

  private boolean create(Path path, byte[] bytes) throws IOException {
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
  private boolean createClaimed(String sweepId, String name, byte[] bytes) throws IOException {
    String prefix = "." + name + ".";
    String own = prefix + UUID.randomUUID() + TEMPORARY_SUFFIX;
    create(beside(sweepId, own), new byte[0]);
    long deadline = System.nanoTime() + SweepLock.STALE.toNanos();
    boolean withdrawn = false;
    try {
      while (true) {
        List<String> names = lockNames(sweepId);
        List<String> others =
            names.stream()
                .filter(n -> n.startsWith(prefix) && isTemporary(n) && !n.equals(own))
                .toList();
        if (names.contains(name) || (withdrawn && others.isEmpty())) {
          return false;
        }
        if (others.isEmpty()) {
          return create(beside(sweepId, name), bytes);
        }
        if (others.stream().anyMatch(n -> n.compareTo(own) < 0)) {
          deleteBeside(sweepId, own);
          withdrawn = true;
        }
        if (System.nanoTime() > deadline) {
          for (String dead : others) {
            deleteBeside(sweepId, dead);
          }
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    } finally {
      deleteBeside(sweepId, own);
    }
  }

  void replaceBeside(String sweepId, String name, String text) throws IOException {
    Body body = out -> out.write(text.getBytes(StandardCharsets.UTF_8));
    if (placement == Placement.COPY) {
      // Half a lock is read again; one that is gone for a moment would be lost.
      writeWhole(beside(sweepId, name), body, false);
    } else {
      place(beside(sweepId, name), body, true);
    }
  }

  /** Empty where there is none (any more). */
  Optional<String> readBeside(String sweepId, String name) throws IOException {
    try (FSDataInputStream in = fs.open(beside(sweepId, name))) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  void deleteBeside(String sweepId, String name) throws IOException {
    fs.delete(beside(sweepId, name), false);
  }

  /**
   * The sweep with that very id.
   *
   * @throws IOException where its row cannot be read; the message names the file
   */
  public Optional<StoredSweep> sweep(String sweepId) throws IOException {
    Path file = new Path(folder(Tables.SWEEPS, sweepId), SWEEP_FILE);
    if (!fs.exists(file) || Removal.isCommitted(this, sweepId)) {
      return Optional.empty();
    }
    try (ParquetReader<Row> reader = RowReader.open(file, conf, Set.of())) {
      Row row = reader.read();
      if (row == null) {
        throw new IOException("it has no row");
      }
      SweepRecord record = sweepRecord(row);
      Instant.parse(record.started());
      return Optional.of(new StoredSweep(sweepId, record));
    } catch (IOException | RuntimeException e) { // Parquet's own way to say that a file is none
      throw new IOException(
          "Cannot read %s: %s; its trials are not touched by that: move this file away, and 'saddlemap run' of its spec writes it anew"
              .formatted(file, String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  private static SweepRecord sweepRecord(Row row) {
    return new SweepRecord(
        row.text("name"),
        row.text("spec"),
        row.text("spec_path"),
        row.text("plan_digest"),
        row.text("data_fingerprint"),
        row.text("data_summary"),
        row.find("training_rows").map(Long.class::cast).orElse(null),
        row.whole("planned_trials"),
        row.text("version"),
        row.text("spark_version"),
        row.text("started"),
        row.findText("finished").orElse(null),
        row.findText("tags").orElse(null),
        row.findText("note").orElse(null));
  }

  /**
   * The sweeps of a warehouse.
   *
   * @param readable the newest first
   * @param unreadable what is wrong with the rows of the others, each naming its file
   */
  public record Sweeps(List<StoredSweep> readable, List<IOException> unreadable) {
    public Sweeps {
      readable = List.copyOf(readable);
      unreadable = List.copyOf(unreadable);
    }
  }

  /** All sweeps that have a row. */
  public Sweeps sweeps() throws IOException {
    return sweeps(id -> true);
  }

  /** The sweeps of that name. */
  public Sweeps sweeps(String name) throws IOException {
    return sweeps(id -> SweepId.name(id).equals(name));
  }

  private Sweeps sweeps(Predicate<String> wanted) throws IOException {
    List<StoredSweep> sweeps = new ArrayList<>();
    List<IOException> unreadable = new ArrayList<>();
    for (String id : partitions(folder(Tables.SWEEPS))) {
      if (wanted.test(id)) {
        try {
          sweep(id).ifPresent(sweeps::add);
        } catch (IOException e) {
          unreadable.add(e);
        }
      }
    }
    sweeps.sort(
        Comparator.comparing((StoredSweep s) -> Instant.parse(s.record().started()))
            .reversed()
            .thenComparing(StoredSweep::id));
    return new Sweeps(sweeps, unreadable);
  }

  /**
   * The sweep that is meant: by its id, else the newest of that name; without a reference the
   * newest of all.
   *
   * @throws InvalidInput where there is none
   * @throws IOException where a row that may be meant cannot be read; others do not matter
   */
  public StoredSweep find(Optional<String> reference) throws IOException {
    if (reference.isPresent()) {
      String wanted = reference.get();
      Optional<StoredSweep> exactly = SweepId.isValid(wanted) ? sweep(wanted) : Optional.empty();
      if (exactly.isPresent()) {
        return exactly.get();
      }
      List<StoredSweep> named = requireReadable(sweeps(wanted));
      if (!named.isEmpty()) {
        return named.get(0);
      }
    }
    List<StoredSweep> all = requireReadable(sweeps());
    if (all.isEmpty()) {
      throw new InvalidInput("The warehouse %s holds no sweep yet".formatted(location()));
    }
    if (reference.isEmpty()) {
      return all.get(0);
    }
    throw new InvalidInput(
        "The warehouse %s holds no sweep '%s'. %s"
            .formatted(location(), reference.get(), Suggestion.among(reference.get(), known(all))));
  }

  private static List<StoredSweep> requireReadable(Sweeps sweeps) throws IOException {
    if (!sweeps.unreadable().isEmpty()) {
      throw sweeps.unreadable().get(0);
    }
    return sweeps.readable();
  }

  private static List<String> known(List<StoredSweep> sweeps) {
    return sweeps.stream().flatMap(s -> Stream.of(s.record().name(), s.id())).distinct().toList();
  }
}

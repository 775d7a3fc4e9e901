package org.saddlemap.store;

import java.io.FileNotFoundException;
import java.io.IOException;
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
import java.util.TreeSet;
import java.util.UUID;
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
import org.saddlemap.record.CurvePoint;
import org.saddlemap.record.LayerPoint;
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

  private static final String PARTITION = "sweep=";
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
      given = new Path(location);
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
    return new Warehouse(root, conf, plain, Placement.of(fs.getUri().getScheme()));
  }

  /** The absolute location with its scheme: the same place on every machine that can reach it. */
  public String location() {
    return root.toString();
  }

  Configuration configuration() {
    return conf;
  }

  /** The folder of a table, whether it exists or not. */
  public Path folder(Table<?> table) {
    return new Path(root, table.name());
  }

  /** Whether the folder of a table exists. */
  public boolean hasFolder(Table<?> table) throws IOException {
    return fs.exists(folder(table));
  }

  /** The file of a chunk in a table, whether it exists or not. */
  Path file(Table<?> table, String sweepId, ChunkRange range) {
    return new Path(folder(table, sweepId), range.fileName());
  }

  private Path folder(Table<?> table, String sweepId) {
    return new Path(folder(table), PARTITION + SweepId.require(sweepId));
  }

  /** Whether the chunk's trials stand in the warehouse. */
  public boolean isCommitted(String sweepId, ChunkRange range) throws IOException {
    return fs.exists(file(Tables.TRIALS, sweepId, range));
  }

  /**
   * Writes and commits a chunk: curves, layers, then trials. Nothing happens where it is already
   * committed, so attempts may repeat and race; exactly one file of the chunk is left in each
   * table.
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
    return place(Tables.TRIALS, sweepId, range, sorted, false);
  }

  /**
   * Like {@link #write}, but takes the place of what is committed; for records that were read from
   * there and decided anew.
   */
  public void replace(String sweepId, ChunkRange range, List<TrialRecord> records)
      throws IOException {
    List<TrialRecord> sorted = checked(range, records);
    placeDetails(sweepId, range, sorted);
    place(Tables.TRIALS, sweepId, range, sorted, true);
  }

  /**
   * Puts these trials' rows in place of those that a committed chunk holds of them; all other rows
   * stay as they are, bit by bit. In one step for a reader of the trials; their curves and layers
   * come a moment before.
   *
   * @throws IllegalArgumentException where a record is outside the range or stands twice
   */
  public void replaceTrials(String sweepId, ChunkRange range, List<TrialRecord> records)
      throws IOException {
    List<TrialRecord> sorted = checked(range, records);
    if (sorted.isEmpty()) {
      return;
    }
    Set<String> ids = new HashSet<>();
    sorted.forEach(r -> ids.add(r.id().hex()));
    TrialReader reader = new TrialReader(this);
    List<Row> curves = others(reader.rows(Tables.CURVES, sweepId, range), ids);
    List<Row> layers = others(reader.rows(Tables.LAYERS, sweepId, range), ids);
    List<Row> trials = others(reader.rows(Tables.TRIALS, sweepId, range), ids);
    for (TrialRecord r : sorted) {
      r.curve()
          .forEach(p -> curves.add(Row.of(Tables.CURVES, new Tables.Logged<CurvePoint>(r, p))));
      r.layers()
          .forEach(p -> layers.add(Row.of(Tables.LAYERS, new Tables.Logged<LayerPoint>(r, p))));
      trials.add(Row.of(Tables.TRIALS, r));
    }
    trials.sort(Comparator.comparingLong(row -> row.whole("plan_index")));
    place(Row.copies(Tables.CURVES), sweepId, range, curves, true);
    place(Row.copies(Tables.LAYERS), sweepId, range, layers, true);
    place(Row.copies(Tables.TRIALS), sweepId, range, trials, true);
  }

  private static List<Row> others(List<Row> rows, Set<String> ids) {
    return rows.stream()
        .filter(row -> !ids.contains(row.text("trial_id")))
        .collect(Collectors.toCollection(ArrayList::new));
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
    Map<String, String> metadata = metadata(sweepId, rows.size());
    metadata.put(RANGE_KEY, range.from() + "-" + range.to());
    return place(
        file(table, sweepId, range), TableFile.bytes(table, rows, metadata, conf), replace);
  }

  private static Map<String, String> metadata(String sweepId, int rows) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(SCHEMA_VERSION_KEY, Integer.toString(Tables.SCHEMA_VERSION));
    metadata.put(SWEEP_KEY, sweepId);
    metadata.put(ROWS_KEY, Integer.toString(rows));
    return metadata;
  }

  /** Bytes of a file of a table. */
  byte[] read(Table<?> table, String sweepId, String name) throws IOException {
    try (FSDataInputStream in = fs.open(new Path(folder(table, sweepId), name))) {
      return in.readAllBytes();
    }
  }

  /** Lets a whole file appear; false where it stood there already and was to be kept. */
  private boolean place(Path target, byte[] bytes, boolean replace) throws IOException {
    if (!replace && fs.exists(target)) {
      return false;
    }
    if (placement == Placement.CLOSE) {
      writeWhole(target, bytes);
      return true;
    }
    Path temporary =
        new Path(
            target.getParent(),
            "." + target.getName() + "." + UUID.randomUUID() + TEMPORARY_SUFFIX);
    try {
      writeWhole(temporary, bytes);
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
    if (replace) {
      FileContext.getFileContext(fs.getUri(), conf)
          .rename(temporary, target, Options.Rename.OVERWRITE);
      return true;
    }
    if (fs.rename(temporary, target)) {
      return true;
    }
    if (fs.exists(target)) {
      return false; // another attempt was faster
    }
    throw new IOException("Cannot rename " + temporary + " to " + target);
  }

  private void writeWhole(Path path, byte[] bytes) throws IOException {
    FSDataOutputStream out = fs.create(path, true);
    try {
      out.write(bytes);
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
    for (Table<?> table : List.of(Tables.CURVES, Tables.LAYERS, Tables.TRIALS)) {
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
    for (Table<?> table : List.of(Tables.CURVES, Tables.LAYERS, Tables.TRIALS)) {
      for (String name : names(table, sweepId)) {
        if (isTemporary(name)) {
          found.add(table.name() + "/" + PARTITION + sweepId + "/" + name);
        }
      }
    }
    return found.stream().sorted().toList();
  }

  private static boolean isTemporary(String name) {
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
    for (Table<?> table : List.of(Tables.CURVES, Tables.LAYERS, Tables.TRIALS)) {
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
      for (FileStatus status : list(folder(table)).toList()) {
        String name = status.getPath().getName();
        if (name.startsWith(PARTITION) && SweepId.isValid(name.substring(PARTITION.length()))) {
          ids.add(name.substring(PARTITION.length()));
        }
      }
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
    Path folder = new Path(new Path(root, "_quarantine"), SweepId.require(sweepId));
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
    return list(folder(table, sweepId)).map(s -> s.getPath().getName()).toList();
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
        TableFile.bytes(Tables.SWEEPS, List.of(sweep), metadata(sweepId, 1), conf),
        true);
  }

  /**
   * Writes what was derived from a sweep, such as {@link Tables#IMPORTANCE}, or takes the place of
   * what is there, in one step.
   */
  public <R> void writeDerived(Table<R> table, String sweepId, List<R> rows) throws IOException {
    place(
        new Path(folder(table, sweepId), table.name() + ".parquet"),
        TableFile.bytes(table, rows, metadata(sweepId, rows.size()), conf),
        true);
  }

  /** Names in the folder of a sweep's own row, hidden ones too. */
  List<String> lockNames(String sweepId) throws IOException {
    return names(Tables.SWEEPS, sweepId);
  }

  /** Path of a file beside a sweep's own row. */
  private Path beside(String sweepId, String name) {
    return new Path(folder(Tables.SWEEPS, sweepId), name);
  }

  /**
   * Creates a small file beside a sweep's row, in one step where the file system can: of several
   * callers one gets true.
   */
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
      try (FSDataOutputStream out = fs.create(path, false)) {
        out.write(bytes);
      }
      return true;
    } catch (FileAlreadyExistsException | org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false;
    }
  }

  void replaceBeside(String sweepId, String name, String text) throws IOException {
    place(beside(sweepId, name), text.getBytes(StandardCharsets.UTF_8), true);
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
    if (!fs.exists(file)) {
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
        row.whole("planned_trials"),
        row.text("version"),
        row.text("spark_version"),
        row.text("started"),
        row.findText("finished").orElse(null));
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
    for (FileStatus status : list(folder(Tables.SWEEPS)).toList()) {
      String name = status.getPath().getName();
      String id = name.startsWith(PARTITION) ? name.substring(PARTITION.length()) : "";
      if (SweepId.isValid(id) && wanted.test(id)) {
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

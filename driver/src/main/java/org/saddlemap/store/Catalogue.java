package org.saddlemap.store;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetReader;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.spec.InvalidInput;

/**
 * Which sweeps a warehouse holds: their rows in the table {@code sweeps}, found by id or name, and
 * what was derived from a sweep as a whole.
 */
public final class Catalogue {
  static final String SWEEP_FILE = "sweep.parquet";

  private final Warehouse warehouse;

  public Catalogue(Warehouse warehouse) {
    this.warehouse = warehouse;
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

  /** The name of a file of rows that were derived from a sweep. */
  static String derivedFile(Table<?> table) {
    return table.name() + ".parquet";
  }

  /** Writes a sweep's row, or takes the place of the one that is there, in one step. */
  public void write(String sweepId, SweepRecord sweep) throws IOException {
    write(Tables.SWEEPS, row(sweepId), sweepId, List.of(sweep));
  }

  /**
   * Writes what was derived from a sweep, such as {@link Tables#IMPORTANCE}, or takes the place of
   * what is there, in one step.
   */
  public <R> void writeDerived(Table<R> table, String sweepId, List<R> rows) throws IOException {
    write(table, new Path(warehouse.folder(table, sweepId), derivedFile(table)), sweepId, rows);
  }

  private <R> void write(Table<R> table, Path file, String sweepId, List<R> rows)
      throws IOException {
    byte[] bytes =
        TableFile.bytes(table, rows, Footer.metadata(sweepId), warehouse.configuration());
    warehouse.files().write(file, out -> out.write(bytes));
  }

  /** Deletes a sweep's row; the lock beside it stays. */
  void delete(String sweepId) throws IOException {
    warehouse.fileSystem().delete(row(sweepId), false);
  }

  private Path row(String sweepId) {
    return new Path(warehouse.folder(Tables.SWEEPS, sweepId), SWEEP_FILE);
  }

  /**
   * The sweep with that very id.
   *
   * @throws IOException where its row cannot be read; the message names the file
   */
  public Optional<StoredSweep> sweep(String sweepId) throws IOException {
    Path file = row(sweepId);
    if (!warehouse.fileSystem().exists(file) || Removal.isCommitted(warehouse, sweepId)) {
      return Optional.empty();
    }
    try (ParquetReader<Row> reader = RowReader.open(file, warehouse.configuration(), Set.of())) {
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
    for (String id : warehouse.partitions(warehouse.folder(Tables.SWEEPS))) {
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
      throw new InvalidInput("The warehouse %s holds no sweep yet".formatted(warehouse.location()));
    }
    if (reference.isEmpty()) {
      return all.get(0);
    }
    throw new InvalidInput(
        "The warehouse %s holds no sweep '%s'. %s"
            .formatted(
                warehouse.location(),
                reference.get(),
                Suggestion.among(reference.get(), known(all))));
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

package org.saddlemap.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.IndexSet;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.VerdictRule;

/** Reads trials back from a warehouse, without Spark: one of them, a chunk's, or a sweep's. */
public final class TrialReader {
  private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{6,64}");
  private static final String ID = "trial_id";
  private static final String INDEX = "plan_index";
  private static final int ID_DIGITS = 64;

  private final Warehouse warehouse;

  public TrialReader(Warehouse warehouse) {
    this.warehouse = warehouse;
  }

  /**
   * What a file's footer says.
   *
   * @param rows by Parquet's own count
   * @param metadata key-value metadata, with the keys of {@link Warehouse}
   */
  public record Footer(long rows, Map<String, String> metadata) {
    public Footer {
      metadata = Map.copyOf(metadata);
    }
  }

  /**
   * Reads a chunk file's footer alone.
   *
   * @throws IOException where the file is missing or no Parquet file
   */
  public Footer footer(Table<?> table, String sweepId, ChunkRange chunk) throws IOException {
    Path file = warehouse.file(table, sweepId, chunk);
    try (ParquetFileReader reader = RowReader.footer(file, warehouse.configuration())) {
      return new Footer(
          reader.getRecordCount(), reader.getFooter().getFileMetaData().getKeyValueMetaData());
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw unreadable(file, e); // Parquet has many ways to say that it is none
    }
  }

  /** A chunk's trials, in the order of the plan. */
  public List<StoredTrial> trials(String sweepId, ChunkRange chunk) throws IOException {
    List<StoredTrial> trials = new ArrayList<>();
    forEach(
        Tables.TRIALS,
        sweepId,
        chunk,
        Set.of(),
        row -> trials.add(new StoredTrial(sweepId, chunk, row)));
    return trials;
  }

  /**
   * Shows every trial of a sweep, in the order of the plan, holding one at a time; each once, also
   * while a {@link Compaction} moves the files.
   */
  public void forEach(String sweepId, Consumer<StoredTrial> action) throws IOException {
    forEach(
        sweepId,
        Set.of(),
        FilterCompat.NOOP,
        (chunk, row) -> action.accept(new StoredTrial(sweepId, chunk, row)));
  }

  /**
   * Where a chunk is gone, a {@link Compaction} has put a larger one in its place; this goes on in
   * there.
   *
   * @param only columns to read, {@code plan_index} among them; empty for all
   */
  private void forEach(
      String sweepId,
      Set<String> only,
      FilterCompat.Filter filter,
      BiConsumer<ChunkRange, Row> action)
      throws IOException {
    List<ChunkRange> chunks = warehouse.chunks(Tables.TRIALS, sweepId);
    long[] reached = {0};
    long shown = 0; // numbers below this were shown before the chunks were listed again
    for (int i = 0; i < chunks.size(); ) {
      ChunkRange chunk = chunks.get(i);
      long from = shown;
      try {
        forEach(
            warehouse,
            warehouse.file(Tables.TRIALS, sweepId, chunk),
            only,
            filter,
            row -> {
              long index = row.whole(INDEX);
              if (index >= from) {
                reached[0] = Math.max(reached[0], index + 1);
                action.accept(chunk, row);
              }
            });
        reached[0] = Math.max(reached[0], chunk.to());
        i++;
      } catch (IOException e) {
        List<ChunkRange> now = warehouse.chunks(Tables.TRIALS, sweepId);
        if (now.contains(chunk)) {
          throw e;
        }
        long next = reached[0];
        chunks = now.stream().filter(c -> c.to() > next).toList();
        shown = next;
        i = 0;
      }
    }
  }

  /** A chunk's trials with their curves and layers, as they were written. */
  public List<TrialRecord> records(String sweepId, ChunkRange chunk) throws IOException {
    Map<String, List<CurvePoint>> curves = new LinkedHashMap<>();
    forEach(
        Tables.CURVES,
        sweepId,
        chunk,
        Set.of(),
        row -> curves.computeIfAbsent(row.text(ID), k -> new ArrayList<>()).add(curvePoint(row)));
    Map<String, List<LayerPoint>> layers = new LinkedHashMap<>();
    forEach(
        Tables.LAYERS,
        sweepId,
        chunk,
        Set.of(),
        row -> layers.computeIfAbsent(row.text(ID), k -> new ArrayList<>()).add(layerPoint(row)));
    List<TrialRecord> records = new ArrayList<>();
    forEach(
        Tables.TRIALS,
        sweepId,
        chunk,
        Set.of(),
        row -> {
          StoredTrial t = new StoredTrial(sweepId, chunk, row);
          records.add(
              t.record(
                  curves.getOrDefault(t.id().hex(), List.of()),
                  layers.getOrDefault(t.id().hex(), List.of())));
        });
    return records;
  }

  /**
   * A chunk's trials with these ids that have completed, judged by the rule as it is now, with
   * their curves and layers, by id. Holds these alone.
   *
   * @param numbers of the sweep's plan that they stand under
   */
  public Map<String, TrialRecord> completed(
      String sweepId, ChunkRange chunk, IndexSet numbers, Set<String> ids) throws IOException {
    Map<String, StoredTrial> trials = new LinkedHashMap<>();
    forEach(
        warehouse,
        warehouse.file(Tables.TRIALS, sweepId, chunk),
        Set.of(),
        RowReader.having(INDEX, numbers),
        row -> {
          StoredTrial trial = new StoredTrial(sweepId, chunk, row);
          if (ids.contains(row.text(ID))
              && trial.status() == TrialStatus.COMPLETED
              && trial.ruleVersion() == VerdictRule.VERSION) {
            trials.put(row.text(ID), trial);
          }
        });
    Map<String, List<CurvePoint>> curves = new LinkedHashMap<>();
    Map<String, List<LayerPoint>> layers = new LinkedHashMap<>();
    if (!trials.isEmpty()) {
      forEach(
          Tables.CURVES,
          sweepId,
          chunk,
          Set.of(),
          row -> collect(row, trials, curves, curvePoint(row)));
      forEach(
          Tables.LAYERS,
          sweepId,
          chunk,
          Set.of(),
          row -> collect(row, trials, layers, layerPoint(row)));
    }
    Map<String, TrialRecord> records = new LinkedHashMap<>();
    trials.forEach(
        (id, trial) ->
            records.put(
                id,
                trial.record(
                    curves.getOrDefault(id, List.of()), layers.getOrDefault(id, List.of()))));
    return records;
  }

  private static <P> void collect(
      Row row, Map<String, StoredTrial> trials, Map<String, List<P>> points, P point) {
    if (trials.containsKey(row.text(ID))) {
      points.computeIfAbsent(row.text(ID), id -> new ArrayList<>()).add(point);
    }
  }

  /** A trial's logged steps, in order. */
  public List<CurvePoint> curve(StoredTrial trial) throws IOException {
    List<CurvePoint> points = new ArrayList<>();
    forEachOf(Tables.CURVES, trial, row -> points.add(curvePoint(row)));
    return points;
  }

  /** A trial's layers, in the order in which they were recorded. */
  public List<LayerPoint> layers(StoredTrial trial) throws IOException {
    List<LayerPoint> points = new ArrayList<>();
    forEachOf(Tables.LAYERS, trial, row -> points.add(layerPoint(row)));
    return points;
  }

  /** A trial with all that was recorded of it. */
  public TrialRecord record(StoredTrial trial) throws IOException {
    return trial.record(curve(trial), layers(trial));
  }

  /**
   * The trial whose id starts so. Reads two columns of every chunk, and of a whole id only what
   * Bloom filters do not rule out; a trial that stands in several sweeps is taken from the first of
   * them.
   *
   * @param sweepIds where to look, in this order
   * @param prefix at least 6 hexadecimal digits
   * @throws InvalidInput where there is no such trial, or more than one
   */
  public StoredTrial find(List<String> sweepIds, String prefix) throws IOException {
    String wanted = prefix.strip().toLowerCase(Locale.ROOT);
    if (!PREFIX.matcher(wanted).matches()) {
      throw new InvalidInput(
          "'%s' is no trial: give 6 to 64 hexadecimal digits of its trial_id".formatted(prefix));
    }
    // A whole id is looked for by Bloom filters, and stands for one trial wherever it is.
    boolean whole = wanted.length() == ID_DIGITS;
    FilterCompat.Filter filter = whole ? RowReader.having(ID, wanted) : FilterCompat.NOOP;
    Map<String, StoredTrial> found = new LinkedHashMap<>();
    for (String sweepId : sweepIds) {
      Map<String, Long> there = new TreeMap<>();
      forEach(
          sweepId,
          Set.of(INDEX, ID),
          filter,
          (chunk, row) -> {
            if (row.text(ID).startsWith(wanted)) {
              there.put(row.text(ID), row.whole(INDEX));
            }
          });
      there.keySet().removeAll(found.keySet());
      IndexSet numbers = new IndexSet();
      there.values().forEach(numbers::add);
      if (!there.isEmpty()) {
        forEach(
            sweepId,
            Set.of(),
            RowReader.having(INDEX, numbers),
            (chunk, row) -> {
              if (there.containsKey(row.text(ID))) {
                found.put(row.text(ID), new StoredTrial(sweepId, chunk, row));
              }
            });
      }
      if (whole && !found.isEmpty()) {
        break;
      }
    }
    if (found.isEmpty()) {
      throw new InvalidInput(
          "There is no trial whose id starts with %s in %s"
              .formatted(
                  wanted,
                  sweepIds.isEmpty()
                      ? "the warehouse " + warehouse.location()
                      : "the sweep" + (sweepIds.size() == 1 ? " " : "s ") + some(sweepIds)));
    }
    if (found.size() > 1) {
      throw new InvalidInput(
          "%d trials start with %s: %s; give more digits"
              .formatted(found.size(), wanted, some(found.keySet())));
    }
    return found.values().iterator().next();
  }

  /** {@code plan_index} by {@code trial_id} for a chunk's trials, in the order of the plan. */
  public List<Map.Entry<Long, String>> ids(String sweepId, ChunkRange chunk) throws IOException {
    List<Map.Entry<Long, String>> ids = new ArrayList<>();
    forEach(
        Tables.TRIALS,
        sweepId,
        chunk,
        Set.of(INDEX, ID),
        row -> ids.add(Map.entry(row.whole(INDEX), row.text(ID))));
    return ids;
  }

  /** A chunk's rows of a table as they stand, in their order. */
  List<Row> rows(Table<?> table, String sweepId, ChunkRange chunk) throws IOException {
    List<Row> rows = new ArrayList<>();
    forEach(table, sweepId, chunk, Set.of(), rows::add);
    return rows;
  }

  private void forEachOf(Table<?> table, StoredTrial trial, Consumer<Row> action)
      throws IOException {
    String id = trial.id().hex();
    long index = trial.trial().index();
    ChunkRange chunk =
        warehouse.chunks(table, trial.sweepId()).stream()
            .filter(c -> c.contains(index)) // a compaction may have put it elsewhere meanwhile
            .findFirst()
            .orElse(trial.chunk());
    forEach(
        warehouse,
        warehouse.file(table, trial.sweepId(), chunk),
        Set.of(),
        RowReader.having(ID, id),
        action);
  }

  /** Shows a chunk's rows of a table as they stand, in their order, holding one at a time. */
  void forEach(
      Table<?> table, String sweepId, ChunkRange chunk, Set<String> only, Consumer<Row> action)
      throws IOException {
    forEach(warehouse, warehouse.file(table, sweepId, chunk), only, action);
  }

  /**
   * Shows a file's rows.
   *
   * @param only columns to read; empty for all
   */
  static void forEach(Warehouse warehouse, Path file, Set<String> only, Consumer<Row> action)
      throws IOException {
    forEach(warehouse, file, only, FilterCompat.NOOP, action);
  }

  private static void forEach(
      Warehouse warehouse,
      Path file,
      Set<String> only,
      FilterCompat.Filter filter,
      Consumer<Row> action)
      throws IOException {
    try (ParquetReader<Row> reader = open(warehouse, file, only, filter)) {
      for (Row row = read(reader, file); row != null; row = read(reader, file)) {
        try {
          action.accept(row);
        } catch (IllegalArgumentException
            | IllegalStateException
            | ClassCastException
            | ArithmeticException e) {
          throw unreadable(file, e); // a value that no trial has
        }
      }
    }
  }

  private static ParquetReader<Row> open(
      Warehouse warehouse, Path file, Set<String> only, FilterCompat.Filter filter)
      throws IOException {
    try {
      return RowReader.open(file, warehouse.configuration(), only, filter);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw unreadable(file, e);
    }
  }

  private static Row read(ParquetReader<Row> reader, Path file) throws IOException {
    try {
      return reader.read();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw unreadable(file, e);
    }
  }

  /** Memory runs out where damaged bytes claim a size that no file has. */
  private static IOException unreadable(Path file, Throwable cause) {
    return new IOException("Cannot read %s: %s".formatted(file, firstLine(cause)), cause);
  }

  private static String firstLine(Throwable cause) {
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.toString());
  }

  private static CurvePoint curvePoint(Row row) {
    return new CurvePoint(
        Math.toIntExact(row.whole("step")),
        row.kinded("loss"),
        row.number("gradient_norm"),
        row.flag("clipped"),
        row.number("step_size"));
  }

  private static LayerPoint layerPoint(Row row) {
    return new LayerPoint(
        Math.toIntExact(row.whole("layer")),
        LayerPoint.Moment.valueOf(row.text("moment").toUpperCase(Locale.ROOT)),
        Math.toIntExact(row.whole("units")),
        row.number("forward_norm"),
        row.number("backward_norm"),
        row.number("gradient_norm"),
        row.number("gradient_share"),
        row.number("weight_norm"),
        row.number("dead"),
        row.number("saturated"),
        Math.toIntExact(row.whole("distinct_units")),
        row.number("active"));
  }

  private static String some(Iterable<String> names) {
    List<String> all = new ArrayList<>();
    names.forEach(all::add);
    int shown = Math.min(10, all.size());
    return String.join(", ", all.subList(0, shown))
        + (all.size() > shown ? ", and " + (all.size() - shown) + " more" : "");
  }
}

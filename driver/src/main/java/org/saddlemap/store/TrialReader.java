package org.saddlemap.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.IndexSet;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.record.RowOutcome;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.VerdictRule;

/** Reads trials back from a warehouse, without Spark: one of them, a chunk's, or a sweep's. */
public final class TrialReader {
  static final String ID = "trial_id";
  static final String INDEX = "plan_index";

  private final Warehouse warehouse;
  private final Chunks chunks;

  public TrialReader(Warehouse warehouse) {
    this.warehouse = warehouse;
    this.chunks = new Chunks(warehouse);
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

  /** Takes what a map shows of a trial. */
  @FunctionalInterface
  public interface OutcomeAction {
    /**
     * @param index number in the plan
     * @param outcome as {@link RowOutcome} says it
     * @param margin of the verdict, in decades; NaN where there is none
     */
    void accept(long index, String outcome, double margin);
  }

  /** Shows how a chunk's trials ended, in the order of the plan; four columns are read. */
  public void outcomes(String sweepId, ChunkRange chunk, OutcomeAction action) throws IOException {
    forEach(
        Tables.TRIALS,
        sweepId,
        chunk,
        Set.of(INDEX, "status", "category", "margin"),
        row ->
            action.accept(
                row.whole(INDEX),
                RowOutcome.of(row.text("status"), row.findText("category")),
                row.number("margin")));
  }

  /** The trial with that number in the plan; empty where it has no row in this chunk. */
  public Optional<StoredTrial> trial(String sweepId, ChunkRange chunk, long index)
      throws IOException {
    IndexSet one = new IndexSet();
    one.add(index);
    List<StoredTrial> found = new ArrayList<>();
    RowReader.forEach(
        warehouse.file(Tables.TRIALS, sweepId, chunk),
        warehouse.configuration(),
        Set.of(),
        RowReader.having(INDEX, one),
        row -> found.add(new StoredTrial(sweepId, chunk, row)));
    return found.stream().findFirst();
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
   * Shows rows of a sweep's trials. Where a chunk is gone, a {@link Compaction} has put a larger
   * one in its place, and this goes on in there.
   *
   * @param only columns to read, {@code plan_index} among them; empty for all
   */
  void forEach(
      String sweepId,
      Set<String> only,
      FilterCompat.Filter filter,
      BiConsumer<ChunkRange, Row> action)
      throws IOException {
    List<ChunkRange> left = chunks.list(Tables.TRIALS, sweepId);
    long[] reached = {0};
    long shown = 0; // Numbers below this were shown before the chunks were listed again.
    for (int i = 0; i < left.size(); ) {
      ChunkRange chunk = left.get(i);
      long from = shown;
      try {
        RowReader.forEach(
            warehouse.file(Tables.TRIALS, sweepId, chunk),
            warehouse.configuration(),
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
        List<ChunkRange> now = chunks.list(Tables.TRIALS, sweepId);
        if (now.contains(chunk)) {
          throw e;
        }
        long next = reached[0];
        left = now.stream().filter(c -> c.to() > next).toList();
        shown = next;
        i = 0;
      }
    }
  }

  /** A chunk's trials with their curves and layers, as they were written. */
  public List<TrialRecord> records(String sweepId, ChunkRange chunk) throws IOException {
    Map<String, StoredTrial> trials = new LinkedHashMap<>();
    trials(sweepId, chunk).forEach(trial -> trials.put(trial.row().text(ID), trial));
    return List.copyOf(records(sweepId, chunk, trials).values());
  }

  /**
   * A chunk's trials with these ids that have completed, judged by the rule as it is now, with
   * their curves and layers, by id. Holds these alone.
   *
   * @param numbers of these trials in the sweep's plan
   */
  public Map<String, TrialRecord> completed(
      String sweepId, ChunkRange chunk, IndexSet numbers, Set<String> ids) throws IOException {
    Map<String, StoredTrial> trials = new LinkedHashMap<>();
    RowReader.forEach(
        warehouse.file(Tables.TRIALS, sweepId, chunk),
        warehouse.configuration(),
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
    return records(sweepId, chunk, trials);
  }

  /** Some trials of a chunk with their curves and layers. */
  private Map<String, TrialRecord> records(
      String sweepId, ChunkRange chunk, Map<String, StoredTrial> trials) throws IOException {
    if (trials.isEmpty()) {
      return Map.of();
    }
    Map<String, List<CurvePoint>> curves = new HashMap<>();
    forEach(
        Tables.CURVES,
        sweepId,
        chunk,
        Set.of(),
        row -> collect(row, trials, curves, TrialReader::curvePoint));
    Map<String, List<LayerPoint>> layers = new HashMap<>();
    forEach(
        Tables.LAYERS,
        sweepId,
        chunk,
        Set.of(),
        row -> collect(row, trials, layers, TrialReader::layerPoint));
    Path file = warehouse.file(Tables.TRIALS, sweepId, chunk);
    Map<String, TrialRecord> records = new LinkedHashMap<>();
    for (Map.Entry<String, StoredTrial> trial : trials.entrySet()) {
      List<CurvePoint> curve = curves.getOrDefault(trial.getKey(), List.of());
      List<LayerPoint> layer = layers.getOrDefault(trial.getKey(), List.of());
      records.put(
          trial.getKey(), RowReader.named(file, () -> trial.getValue().record(curve, layer)));
    }
    return records;
  }

  private static <P> void collect(
      Row row,
      Map<String, StoredTrial> trials,
      Map<String, List<P>> points,
      Function<Row, P> point) {
    if (trials.containsKey(row.text(ID))) {
      points.computeIfAbsent(row.text(ID), id -> new ArrayList<>()).add(point.apply(row));
    }
  }

  /** A trial with all that was recorded of it. */
  public TrialRecord record(StoredTrial trial) throws IOException {
    return trial.record(
        points(Tables.CURVES, trial, TrialReader::curvePoint),
        points(Tables.LAYERS, trial, TrialReader::layerPoint));
  }

  /** What a table holds of a trial, in the order in which it was recorded. */
  private <P> List<P> points(Table<?> table, StoredTrial trial, Function<Row, P> point)
      throws IOException {
    long index = trial.trial().index();
    ChunkRange chunk =
        chunks.list(table, trial.sweepId()).stream()
            .filter(c -> c.contains(index)) // A compaction may have put it elsewhere meanwhile.
            .findFirst()
            .orElse(trial.chunk());
    List<P> points = new ArrayList<>();
    RowReader.forEach(
        warehouse.file(table, trial.sweepId(), chunk),
        warehouse.configuration(),
        Set.of(),
        RowReader.having(ID, trial.id().hex()),
        row -> points.add(point.apply(row)));
    return points;
  }

  /** Shows a chunk's rows of a table as they are, in their order, holding one at a time. */
  void forEach(
      Table<?> table, String sweepId, ChunkRange chunk, Set<String> only, Consumer<Row> action)
      throws IOException {
    RowReader.forEach(
        warehouse.file(table, sweepId, chunk),
        warehouse.configuration(),
        only,
        FilterCompat.NOOP,
        action);
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
}

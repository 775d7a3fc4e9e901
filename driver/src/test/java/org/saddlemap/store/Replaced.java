package org.saddlemap.store;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.hadoop.fs.Path;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Column;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.verdict.VerdictRule;

/** Other records in the place of a chunk's: something that no command does. */
public final class Replaced {
  private Replaced() {}

  /** Changes every record of a sweep. */
  public static void trials(Warehouse warehouse, String sweepId, UnaryOperator<TrialRecord> change)
      throws IOException {
    for (ChunkRange range : new Chunks(warehouse).list(Tables.TRIALS, sweepId)) {
      List<TrialRecord> records = new TrialReader(warehouse).records(sweepId, range);
      chunk(warehouse, sweepId, range, records.stream().map(change).toList());
    }
  }

  /** A record of a trial that ran with other tools. */
  public static TrialRecord with(TrialRecord t, Provenance tools) {
    return new TrialRecord(
        t.id(),
        t.trial(),
        t.status(),
        t.verdict(),
        t.evidence(),
        t.outcome(),
        t.times(),
        t.failure(),
        t.curve(),
        t.layers(),
        tools);
  }

  /**
   * Trials as an older version wrote them: no columns {@code cause} and {@code margin}, an older
   * schema, and an older rule behind the verdict.
   */
  public static void asOfOld(Warehouse warehouse, String sweepId) throws IOException {
    asOfOld(warehouse, sweepId, Set.of("cause", "margin"));
  }

  /** The same without these columns. */
  public static void asOfOld(Warehouse warehouse, String sweepId, Set<String> without)
      throws IOException {
    Table<Row> now = copies(Tables.TRIALS);
    Table<Row> then =
        new Table<>(
            now.name(),
            now.row(),
            now.columns().stream()
                .filter(c -> !without.contains(c.name()))
                .map(c -> c.name().equals("rule_version") ? older(c, VerdictRule.VERSION - 1L) : c)
                .map(c -> c.name().equals("schema_version") ? older(c, 1L) : c)
                .toList());
    for (ChunkRange range : new Chunks(warehouse).list(Tables.TRIALS, sweepId)) {
      Path file = warehouse.file(Tables.TRIALS, sweepId, range);
      Map<String, String> metadata = Footer.metadata(sweepId, range);
      metadata.put(Footer.SCHEMA_VERSION_KEY, "1");
      byte[] bytes =
          TableFile.bytes(
              then,
              rows(warehouse, Tables.TRIALS, sweepId, range),
              metadata,
              warehouse.configuration());
      try (OutputStream out = warehouse.fileSystem().create(file, true)) {
        out.write(bytes);
      }
    }
  }

  private static Column<Row> older(Column<Row> c, long version) {
    return new Column<>(c.name(), c.type(), c.unit(), c.doc(), true, row -> version);
  }

  /** A table whose rows are rows of another as they were read. */
  static Table<Row> copies(Table<?> table) {
    return new Table<>(
        table.name(),
        table.row(),
        table.columns().stream()
            .map(
                c ->
                    new Column<Row>(
                        c.name(),
                        c.type(),
                        c.unit(),
                        c.doc(),
                        c.required(),
                        row -> row.find(c.name()).orElse(null)))
            .toList());
  }

  /** A chunk's rows of a table as they are, in their order. */
  static List<Row> rows(Warehouse warehouse, Table<?> table, String sweepId, ChunkRange chunk)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    new TrialReader(warehouse).forEach(table, sweepId, chunk, Set.of(), rows::add);
    return rows;
  }

  /** All indices of these ranges. */
  public static Set<Long> indices(Iterable<ChunkRange> ranges) {
    return StreamSupport.stream(ranges.spliterator(), false)
        .flatMap(range -> range.indices().boxed())
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Takes the chunk's commit away, and commits these. */
  static void chunk(
      Warehouse warehouse, String sweepId, ChunkRange range, List<TrialRecord> records)
      throws IOException {
    warehouse.fileSystem().delete(warehouse.file(Tables.TRIALS, sweepId, range), false);
    new Chunks(warehouse).write(sweepId, range, records);
  }
}

package org.saddlemap.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.saddlemap.record.RowOutcome;
import org.saddlemap.verdict.Verdict;

/**
 * The trials of the phase map, aggregated: a row counts the trials that agree in every axis, in
 * outcome, and in the wording of its reason. Column-wise, since there may be a million.
 */
final class Cells {
  /** Codes fit in a byte; rarer wordings share one. */
  private static final int MAX_CODES = 250;

  private static final int MAX_REASON = 400;

  /** Rows up to which each keeps one trial's reason word by word. */
  private static final int MAX_REASONS = 20_000;

  /** Up to so many trials every id is kept; beyond, one a row, until {@link #MAX_IDS} are. */
  private static final long ALL_IDS = 60_000;

  private static final int MAX_IDS = 300_000;
  private static final int IDS_OF_A_ROW = 100;
  private static final int ID_BYTES = 5;

  /** Margins are kept in so many parts of a decade, plus 1, since 0 stands for none. */
  private static final int MARGIN_PARTS = 100;

  private final List<MapAxis> axes;
  private final Map<Code, Integer> codes = new LinkedHashMap<>();
  private final List<IntColumn> positions;
  private final IntColumn code = new IntColumn();
  private final IntColumn count = new IntColumn();
  private final IntColumn edges = new IntColumn();
  private final IntColumn margins = new IntColumn();
  private final IntColumn idCount = new IntColumn();
  private final ByteArrayOutputStream ids = new ByteArrayOutputStream();
  private final List<String> reasons = new ArrayList<>();
  private long trials;
  private long replicates;

  private Cells(List<MapAxis> axes) {
    this.axes = List.copyOf(axes);
    this.positions = axes.stream().map(axis -> new IntColumn()).toList();
  }

  /**
   * What a row is told apart by.
   *
   * @param outcome as {@link RowOutcome} says it
   * @param cause empty where there is none
   * @param reason with every number left out
   */
  record Code(String outcome, String subCategory, String cause, String reason) {}

  /** Aggregates these trials; one shuffle. */
  static Cells of(Dataset<Row> trials, List<MapAxis> axes) {
    Cells cells = new Cells(axes);
    List<Column> by = new ArrayList<>();
    List<Column> order = new ArrayList<>();
    for (int a = 0; a < axes.size(); a++) {
      by.add(axes.get(a).index().as("axis" + a));
      order.add(functions.col("axis" + a));
    }
    order.addAll(
        List.of(
            functions.col("outcome"),
            functions.col("sub"),
            functions.col("cause"),
            functions.col("template")));
    Column reason = functions.coalesce(functions.col("reason"), functions.lit(""));
    by.add(functions.expr(RowOutcome.SQL).as("outcome"));
    by.add(functions.coalesce(functions.col("sub_category"), functions.lit("")).as("sub"));
    by.add(functions.coalesce(functions.col("cause"), functions.lit("")).as("cause"));
    by.add(
        functions
            .substring(
                functions.regexp_replace(
                    reason, "[-+−]?[0-9]+(\\.[0-9]+)?([eE^][-+]?[0-9]+)?", "…"),
                1,
                MAX_REASON)
            .as("template"));
    Row size =
        trials
            .agg(
                functions.count(functions.lit(1)),
                functions.count_distinct(functions.col("replicate")))
            .first();
    long all = size.getLong(0);
    cells.replicates = size.getLong(1);
    Column id = functions.substring(functions.col("trial_id"), 1, 2 * ID_BYTES);
    Column ids =
        all <= ALL_IDS
            ? functions.slice(functions.array_sort(functions.collect_list(id)), 1, IDS_OF_A_ROW)
            : functions.array(functions.min(id));
    Dataset<Row> rows =
        trials
            .groupBy(by.toArray(Column[]::new))
            .agg(
                functions.count(functions.lit(1)).as("n"),
                ids.as("ids"),
                functions
                    .min_by(functions.substring(reason, 1, MAX_REASON), functions.col("trial_id"))
                    .as("example"),
                functions.count_if(functions.col("margin").lt(Verdict.KNIFE_EDGE)).as("edges"),
                functions.min("margin").as("least"))
            // Neighbours stand together, so that the columns compress well.
            .orderBy(order.toArray(Column[]::new));
    Iterator<Row> iterator = rows.toLocalIterator();
    while (iterator.hasNext()) {
      cells.add(iterator.next());
    }
    return cells;
  }

  private void add(Row row) {
    int n = axes.size();
    for (int a = 0; a < n; a++) {
      positions.get(a).add(row.getInt(a));
    }
    Code of =
        new Code(
            row.getString(n), row.getString(n + 1), row.getString(n + 2), row.getString(n + 3));
    if (!codes.containsKey(of) && codes.size() >= MAX_CODES) {
      of = new Code(of.outcome(), "", "", "");
    }
    code.add(codes.computeIfAbsent(of, k -> codes.size()));
    count.add(Math.toIntExact(row.getLong(n + 4)));
    trials += row.getLong(n + 4);
    List<String> some = row.getList(n + 5);
    if (ids.size() / ID_BYTES + some.size() > MAX_IDS) {
      some = List.of();
    }
    idCount.add(some.size());
    for (String id : some) {
      ids.writeBytes(HexFormat.of().parseHex(id));
    }
    if (reasons.size() <= MAX_REASONS) {
      reasons.add(row.getString(n + 6).replace('\n', ' '));
    }
    edges.add(Math.toIntExact(row.getLong(n + 7)));
    margins.add(
        row.isNullAt(n + 8) ? 0 : 1 + (int) Math.round(MARGIN_PARTS * row.getDouble(n + 8)));
  }

  List<MapAxis> axes() {
    return axes;
  }

  int rows() {
    return code.size();
  }

  /** How many seeds a configuration was trained with. */
  long replicates() {
    return replicates;
  }

  long trials() {
    return trials;
  }

  /** The row's position on an axis. */
  int position(int row, int axis) {
    return positions.get(axis).get(row);
  }

  int count(int row) {
    return count.get(row);
  }

  /** Of the row's trials, those on a knife edge. */
  int edges(int row) {
    return edges.get(row);
  }

  String outcome(int row) {
    return codesInOrder().get(code.get(row)).outcome();
  }

  List<Code> codesInOrder() {
    return List.copyOf(codes.keySet());
  }

  /**
   * Whether what a cell shows rests on knife edges: they are most of its trials, or without them
   * its commonest outcome would not be the commonest.
   *
   * @param trials of the cell by outcome
   * @param edges of them, those on a knife edge
   */
  static boolean restsOnKnifeEdge(long[] trials, long[] edges) {
    int commonest = 0;
    long all = 0;
    long onEdge = 0;
    for (int o = 0; o < trials.length; o++) {
      commonest = trials[o] > trials[commonest] ? o : commonest;
      all += trials[o];
      onEdge += edges[o];
    }
    if (2 * onEdge > all) {
      return true;
    }
    for (int o = 0; o < trials.length; o++) {
      if (o != commonest
          && edges[commonest] > 0
          && trials[commonest] - edges[commonest] <= trials[o] - edges[o]) {
        return true;
      }
    }
    return false;
  }

  /** What the page reads; see {@code page/trials.js}. */
  Map<String, Object> json() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<Map<String, Object>> columns = new ArrayList<>();
    positions.forEach(axis -> columns.add(axis.appendTo(bytes)));
    for (IntColumn numbers : List.of(code, count, edges, margins, idCount)) {
      columns.add(numbers.appendTo(bytes));
    }
    bytes.writeBytes(ids.toByteArray());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("rows", rows());
    json.put("trials", trials);
    json.put("replicates", replicates);
    json.put("axes", axes.stream().map(MapAxis::json).toList());
    json.put("view", MapView.of(axes).json());
    json.put("codes", codesInOrder());
    json.put("columns", columns);
    json.put("knifeEdge", Verdict.KNIFE_EDGE);
    json.put("marginParts", MARGIN_PARTS);
    json.put("idBytes", ID_BYTES);
    json.put("data", gzip(bytes.toByteArray()));
    json.put(
        "reasons",
        reasons.size() == rows()
            ? gzip(String.join("\n", reasons).getBytes(StandardCharsets.UTF_8))
            : null);
    return json;
  }

  private static String gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(out.toByteArray());
  }
}

package org.saddlemap.report;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.saddlemap.analysis.Kernels;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.Share;
import org.saddlemap.analysis.SqlError;
import org.saddlemap.analysis.SweepModel;
import org.saddlemap.analysis.SweptAxis;
import org.saddlemap.record.Build;
import org.saddlemap.record.RuleRecord;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.space.Axis;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;

/**
 * The report of a sweep, or of two that are compared: what its page holds, and its phase map.
 * Everything is aggregated by the engines; the driver holds a few bytes for each distinct trial.
 */
public final class SweepReport {
  /** Seed of the models behind "what drives it", so that a report can be made again. */
  private static final long MODEL_SEED = 1;

  private final SparkSession spark;
  private final Function<String, QueryResult> sql;
  private final List<StoredSweep> sweeps;
  private final Comparison comparison;

  /** What the trials on the map vary, in the registry's order. */
  private final List<SweptAxis> axes;

  private final Cells cells;

  private SweepReport(
      ReportSession tables,
      List<StoredSweep> sweeps,
      Comparison comparison,
      List<SweptAxis> axes,
      Cells cells) {
    this.spark = tables.spark();
    this.sql = tables.sql();
    this.sweeps = sweeps;
    this.comparison = comparison;
    this.axes = axes;
    this.cells = cells;
  }

  /**
   * Reads what the sweeps' trials say.
   *
   * @param session left alone: the report's views live in a session of their own
   * @param sweeps one, or two to compare
   * @throws InvalidInput where a sweep has no trials, or two have none in common
   */
  public static SweepReport of(
      SparkSession session, Warehouse warehouse, List<StoredSweep> sweeps) {
    return of(() -> session, warehouse, sweeps, false);
  }

  /**
   * The same.
   *
   * @param session asked once Spark is needed
   * @param embedded whether DuckDB may read the warehouse: then it answers what SQL can, and hands
   *     the trials to Spark
   */
  public static SweepReport of(
      Supplier<SparkSession> session,
      Warehouse warehouse,
      List<StoredSweep> sweeps,
      boolean embedded) {
    if (sweeps.isEmpty() || sweeps.size() > 2) {
      throw new IllegalArgumentException("Cannot report on " + sweeps.size() + " sweeps");
    }
    return of(ReportSession.open(session, warehouse, sweeps, embedded), sweeps);
  }

  private static SweepReport of(ReportSession tables, List<StoredSweep> sweeps) {
    SparkSession spark = tables.spark();
    List<String> ids = sweeps.stream().map(StoredSweep::id).toList();
    Dataset<Row> trials = spark.table("trials");
    for (String id : ids) {
      if (trials.where(functions.col("sweep").equalTo(id)).isEmpty()) {
        throw new InvalidInput(
            "The sweep %s has no finished trials yet; 'saddlemap run' makes some".formatted(id));
      }
    }
    Comparison comparison =
        ids.size() == 2
            ? Comparison.of(spark, spark.table("trials"), ids.get(0), ids.get(1))
            : null;
    Dataset<Row> mapped = comparison == null ? spark.table("trials") : comparison.paired();
    List<SweptAxis> swept = SweptAxis.of(mapped);
    return new SweepReport(
        tables, sweeps, comparison, swept, cells(mapped, swept, sweeps, comparison));
  }

  private static Cells cells(
      Dataset<Row> mapped, List<SweptAxis> swept, List<StoredSweep> sweeps, Comparison comparison) {
    List<MapAxis> axes = new ArrayList<>();
    if (comparison != null) {
      axes.add(MapAxis.ofSweeps(sweeps.stream().map(StoredSweep::id).toList()));
    }
    for (SweptAxis axis : inOrder(swept, sweeps.get(0))) {
      if (comparison == null || comparison.isShared(axis.key())) {
        axes.add(MapAxis.of(axis));
      }
    }
    return Cells.of(mapped, axes);
  }

  /** The axes in the order of the sweep's spec, where this version reads it. */
  private static List<SweptAxis> inOrder(List<SweptAxis> axes, StoredSweep sweep) {
    List<Hyperparameter> order;
    try {
      order = sweep.spec().space().axes().stream().map(Axis::hyperparameter).toList();
    } catch (InvalidInput older) {
      return axes;
    }
    return axes.stream()
        .sorted(
            Comparator.comparingInt(
                a ->
                    order.contains(a.hyperparameter())
                        ? order.indexOf(a.hyperparameter())
                        : order.size()))
        .toList();
  }

  /** The trials' rows of the phase map. */
  Cells cells() {
    return cells;
  }

  /** Everything that the page holds, as plain lists and maps. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("sweeps", sweeps.stream().map(this::header).toList());
    json.put("kernels", Kernels.warnings(sql));
    json.put("cells", cells.json());
    if (comparison != null) {
      json.put("comparison", comparison.json());
    } else {
      CompletableFuture<SweepModel.Result> model =
          CompletableFuture.supplyAsync(
              () -> SweepModel.of(spark.table("trials"), axes, MODEL_SEED));
      List<SweptAxis> ordered = inOrder(axes, sweeps.get(0));
      json.put("findings", Findings.of(sql, ordered, sweeps.get(0).id()));
      json.putAll(new Sections(sql, spark.table("trials"), ordered).json());
      json.put("importance", Sections.importance(model.join().importance()));
      json.put("rules", model.join().rules().stream().map(SweepReport::rule).toList());
    }
    return json;
  }

  private static Map<String, Object> rule(RuleRecord r) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("condition", r.condition());
    rule.put("category", r.category());
    rule.put("trials", r.trials());
    rule.put("precision", r.precision());
    Share right = new Share(Math.round(r.precision() * r.trials()), r.trials());
    rule.put("low", right.low());
    rule.put("high", right.high());
    rule.put("heldOutTrials", r.heldOutTrials());
    rule.put("heldOutPrecision", r.heldOutTrials() == 0 ? null : r.heldOutPrecision());
    Share unseen =
        new Share(
            r.heldOutTrials() == 0 ? 0 : Math.round(r.heldOutPrecision() * r.heldOutTrials()),
            r.heldOutTrials());
    rule.put("heldOutLow", unseen.low());
    rule.put("heldOutHigh", unseen.high());
    return rule;
  }

  private Map<String, Object> header(StoredSweep sweep) {
    SweepRecord record = sweep.record();
    Dataset<Row> own = spark.table("trials").where(functions.col("sweep").equalTo(sweep.id()));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", sweep.id());
    json.put("name", record.name());
    json.put("spec", record.spec());
    json.put("specPath", record.specPath());
    json.put("data", record.dataSummary());
    json.put("dataFingerprint", record.dataFingerprint());
    json.put("planDigest", record.planDigest());
    json.put("planned", record.plannedTrials());
    json.put("trials", own.count());
    json.put("started", record.started());
    json.put("finished", record.finished());
    json.put("version", record.version());
    json.put("spark", record.sparkVersion());
    json.put(
        "fixed",
        SweptAxis.allOf(own).stream()
            .filter(a -> a.values().size() == 1)
            .collect(
                Collectors.toMap(SweptAxis::key, a -> a.text(0), (a, b) -> a, LinkedHashMap::new)));
    return json;
  }

  /** The sweep's name, or both. */
  String title() {
    return sweeps.stream().map(s -> s.record().name()).collect(Collectors.joining(" against "));
  }

  /** The page: one HTML file that needs nothing else. */
  public String page() {
    return page(List.of(this));
  }

  /** One page of several reports, of which it shows one at a time. */
  public static String page(List<SweepReport> reports) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", Build.version());
    json.put("generated", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    json.put("outcomes", OutcomeMark.json());
    json.put("titles", reports.stream().map(SweepReport::title).toList());
    json.put("reports", reports.stream().map(SweepReport::json).toList());
    return Page.of(
        reports.stream().map(SweepReport::title).collect(Collectors.joining(", ")), json);
  }

  /**
   * The phase map as a picture, drawn without a browser.
   *
   * @throws InvalidInput where its axes or its test are wrong, or no trial passes that
   */
  public byte[] picture(MapPicture picture) {
    return PhaseMapImage.of(
        title() + picture.where().map(w -> ", where " + w).orElse(""),
        picture.where().map(this::where).orElse(cells),
        picture);
  }

  private Cells where(String test) {
    Dataset<Row> all = comparison == null ? spark.table("trials") : comparison.paired();
    Dataset<Row> some = SqlError.translated(() -> all.where(test));
    if (some.isEmpty()) {
      throw new InvalidInput("--where: no trial of %s passes %s".formatted(title(), test));
    }
    return cells(some, SweptAxis.of(some), sweeps, comparison);
  }
}

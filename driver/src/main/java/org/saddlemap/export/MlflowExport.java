package org.saddlemap.export;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.SqlEngine;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.trial.TrialStatus;

/**
 * A sweep as an MLflow experiment: a run for each chosen trial, with its hyperparameters, numbers,
 * verdict and curve; and a run for the sweep, with its page. A run's status is written last, and
 * says that all of it is there: where an export was interrupted, the next one goes on.
 */
public final class MlflowExport {
  private static final String TRIAL = "saddlemap.trial_id";
  private static final String SWEEP = "saddlemap.sweep";
  private static final String TRIALS = "saddlemap.trials";
  private static final String PAGE = "report.html";

  /** MLflow shows it as the run's description. */
  private static final String NOTE = "mlflow.note.content";

  /** Trials whose curves are read at once. */
  private static final int TRIALS_A_QUERY = 200;

  private static final int SHORT_ID = 12;

  /** Texts of a trial that are looked for; each a tag. */
  private static final List<String> TEXTS = List.of("status", "category", "sub_category", "cause");

  /** Numbers that say where a row stands or was made, not what came out. */
  private static final Set<String> BOOKKEEPING =
      Set.of("plan_index", "replicate", "rule_version", "schema_version", "blas_threads");

  private static final Set<String> HYPERPARAMETERS =
      Arrays.stream(Hyperparameter.values()).map(Hyperparameter::key).collect(Collectors.toSet());

  private final SqlEngine sql;
  private final StoredSweep sweep;
  private final MlflowServer server;
  private final long started;

  /** What an export did. */
  public record Summary(String experiment, int exported, int present, boolean page) {}

  public MlflowExport(SqlEngine sql, StoredSweep sweep, MlflowServer server) {
    this.sql = sql;
    this.sweep = sweep;
    this.server = server;
    this.started = Instant.parse(sweep.record().started()).toEpochMilli();
  }

  /**
   * Exports what the server does not have yet.
   *
   * @param where a condition in SQL that chooses trials
   * @param limit trials that may be chosen
   * @param page makes the sweep's page, where it is wanted
   * @param progress told how many trials are exported
   * @throws InvalidInput where the condition chooses no trials or too many, or the server refuses
   */
  public Summary run(String where, long limit, Supplier<byte[]> page, IntConsumer progress)
      throws IOException {
    String chosen = "sweep = '%s' AND (%s)".formatted(sweep.id(), where);
    long count = count(chosen);
    if (count == 0 || count > limit) {
      throw new InvalidInput(
          count == 0
              ? "No trial of %s is chosen".formatted(sweep.id())
              : "%,d trials of %s are chosen, and each becomes a run: choose fewer by --where, or say --limit %d"
                  .formatted(count, sweep.id(), count));
    }
    String experiment = server.experiment(sweep.id(), Map.of(SWEEP, sweep.id()));
    Map<String, MlflowServer.Run> known = server.runs(experiment, TRIAL);
    int exported = 0;
    QueryResult result =
        sql.run("SELECT * FROM trials WHERE " + chosen + " ORDER BY plan_index, trial_id");
    List<Map<String, Object>> group = new ArrayList<>();
    for (Iterator<List<Object>> rows = result.rows(); rows.hasNext(); ) {
      Map<String, Object> row = named(result.columns(), rows.next());
      if (!isThere(known.get(id(row)), row)) {
        group.add(row);
      }
      if (group.size() == TRIALS_A_QUERY || (!rows.hasNext() && !group.isEmpty())) {
        Map<String, List<MlflowServer.Metric>> curves = curves(group);
        for (Map<String, Object> trial : group) {
          export(experiment, trial, known.get(id(trial)), curves);
          exported++;
          progress.accept(exported);
        }
        group.clear();
      }
    }
    return new Summary(experiment, exported, (int) count - exported, page(experiment, page));
  }

  private long count(String chosen) {
    return ((Number) sql.run("SELECT count(*) FROM trials WHERE " + chosen).rows().next().get(0))
        .longValue();
  }

  private static Map<String, Object> named(List<String> columns, List<Object> values) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      row.put(columns.get(i), values.get(i));
    }
    return row;
  }

  private static String id(Map<String, Object> row) {
    return (String) row.get("trial_id");
  }

  private static String status(Map<String, Object> row) {
    return TrialStatus.COMPLETED.text().equals(row.get("status")) ? "FINISHED" : "FAILED";
  }

  /** A trial that failed there may have been trained again since. */
  private static boolean isThere(MlflowServer.Run run, Map<String, Object> row) {
    return run != null && run.status().equals(status(row));
  }

  private void export(
      String experiment,
      Map<String, Object> row,
      MlflowServer.Run known,
      Map<String, List<MlflowServer.Metric>> curves)
      throws IOException {
    Map<String, String> parameters = new TreeMap<>();
    List<MlflowServer.Metric> metrics = new ArrayList<>();
    row.forEach(
        (name, value) -> {
          if (value != null && (HYPERPARAMETERS.contains(name) || name.equals("replicate"))) {
            parameters.put(name, String.valueOf(value));
          } else if (value instanceof Number number && !BOOKKEEPING.contains(name)) {
            metrics.add(new MlflowServer.Metric(name, number.doubleValue(), started, 0));
          }
        });
    metrics.addAll(curves.getOrDefault(id(row), List.of()));
    Map<String, String> tags = new LinkedHashMap<>();
    for (String text : TEXTS) {
      if (row.get(text) != null) {
        tags.put("saddlemap." + text, (String) row.get(text));
      }
    }
    if (row.get("reason") != null) {
      tags.put(NOTE, (String) row.get("reason"));
    }
    MlflowServer.Run run =
        known != null
            ? known
            : server.create(
                experiment,
                id(row).substring(0, SHORT_ID),
                started,
                Map.of(TRIAL, id(row), SWEEP, sweep.id()));
    server.log(run, parameters, tags, metrics);
    double trained = row.get("train_ms") instanceof Number ms ? ms.doubleValue() : 0;
    server.end(run, status(row), started + Math.round(trained));
  }

  /** Loss and gradient by step. */
  private Map<String, List<MlflowServer.Metric>> curves(List<Map<String, Object>> trials) {
    String ids = trials.stream().map(t -> "'" + id(t) + "'").collect(Collectors.joining(", "));
    Map<String, List<MlflowServer.Metric>> curves = new HashMap<>();
    sql.run(
            "SELECT trial_id, step, loss, gradient_norm FROM curves WHERE sweep = '%s' AND trial_id IN (%s) ORDER BY trial_id, step"
                .formatted(sweep.id(), ids))
        .rows()
        .forEachRemaining(
            point -> {
              List<MlflowServer.Metric> curve =
                  curves.computeIfAbsent((String) point.get(0), id -> new ArrayList<>());
              long step = ((Number) point.get(1)).longValue();
              for (int i = 2; i < 4; i++) {
                if (point.get(i) instanceof Number value) {
                  curve.add(
                      new MlflowServer.Metric(
                          i == 2 ? "curve/loss" : "curve/gradient_norm",
                          value.doubleValue(),
                          started + step,
                          step));
                }
              }
            });
    return curves;
  }

  /** Puts the page into the sweep's own run. Returns whether it is there. */
  private boolean page(String experiment, Supplier<byte[]> page) throws IOException {
    String trials = String.valueOf(count("sweep = '%s'".formatted(sweep.id())));
    MlflowServer.Run run = server.runs(experiment, TRIALS).get(trials);
    if (run == null) {
      run =
          server.create(experiment, sweep.id(), started, Map.of(SWEEP, sweep.id(), TRIALS, trials));
    }
    if (!run.status().equals("FINISHED") && MlflowServer.takesFiles(run)) {
      server.upload(run, PAGE, page.get());
    }
    server.end(run, "FINISHED", started);
    return MlflowServer.takesFiles(run);
  }
}

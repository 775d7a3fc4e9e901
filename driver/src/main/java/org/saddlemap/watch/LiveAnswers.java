package org.saddlemap.watch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.record.RowOutcome;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.report.LivePage;
import org.saddlemap.store.RunProgress;
import org.saddlemap.store.RunState;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.verdict.Verdict;

/**
 * What the page's requests get, as plain lists and maps; each bounded in size, however large the
 * sweep.
 */
final class LiveAnswers {
  /** No life for so long: the run sleeps, or is gone. */
  private static final double SILENT_SECONDS = 30;

  /** Leaves a number that JavaScript keeps exactly. */
  private static final int EPOCH_SHIFT = 15;

  private static final int MAX_RUNNING = 40;
  private static final int MAX_TEXT = 2_000;

  private final LiveSweep sweep;
  private final List<LivePage.Axis> axes = new ArrayList<>();

  /** By this a page sees that what it was told before is not this any more. */
  private final long epoch = UUID.randomUUID().getMostSignificantBits() >>> EPOCH_SHIFT;

  LiveAnswers(LiveSweep sweep) {
    this.sweep = sweep;
    Places places = sweep.places();
    for (int a = 0; a < places.axes(); a++) {
      axes.add(new LivePage.Axis(places.key(a), places.ordered(a), places.texts(a)));
    }
  }

  String id() {
    return sweep.id();
  }

  /**
   * The sweep as it is now. A page that knows this epoch says which map it shows and up to which
   * version it knows it, and is told what has changed; another is told the axes and the map to
   * begin with.
   */
  Map<String, Object> state(Query query) throws IOException {
    LiveSweep.Numbers numbers = sweep.refresh();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("epoch", epoch);
    json.put("sweep", sweep.id());
    json.put("planned", numbers.planned());
    json.put("done", numbers.done());
    json.put("outcomes", numbers.outcomes());
    json.put("edges", numbers.onKnifeEdge());
    json.put("unread", numbers.unread());
    json.put("unreadable", numbers.unreadable());
    json.put("run", run(numbers));
    json.put("version", numbers.version());
    MapChoice choice;
    long since = -1;
    if (query.has("epoch") && query.number("epoch") == epoch) {
      choice = choice(query);
      since = query.number("since");
    } else {
      Map<String, Integer> view = LivePage.view(axes);
      choice =
          MapChoice.of(
              sweep.places(),
              view.get("x"),
              view.get("y"),
              view.get("facet"),
              axes.stream().map(axis -> -1).toList());
      json.put("axes", axes.stream().map(LivePage.Axis::json).toList());
      json.put("replicates", sweep.replicates());
      json.put("knifeEdge", Verdict.KNIFE_EDGE);
      json.put("endings", RowOutcome.ALL);
    }
    json.put("map", map(choice, since));
    return json;
  }

  private Map<String, Object> map(MapChoice choice, long since) {
    MapCounts.Change change = sweep.cells(choice, since);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("x", choice.x());
    json.put("y", choice.y());
    json.put("facet", choice.facet());
    json.put("nx", choice.nx(sweep.places()));
    json.put("ny", choice.ny(sweep.places()));
    json.put("nf", choice.nf(sweep.places()));
    json.put("full", change.full());
    json.put("cells", change.cells());
    return json;
  }

  private MapChoice choice(Query query) {
    return MapChoice.of(
        sweep.places(),
        query.small("x"),
        query.small("y"),
        query.small("facet"),
        query.list("held"));
  }

  /** Whether the sweep is being run, as far as that can be known from its lock. */
  private Map<String, Object> run(LiveSweep.Numbers numbers) throws IOException {
    LiveSweep.Run run = sweep.run();
    Map<String, Object> json = new LinkedHashMap<>();
    Optional<RunState> state = run.state();
    String is =
        state.isEmpty()
            ? "none"
            : state.get().ended()
                ? "ended"
                : state.get().dead()
                    ? "dead"
                    : run.quietSeconds() > SILENT_SECONDS ? "silent" : "running";
    json.put("is", is);
    json.put("quiet", run.quietSeconds());
    json.put("holder", state.map(RunState::holder).orElse(null));
    Optional<RunProgress> progress = state.flatMap(RunState::progress);
    boolean working = is.equals("running") && progress.isPresent();
    double overall =
        state.map(RunState::worked).filter(w -> w > 0).map(w -> numbers.done() / w).orElse(0.0);
    json.put("rate", finite(working ? progress.get().rate() : overall));
    json.put("left", working ? finite(progress.get().secondsLeft()) : null);
    json.put("chunks", working ? progress.get().chunks() : 0);
    json.put(
        "running",
        working
            ? progress.get().running().stream()
                .limit(MAX_RUNNING)
                .map(
                    range ->
                        Map.of(
                            "from", range.from(),
                            "to", range.to(),
                            "common", sweep.places().common(range.from(), range.to())))
                .toList()
            : List.of());
    return json;
  }

  /** The trials of a cell, as many as a person looks at. */
  Map<String, Object> cell(Query query) {
    MapChoice choice = choice(query);
    int cell = query.small("cell");
    Places places = sweep.places();
    if (cell < 0 || cell >= (long) choice.nx(places) * choice.ny(places) * choice.nf(places)) {
      throw new IllegalArgumentException("no such cell");
    }
    List<Integer> dividing = choice.dividing();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("cell", cell);
    json.put("total", sweep.trials(choice, cell));
    json.put("columns", dividing.stream().map(places::key).toList());
    json.put(
        "trials",
        sweep.list(choice, cell).stream()
            .map(
                trial -> {
                  List<String> at = new ArrayList<>();
                  for (int i = 0; i < dividing.size(); i++) {
                    at.add(places.text(dividing.get(i), trial.at().get(i)));
                  }
                  return Map.of(
                      "number", trial.index(),
                      "outcome", RowOutcome.ALL.get(Ending.outcome(trial.ending())),
                      "edge", Ending.isOnKnifeEdge(trial.ending()),
                      "replicate", trial.index() % sweep.replicates(),
                      "at", at);
                })
            .toList());
    return json;
  }

  /** A trial with its curve; empty where it has no row. */
  Optional<Map<String, Object>> trial(Query query) throws IOException {
    long number = query.number("number");
    Optional<StoredTrial> stored = number < 0 ? Optional.empty() : sweep.trial(number);
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    StoredTrial row = stored.get();
    TrialRecord trial = sweep.reader().record(row);
    Optional<Verdict> verdict = row.verdict();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("number", number);
    json.put("id", row.id().hex());
    json.put("outcome", RowOutcome.of(trial));
    json.put("kind", verdict.map(Verdict::subCategory).orElse(null));
    json.put("cause", verdict.flatMap(Verdict::cause).map(c -> c.text()).orElse(null));
    json.put(
        "margin",
        verdict.isPresent() && verdict.get().margin().isPresent()
            ? verdict.get().margin().getAsDouble()
            : null);
    String reason =
        verdict
            .map(Verdict::reason)
            .or(() -> trial.failure().map(TrialRecord.Failure::reason))
            .orElse("");
    json.put("reason", reason.substring(0, Math.min(MAX_TEXT, reason.length())));
    json.put("configuration", trial.trial().configuration().canonical());
    json.put("replicate", trial.trial().replicate());
    json.put("steps", trial.outcome().map(o -> o.steps()).orElse(null));
    List<List<Object>> curve = new ArrayList<>();
    for (CurvePoint point : trial.curve()) {
      List<Object> at = new ArrayList<>();
      at.add(point.step());
      at.add(finite(point.loss()));
      at.add(finite(point.gradientNorm()));
      curve.add(at);
    }
    json.put("curve", curve);
    return Optional.of(json);
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}

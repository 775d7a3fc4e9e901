package org.saddlemap.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.DuckDbSession;
import org.saddlemap.analysis.SweptAxis;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.RowOutcome;
import org.saddlemap.store.ChunkFile;
import org.saddlemap.store.Compaction;
import org.saddlemap.store.CompactionPlan;
import org.saddlemap.store.RunProgress;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;
import org.saddlemap.verdict.Verdict;

/** What is watched is what SQL says of the tables, whatever becomes of their files. */
class LiveSweepTest {
  private static final List<SweptAxis> AXES = SweptAxis.planned(Live.PLAN.space());

  @TempDir private Path folder;
  private final AtomicLong clock = new AtomicLong();
  private Warehouse warehouse;
  private LiveSweep live;

  @BeforeEach
  void open() throws IOException {
    warehouse = Live.warehouse(folder);
    live = new LiveSweep(warehouse, Live.ID, Live.SPEC, clock::get);
  }

  private LiveSweep.Numbers refreshed() throws IOException {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(2));
    return live.refresh();
  }

  private Path file(ChunkRange range) {
    return folder.resolve("w/trials/sweep=" + Live.ID).resolve(ChunkFile.name(range));
  }

  @Test
  void axesArePlacedAsTheRowsHaveThem() {
    assertThat(AXES.stream().map(SweptAxis::key).toList())
        .containsExactly(
            "depth",
            "optimizer",
            "momentum",
            "learning_rate",
            "learning_rate_sharpness",
            "batch_size",
            "normalization");
    assertThat(live.places().texts(0)).containsExactly("0", "1", "3");
    assertThat(live.places().texts(2)).containsExactly("0.5", "0.9", "none");
    assertThat(live.places().texts(4)).containsExactly("1", "2", "none");
    assertThat(live.places().texts(5)).containsExactly("8", "full");
  }

  @Test
  void countsAreThoseOfSqlWhateverBecomesOfTheFiles() throws IOException {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    List<ChunkRange> chunks = new ArrayList<>();
    for (long at = 0; at < Live.PLAN.size(); ) {
      long end = Math.min(Live.PLAN.size(), at + 1 + random.nextInt(40));
      chunks.add(new ChunkRange(at, end));
      at = end;
    }
    List<ChunkRange> missing = new ArrayList<>(chunks);
    List<ChunkRange> there = new ArrayList<>();
    MapChoice kept = choice(random);
    long[] version = {-1};
    Map<Integer, List<Integer>> told = new TreeMap<>();
    for (int step = 0; step < 6; step++) {
      for (int i = 0; i < 6 && !missing.isEmpty(); i++) { // trained
        ChunkRange next = missing.remove(random.nextInt(missing.size()));
        Live.write(warehouse, next, random);
        there.add(next);
      }
      if (step > 1) { // sent to quarantine
        ChunkRange gone = there.remove(random.nextInt(there.size()));
        Files.delete(file(gone));
        missing.add(gone);
      }
      if (step > 2) { // replaced by other rows
        ChunkRange other = there.get(random.nextInt(there.size()));
        Files.delete(file(other));
        Live.write(warehouse, other, random);
        Files.setLastModifiedTime(
            file(other), java.nio.file.attribute.FileTime.fromMillis(1_000_000_000L + step));
      }
      equalsSql("seed " + seed + " step " + step, kept, random, version, told);
    }
    for (ChunkRange rest : missing) {
      Live.write(warehouse, rest, random);
    }
    equalsSql("seed " + seed + " complete", kept, random, version, told);
    Compaction compaction = new Compaction(warehouse, Live.ID, 1);
    List<CompactionPlan.Merge> merges = CompactionPlan.of(warehouse, Live.ID);
    assertThat(merges).as("seed " + seed).isNotEmpty();
    compaction.begin();
    for (CompactionPlan.Merge merge : merges) {
      compaction.merge(merge);
    }
    compaction.commit(merges);
    Compaction.finish(warehouse, Live.ID);
    equalsSql("seed " + seed + " compacted", kept, random, version, told);
    assertThat(refreshed().done()).isEqualTo(Live.PLAN.planned());
  }

  private MapChoice choice(SplittableRandom random) {
    List<Integer> axes = new ArrayList<>();
    while (axes.size() < 3) {
      int axis = random.nextInt(-1, AXES.size());
      if (axis < 0 || !axes.contains(axis)) {
        axes.add(axis);
      }
    }
    List<Integer> held = new ArrayList<>();
    for (int a = 0; a < AXES.size(); a++) {
      held.add(random.nextInt(4) == 0 ? random.nextInt(AXES.get(a).values().size()) : -1);
    }
    return MapChoice.of(live.places(), axes.get(0), axes.get(1), axes.get(2), held);
  }

  /** Of a map that is chosen anew, of one that is followed by its changes, and of the whole. */
  private void equalsSql(
      String as,
      MapChoice kept,
      SplittableRandom random,
      long[] version,
      Map<Integer, List<Integer>> told)
      throws IOException {
    LiveSweep.Numbers numbers = refreshed();
    DuckDbSession sql = new DuckDbSession(warehouse, id -> true);
    Map<Integer, List<Integer>> all = counted(sql, MapChoice.of(live.places(), -1, -1, -1, none()));
    List<Integer> totals = new ArrayList<>(List.of(0));
    long edges = 0;
    for (int o = 0; o < numbers.outcomes().size(); o++) {
      if (numbers.outcomes().get(o) > 0) {
        totals.addAll(List.of(o, numbers.outcomes().get(o).intValue()));
      }
    }
    List<Integer> one = all.getOrDefault(0, List.of(0));
    List<Integer> withoutEdges = new ArrayList<>(List.of(0));
    for (int i = 1; i < one.size(); i += 3) {
      withoutEdges.addAll(one.subList(i, i + 2));
      edges += one.get(i + 2);
    }
    assertThat(totals).as(as).isEqualTo(withoutEdges);
    assertThat(numbers.onKnifeEdge()).as(as).isEqualTo(edges);
    MapChoice fresh = choice(random);
    assertThat(filled(live.cells(fresh, -1).cells()))
        .as("%s %s", as, fresh)
        .isEqualTo(counted(sql, fresh));
    MapCounts.Change change = live.cells(kept, version[0]);
    if (change.full()) {
      told.clear();
    }
    change.cells().forEach(cell -> told.put(cell.get(0), cell));
    version[0] = numbers.version();
    assertThat(filled(told.values())).as("%s %s", as, kept).isEqualTo(counted(sql, kept));
  }

  private static List<Integer> none() {
    return AXES.stream().map(a -> -1).toList();
  }

  private static Map<Integer, List<Integer>> filled(Iterable<List<Integer>> cells) {
    Map<Integer, List<Integer>> filled = new TreeMap<>();
    for (List<Integer> cell : cells) {
      if (cell.size() > 1) {
        filled.put(cell.get(0), cell);
      }
    }
    return filled;
  }

  /** The same cells from SQL. */
  private Map<Integer, List<Integer>> counted(DuckDbSession sql, MapChoice choice) {
    List<String> tests = new ArrayList<>(List.of("true"));
    for (int a = 0; a < AXES.size(); a++) {
      if (choice.held().get(a) >= 0 && !choice.isShown(a)) {
        tests.add(AXES.get(a).test(choice.held().get(a)));
      }
    }
    Map<Integer, Map<Integer, int[]>> cells = new TreeMap<>();
    sql.run(
            "SELECT %s AS outcome, %s, %s, %s, count(*), count(*) FILTER (WHERE margin < %s) FROM trials WHERE %s GROUP BY ALL"
                .formatted(
                    RowOutcome.SQL,
                    sql(choice.x(), "x"),
                    sql(choice.y(), "y"),
                    sql(choice.facet(), "f"),
                    Verdict.KNIFE_EDGE,
                    String.join(" AND ", tests)))
        .rows()
        .forEachRemaining(
            row -> {
              int x = place(choice.x(), row.get(1));
              int y = place(choice.y(), row.get(2));
              int f = place(choice.facet(), row.get(3));
              int cell = (f * choice.ny(live.places()) + y) * choice.nx(live.places()) + x;
              cells
                  .computeIfAbsent(cell, c -> new TreeMap<>())
                  .put(
                      RowOutcome.ALL.indexOf(row.get(0)),
                      new int[] {
                        ((Number) row.get(4)).intValue(), ((Number) row.get(5)).intValue()
                      });
            });
    Map<Integer, List<Integer>> flat = new TreeMap<>();
    cells.forEach(
        (cell, outcomes) -> {
          List<Integer> one = new ArrayList<>(List.of(cell));
          outcomes.forEach((o, n) -> one.addAll(List.of(o, n[0], n[1])));
          flat.put(cell, one);
        });
    return flat;
  }

  private static String sql(int axis, String name) {
    return (axis < 0 ? "0" : AXES.get(axis).sql()) + " AS " + name;
  }

  private static int place(int axis, Object value) {
    return axis < 0 ? 0 : AXES.get(axis).indexOf(value);
  }

  @Test
  void trialsOfACellAreFoundWithTheirCurves() throws IOException {
    Live.write(warehouse, new ChunkRange(0, 60), new SplittableRandom(1));
    refreshed();
    MapChoice all = MapChoice.of(live.places(), -1, -1, -1, none());
    List<LiveSweep.Listed> listed = live.list(all, 0);
    assertThat(listed).isNotEmpty().hasSizeLessThanOrEqualTo(60);
    assertThat(live.trials(all, 0)).isEqualTo(live.refresh().done());
    long index = listed.get(listed.size() - 1).index();
    var trial = live.trial(index).orElseThrow();
    assertThat(trial.trial()).isEqualTo(Live.PLAN.trial(index).orElseThrow());
    assertThat(live.reader().record(trial).curve()).hasSize(2);
    assertThat(live.trial(60)).isEmpty();
    assertThat(live.trial(Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void fileThatCannotBeReadIsCountedAndTheOthersShown() throws IOException {
    Live.write(warehouse, new ChunkRange(0, 20), new SplittableRandom(1));
    Live.write(warehouse, new ChunkRange(20, 40), new SplittableRandom(1));
    Files.writeString(file(new ChunkRange(0, 20)), "no table");
    for (int i = 0; i < 4; i++) {
      refreshed();
    }
    LiveSweep.Numbers numbers = refreshed();
    assertThat(numbers.unreadable()).isEqualTo(1);
    assertThat(numbers.done())
        .isEqualTo(
            Stream.iterate(20L, i -> i + 1)
                .limit(20)
                .filter(i -> Live.PLAN.trial(i).isPresent())
                .count())
        .isPositive();
  }

  @Test
  void heartbeatTellsWhatRuns() throws Exception {
    assertThat(live.run().state()).isEmpty();
    try (SweepLock lock = SweepLock.take(warehouse, Live.ID)) {
      lock.telling(() -> Optional.of(RunProgress.of(1.5, 60, List.of(new ChunkRange(0, 12)))));
      lock.renew(); // writes the file, as the next beat does
      LiveSweep.Run run = live.run();
      assertThat(run.state().orElseThrow().progress().orElseThrow())
          .isEqualTo(new RunProgress(1.5, 60, List.of(new ChunkRange(0, 12)), 1));
      assertThat(run.state().orElseThrow().ended()).isFalse();
      assertThat(run.quietSeconds()).isZero();
      clock.addAndGet(TimeUnit.SECONDS.toNanos(40));
      assertThat(live.run().quietSeconds()).isBetween(39.0, 41.0);
    }
    assertThat(live.run().state().orElseThrow().ended()).isTrue();
    assertThat(live.run().state().orElseThrow().progress()).isEmpty();
  }

  @Test
  void watchingWritesNothing() throws IOException {
    Live.write(warehouse, new ChunkRange(0, 20), new SplittableRandom(1));
    List<String> before = files();
    refreshed();
    live.run();
    assertThat(files()).isEqualTo(before).isNotEmpty();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<String> files = new ArrayList<>();
      for (Path file : all.sorted().toList()) {
        files.add(file + " " + Files.getLastModifiedTime(file));
      }
      return files;
    }
  }
}

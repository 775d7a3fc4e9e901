package org.saddlemap.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Column;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;

/**
 * What a comparison of two warehouses' rows found.
 *
 * @param planned trials
 * @param lost that stand nowhere
 * @param doubled that stand more than once
 * @param differing in any column but times and places
 */
record RowsCompared(long planned, long lost, long doubled, long differing) {
  /** What and when, not what came out. */
  private static final Set<String> CIRCUMSTANCES =
      Set.of("queue_ms", "load_ms", "train_ms", "examine_ms", "host", "stack_trace");

  boolean clean() {
    return lost == 0 && doubled == 0 && differing == 0;
  }

  RowsCompared plus(RowsCompared other) {
    return new RowsCompared(
        planned + other.planned,
        lost + other.lost,
        doubled + other.doubled,
        differing + other.differing);
  }

  /** Every planned trial of one warehouse against the other's, column by column. */
  static RowsCompared of(SweepSpec sweep, Warehouse reference, Warehouse warehouse)
      throws IOException {
    SweepPlan plan = new SweepPlan(sweep);
    Map<Long, List<String>> expected = rows(sweep.name(), reference);
    Map<Long, List<String>> found = rows(sweep.name(), warehouse);
    Set<Long> planned = new TreeSet<>();
    for (long i = 0; i < plan.size(); i++) {
      if (plan.trial(i).isPresent()) {
        planned.add(i);
      }
    }
    if (!expected.keySet().equals(planned)) {
      throw new IllegalStateException("The undisturbed run does not hold the plan");
    }
    long lost = planned.stream().filter(i -> !found.containsKey(i)).count();
    long doubled = found.values().stream().filter(r -> r.size() > 1).count();
    long differing =
        found.entrySet().stream()
            .filter(e -> !Objects.equals(e.getValue().get(0), expected.get(e.getKey()).get(0)))
            .count();
    return new RowsCompared(planned.size(), lost, doubled, differing);
  }

  private static Map<Long, List<String>> rows(String name, Warehouse warehouse) throws IOException {
    Map<Long, List<String>> rows = new TreeMap<>();
    for (StoredSweep sweep : new Catalogue(warehouse).sweeps(name).readable()) {
      new TrialReader(warehouse)
          .forEach(
              sweep.id(),
              trial ->
                  rows.computeIfAbsent(trial.trial().index(), i -> new ArrayList<>())
                      .add(text(trial)));
    }
    return rows;
  }

  private static String text(StoredTrial trial) {
    StringBuilder text = new StringBuilder();
    for (Column<TrialRecord> column : Tables.TRIALS.columns()) {
      if (!CIRCUMSTANCES.contains(column.name())) {
        text.append(column.name()).append('=');
        text.append(trial.row().find(column.name()).orElse(null)).append('\n');
      }
    }
    return text.toString();
  }
}

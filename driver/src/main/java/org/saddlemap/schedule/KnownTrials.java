package org.saddlemap.schedule;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.plan.IndexSet;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.Trial;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds trials of a sweep among those that other sweeps have trained; one object serves a process.
 */
final class KnownTrials {
  private static final Logger LOG = LoggerFactory.getLogger(KnownTrials.class);

  private final Work work;
  private final List<OtherSweep> sweeps;
  private final List<SweepPlan> plans;

  KnownTrials(Work work, List<OtherSweep> sweeps) {
    this.work = work;
    this.sweeps = sweeps;
    this.plans = sweeps.stream().map(OtherSweep::plan).toList();
  }

  /**
   * Records of trials in a range of the plan that have completed in another sweep, by their number
   * in this plan. Where they cannot be read, they are trained instead.
   */
  Map<Long, TrialRecord> in(Warehouse warehouse, SweepPlan plan, ChunkRange range) {
    Map<Long, TrialRecord> known = new HashMap<>();
    for (int i = 0; i < sweeps.size(); i++) {
      try {
        find(warehouse, sweeps.get(i), plans.get(i), plan, range, known);
      } catch (IOException e) {
        LOG.warn("Cannot read trials of {}; they are trained instead", sweeps.get(i).id(), e);
      }
    }
    if (!known.isEmpty()) {
      LOG.info("{} rows of {} are taken over from other sweeps", known.size(), range);
    }
    return known;
  }

  private void find(
      Warehouse warehouse,
      OtherSweep sweep,
      SweepPlan there,
      SweepPlan here,
      ChunkRange range,
      Map<Long, TrialRecord> known)
      throws IOException {
    Map<ChunkRange, Wanted> wanted = new TreeMap<>();
    Coverage coverage = null;
    for (long index = range.from(); index < range.to(); index++) {
      Optional<Trial> trial = known.containsKey(index) ? Optional.empty() : here.trial(index);
      OptionalLong number = trial.isPresent() ? there.find(trial.get()) : OptionalLong.empty();
      if (number.isPresent()) {
        coverage = coverage == null ? new Chunks(warehouse).coverage(sweep.id()) : coverage;
        coverage
            .chunk(number.getAsLong())
            .ifPresent(
                chunk ->
                    wanted
                        .computeIfAbsent(chunk, c -> new Wanted(new IndexSet(), new HashMap<>()))
                        .add(number.getAsLong(), work.id(trial.get()).hex(), trial.get()));
      }
    }
    TrialReader reader = new TrialReader(warehouse);
    for (Map.Entry<ChunkRange, Wanted> chunk : wanted.entrySet()) {
      Map<String, Trial> trials = chunk.getValue().trials();
      reader
          .completed(sweep.id(), chunk.getKey(), chunk.getValue().numbers(), trials.keySet())
          .forEach(
              (id, record) -> {
                Trial trial = trials.get(id);
                known.put(trial.index(), record.as(trial));
              });
    }
  }

  /**
   * What is wanted of a chunk of another sweep.
   *
   * @param numbers in that sweep's plan
   * @param trials of this sweep, by id
   */
  private record Wanted(IndexSet numbers, Map<String, Trial> trials) {
    void add(long number, String id, Trial trial) {
      numbers.add(number);
      trials.put(id, trial);
    }
  }
}

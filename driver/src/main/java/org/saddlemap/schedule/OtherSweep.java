package org.saddlemap.schedule;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.run.Engine;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.Trial;
import org.saddlemap.verdict.VerdictRule;

/**
 * A sweep of the warehouse that may hold trials of another one: same data, seed, examination,
 * engine and rule, and so the same results and verdicts wherever configuration and replicate are
 * the same.
 *
 * @param id of the sweep
 * @param spec its effective spec
 */
public record OtherSweep(String id, String spec) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Of more trials, those that stand elsewhere are not counted, since that would take seconds. */
  private static final long MAX_COUNTED = 2_000_000;

  /**
   * The other sweeps that may hold trials of this one, the newest first.
   *
   * @param id of this one
   * @param dataFingerprint of this one's data
   */
  public static List<OtherSweep> of(
      Warehouse warehouse, String id, SweepSpec spec, String dataFingerprint) throws IOException {
    List<OtherSweep> others = new ArrayList<>();
    for (StoredSweep stored : new Catalogue(warehouse).sweeps().readable()) {
      if (!stored.id().equals(id) && stored.record().dataFingerprint().equals(dataFingerprint)) {
        try {
          SweepSpec other = stored.spec();
          // The digest is computed for this engine and rule, since others give trials other ids.
          String digest =
              SweepPlan.digest(
                  other, dataFingerprint, Engine.version(other.arithmetic()), VerdictRule.VERSION);
          if (digest.equals(stored.record().planDigest())
              && other.seed() == spec.seed()
              && other.arithmetic() == spec.arithmetic()
              && other.examination().equals(spec.examination())) {
            others.add(new OtherSweep(stored.id(), stored.record().spec()));
          }
        } catch (InvalidInput e) {
          // An older version wrote the spec, and gave its trials other ids.
        }
      }
    }
    return others;
  }

  SweepPlan plan() {
    return new SweepPlan(SpecReader.read(spec, id));
  }

  /**
   * What is known of trials elsewhere.
   *
   * @param trials how many; empty where there are too many to look for each
   * @param sweeps ids of those that have them, or may have where no one looked
   */
  public record Known(OptionalLong trials, List<String> sweeps) {
    public Known {
      sweeps = List.copyOf(sweeps);
    }
  }

  /** Which trials of these ranges have a row in other sweeps, by names of files alone. */
  public static Known count(
      Warehouse warehouse, SweepPlan plan, List<ChunkRange> ranges, List<OtherSweep> others)
      throws IOException {
    if (others.isEmpty()) {
      return new Known(OptionalLong.of(0), List.of());
    }
    if (ranges.stream().mapToLong(ChunkRange::size).sum() > MAX_COUNTED) {
      return new Known(OptionalLong.empty(), others.stream().map(OtherSweep::id).toList());
    }
    List<SweepPlan> plans = others.stream().map(OtherSweep::plan).toList();
    List<Coverage> coverages = new ArrayList<>();
    for (OtherSweep other : others) {
      coverages.add(new Chunks(warehouse).coverage(other.id()));
    }
    long count = 0;
    BitSet holds = new BitSet();
    for (ChunkRange range : ranges) {
      for (long index = range.from(); index < range.to(); index++) {
        Trial trial = plan.trial(index).orElse(null);
        for (int i = 0; trial != null && i < plans.size(); i++) {
          OptionalLong there = plans.get(i).find(trial);
          if (there.isPresent() && coverages.get(i).chunk(there.getAsLong()).isPresent()) {
            count++;
            holds.set(i);
            break;
          }
        }
      }
    }
    return new Known(
        OptionalLong.of(count), holds.stream().mapToObj(i -> others.get(i).id()).toList());
  }
}

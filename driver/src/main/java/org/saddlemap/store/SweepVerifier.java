package org.saddlemap.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.Path;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.VerificationReport.Finding;
import org.saddlemap.store.VerificationReport.Kind;
import org.saddlemap.trial.TrialStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what the tables of a sweep hold with its plan, file by file and row by row, and moves
 * away what is wrong. Reads every byte once, and holds one chunk at a time.
 */
public final class SweepVerifier {
  private static final Logger LOG = LoggerFactory.getLogger(SweepVerifier.class);

  private final Warehouse warehouse;
  private final StoredSweep sweep;
  private final Chunks chunks;
  private final SweepPlan plan;
  private final ChunkFileCheck fileCheck;
  private final TrialCheck trialCheck;

  /**
   * @param sweep its row
   * @param spec its stored spec, read
   */
  public SweepVerifier(Warehouse warehouse, StoredSweep sweep, SweepSpec spec) {
    this.warehouse = warehouse;
    this.sweep = sweep;
    this.chunks = new Chunks(warehouse);
    this.plan = new SweepPlan(spec);
    this.fileCheck = new ChunkFileCheck(warehouse, sweep.id());
    this.trialCheck = new TrialCheck(sweep, spec, plan);
  }

  /** What a sound chunk adds to the report. */
  private record Counts(long trials, long unfinished, long undecided) {}

  /** Looks at everything; changes nothing. */
  public VerificationReport verify() throws IOException {
    while (true) {
      List<ChunkRange> before = chunks.list(Tables.TRIALS, sweep.id());
      VerificationReport report = verify(before);
      // Where chunks that were listed are gone, a compaction has put larger ones in their place.
      if (report.findings().isEmpty()
          || chunks.list(Tables.TRIALS, sweep.id()).containsAll(before)) {
        return report;
      }
    }
  }

  private VerificationReport verify(List<ChunkRange> committed) throws IOException {
    String id = sweep.id();
    Map<ChunkRange, Counts> sound = new ConcurrentHashMap<>();
    // Chunks know nothing of each other, so that all cores check them; findings stay in order.
    List<Finding> findings =
        new ArrayList<>(
            committed.parallelStream().flatMap(chunk -> check(chunk, sound).stream()).toList());
    Coverage coverage = Coverage.of(sound.keySet());
    Set<ChunkRange> kept = new TreeSet<>(coverage.disjoint());
    for (ChunkRange chunk : coverage.chunks()) {
      if (!kept.contains(chunk)) {
        findings.add(
            new Finding(
                Kind.DOUBLED,
                fileCheck.place(Tables.TRIALS, chunk),
                "its trials, or some of them, stand in other chunks too",
                Optional.of(chunk)));
      }
    }
    findUncommitted(new TreeSet<>(committed), findings);
    for (String foreign : new Reconciliation(warehouse, id).foreign()) {
      findings.add(new Finding(Kind.FOREIGN_FILE, foreign, "is no chunk's file", Optional.empty()));
    }
    for (ChunkRange hole : Coverage.of(kept).missing(plan.size())) {
      findings.add(
          new Finding(
              Kind.MISSING,
              "plan numbers " + hole.from() + " to " + (hole.to() - 1),
              "no sound chunk holds them",
              Optional.empty()));
    }
    return new VerificationReport(
        plan.planned(),
        kept.stream().mapToLong(c -> sound.get(c).trials()).sum(),
        committed.size(),
        kept.stream().mapToLong(c -> sound.get(c).unfinished()).sum(),
        kept.stream().mapToLong(c -> sound.get(c).undecided()).sum(),
        new Reconciliation(warehouse, id).temporary().size(),
        findings);
  }

  /**
   * Moves what is wrong into the warehouse's quarantine, so that a run fills the hole. Only for the
   * sweep's single writer.
   *
   * @return the folder that they are in now; empty where nothing had to be moved
   */
  public Optional<String> repair(VerificationReport report) throws IOException {
    Quarantine quarantine = Quarantine.of(warehouse, sweep.id());
    boolean moved = false;
    for (Finding finding : report.findings()) {
      if (finding.kind() == Kind.MISSING) {
        continue;
      }
      moved = true;
      if (finding.chunk().isPresent()) {
        quarantine.move(finding.chunk().get());
      } else {
        Path file = new Path(finding.where());
        for (Table<?> table : Warehouse.CHUNKED) {
          if (finding.where().startsWith(table.name() + "/")) {
            quarantine.move(table, file.getName());
          }
        }
      }
    }
    if (!moved) {
      return Optional.empty();
    }
    // The sweep's row no longer says that it is complete.
    new Catalogue(warehouse).write(sweep.id(), sweep.record().finished(null));
    LOG.warn("What was wrong in {} is in {} now", sweep.id(), quarantine.folder());
    return Optional.of(quarantine.folder().toString());
  }

  private void findUncommitted(Set<ChunkRange> committed, List<Finding> findings)
      throws IOException {
    for (Table<?> table : List.of(Tables.CURVES, Tables.LAYERS)) {
      for (ChunkRange chunk : chunks.list(table, sweep.id())) {
        if (!committed.contains(chunk)) {
          findings.add(
              new Finding(
                  Kind.UNCOMMITTED,
                  fileCheck.place(table, chunk),
                  "the trials that it belongs to were never committed",
                  Optional.of(chunk)));
        }
      }
    }
  }

  private Optional<Finding> check(ChunkRange chunk, Map<ChunkRange, Counts> sound) {
    try {
      sound.put(chunk, check(chunk));
      return Optional.empty();
    } catch (UnsoundChunk e) {
      return Optional.of(e.finding(chunk));
    }
  }

  private Counts check(ChunkRange chunk) throws UnsoundChunk {
    String where = fileCheck.place(Tables.TRIALS, chunk);
    if (chunk.to() > plan.size()) {
      throw new UnsoundChunk(Kind.FOREIGN_TRIAL, where, "reaches beyond the plan's " + plan.size());
    }
    Set<String> ids = new HashSet<>();
    long[] counts = new long[2];
    long[] next = {chunk.from()};
    fileCheck.forEachRow(
        Tables.TRIALS,
        chunk,
        row -> {
          StoredTrial stored = new StoredTrial(sweep.id(), chunk, row);
          next[0] = requireNext(where, stored, next[0], chunk);
          trialCheck.requireIdentity(where, stored);
          try {
            counts[0] += stored.status() == TrialStatus.COMPLETED ? 0 : 1;
            counts[1] += trialCheck.followsFromEvidence(where, stored) ? 0 : 1;
          } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
            throw UnsoundChunk.unreadable(where, e);
          }
          ids.add(stored.id().hex());
        });
    requireNone(where, next[0], chunk.to());
    for (Table<?> table : List.of(Tables.CURVES, Tables.LAYERS)) {
      fileCheck.forEachRow(
          table,
          chunk,
          row -> {
            if (!ids.contains(row.findText("trial_id").orElse(""))) {
              throw new UnsoundChunk(
                  Kind.FOREIGN_TRIAL,
                  fileCheck.place(table, chunk),
                  "holds rows of trials that are not here");
            }
          });
    }
    return new Counts(ids.size(), counts[0], counts[1]);
  }

  /** The number after this trial's, once all planned ones before it were seen. */
  private long requireNext(String where, StoredTrial stored, long next, ChunkRange chunk)
      throws UnsoundChunk {
    long index;
    try {
      index = stored.row().whole("plan_index");
    } catch (IllegalStateException | ClassCastException e) {
      throw UnsoundChunk.unreadable(where, e);
    }
    if (!chunk.contains(index)) {
      throw new UnsoundChunk(
          Kind.FOREIGN_TRIAL, where, "holds trial %d of the plan".formatted(index));
    }
    if (index < next) {
      throw new UnsoundChunk(Kind.DOUBLED, where, "holds trial %d twice".formatted(index));
    }
    requireNone(where, next, index);
    return index + 1;
  }

  private void requireNone(String where, long from, long to) throws UnsoundChunk {
    for (long index = from; index < to; index++) {
      if (plan.trial(index).isPresent()) {
        throw new UnsoundChunk(
            Kind.INCOMPLETE, where, "lacks trial %d of the plan".formatted(index));
      }
    }
  }
}

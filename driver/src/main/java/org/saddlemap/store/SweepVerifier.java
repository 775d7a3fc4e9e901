package org.saddlemap.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialContext;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Decision;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

/**
 * Holds what stands in the tables of a sweep against its plan, file by file and row by row. Reads
 * every byte once, and holds one chunk at a time.
 */
public final class SweepVerifier {
  private static final List<Table<?>> TABLES = List.of(Tables.TRIALS, Tables.CURVES, Tables.LAYERS);

  /** Measures that causes rest on, and that may be infinite: then the tables lack them. */
  private static final Set<Measure> SIGNALS =
      EnumSet.of(
          Measure.FORWARD_LOG10,
          Measure.BACKWARD_LOG10,
          Measure.INITIAL_FORWARD_LOG10,
          Measure.INITIAL_BACKWARD_LOG10);

  private final Warehouse warehouse;
  private final StoredSweep sweep;
  private final SweepSpec spec;
  private final Plan plan;
  private final VerdictRule rule;
  private final Configuration conf;
  private final Map<Versions, Boolean> versions = new ConcurrentHashMap<>();

  /** What a row's numbers and verdict came from. */
  private record Versions(String engine, long rule) {}

  /** What a sweep should hold. */
  public interface Plan {
    /** Numbers, those of excluded and repeated points too. */
    long size();

    /** Trials. */
    long planned();

    /** Empty where the number has none. */
    Optional<Trial> trial(long index);

    /** The digest of spec, data, this engine, and this version of the rule. */
    String digest(String engine, long rule);
  }

  /** What can be amiss. */
  public enum Kind {
    /** A file that cannot be read, or whose bytes are not those that were written. */
    UNREADABLE,
    /** A file that is not what its place says: another sweep's, another range's, another schema. */
    MISPLACED,
    /** A trial that the plan does not know under this number, or that stands in the wrong chunk. */
    FOREIGN_TRIAL,
    /** A chunk without all its trials, or without their curves and layers. */
    INCOMPLETE,
    /** Chunks that share trials. */
    DOUBLED,
    /** A verdict that does not follow from the evidence beside it. */
    VERDICT,
    /** Curves or layers without the trials that they belong to. */
    UNCOMMITTED,
    /** A file that no sweep wrote. */
    FOREIGN_FILE,
    /** Numbers of the plan that no chunk covers. */
    MISSING;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One thing that is amiss.
   *
   * @param where a file below the warehouse, or a range of the plan
   * @param chunk of it, where it is a chunk's
   */
  public record Finding(Kind kind, String where, String what, Optional<ChunkRange> chunk) {}

  /**
   * What was found.
   *
   * @param planned trials of the plan
   * @param sound distinct planned trials that stand whole in sound chunks
   * @param chunks committed, whatever their state
   * @param unfinished of the sound trials, those that failed or timed out
   * @param undecided verdicts whose evidence is not complete in the tables (infinite measures are
   *     NULL there), or that another version of the rule gave
   * @param temporary files that a run left behind or is writing; harmless
   */
  public record Report(
      long planned,
      long sound,
      long chunks,
      long unfinished,
      long undecided,
      int temporary,
      List<Finding> findings) {
    public Report {
      findings = List.copyOf(findings);
    }

    /** Trials that are not there, or not as they should be. */
    public long missing() {
      return planned - sound;
    }

    /** Whether every planned trial stands once, whole and unchanged, and nothing else does. */
    public boolean isSound() {
      return findings.isEmpty() && missing() == 0;
    }
  }

  /**
   * @param sweep its row
   * @param spec its stored spec, read
   */
  public SweepVerifier(Warehouse warehouse, StoredSweep sweep, SweepSpec spec, Plan plan) {
    this.warehouse = warehouse;
    this.sweep = sweep;
    this.spec = spec;
    this.plan = plan;
    this.rule = new VerdictRule(spec.examination().thresholds());
    this.conf = warehouse.configuration();
  }

  /** What a sound chunk adds to the report. */
  private record Counts(long trials, long unfinished, long undecided) {}

  /** A chunk that was looked at: what it counts, or what is amiss. */
  private record Checked(ChunkRange chunk, Optional<Counts> counts, Optional<Finding> finding) {}

  private Checked checked(ChunkRange chunk) {
    try {
      return new Checked(chunk, Optional.of(check(chunk)), Optional.empty());
    } catch (Amiss e) {
      return new Checked(
          chunk,
          Optional.empty(),
          Optional.of(new Finding(e.kind, e.where, e.getMessage(), Optional.of(chunk))));
    }
  }

  /** A chunk is not as it should be. */
  private static final class Amiss extends Exception {
    private static final long serialVersionUID = 1L;
    private final Kind kind;
    private final String where;

    Amiss(Kind kind, String where, String what) {
      super(what);
      this.kind = kind;
      this.where = where;
    }
  }

  /** Looks at everything; changes nothing. */
  public Report verify() throws IOException {
    while (true) {
      List<ChunkRange> before = warehouse.chunks(Tables.TRIALS, sweep.id());
      Report report = verify(before);
      // Chunks that were there and are not any more: a compaction has put larger ones in their
      // place meanwhile.
      if (report.findings().isEmpty()
          || warehouse.chunks(Tables.TRIALS, sweep.id()).containsAll(before)) {
        return report;
      }
    }
  }

  private Report verify(List<ChunkRange> committed) throws IOException {
    String id = sweep.id();
    List<Finding> findings = new ArrayList<>();
    Map<ChunkRange, Counts> sound = new HashMap<>();
    // On all cores: chunks know nothing of each other. What is found stays in their order.
    for (Checked checked : committed.parallelStream().map(this::checked).toList()) {
      checked.counts().ifPresent(counts -> sound.put(checked.chunk(), counts));
      checked.finding().ifPresent(findings::add);
    }
    Coverage coverage = Coverage.of(sound.keySet());
    Set<ChunkRange> kept = new TreeSet<>(coverage.disjoint());
    for (ChunkRange chunk : coverage.chunks()) {
      if (!kept.contains(chunk)) {
        findings.add(
            new Finding(
                Kind.DOUBLED,
                place(Tables.TRIALS, chunk),
                "its trials, or some of them, stand in other chunks too",
                Optional.of(chunk)));
      }
    }
    findUncommitted(new TreeSet<>(committed), findings);
    for (String foreign : warehouse.foreign(id)) {
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
    return new Report(
        plan.planned(),
        kept.stream().mapToLong(c -> sound.get(c).trials()).sum(),
        committed.size(),
        kept.stream().mapToLong(c -> sound.get(c).unfinished()).sum(),
        kept.stream().mapToLong(c -> sound.get(c).undecided()).sum(),
        warehouse.temporary(id).size(),
        findings);
  }

  /**
   * Moves what is amiss into the warehouse's quarantine, so that a run fills the hole. Only for the
   * sweep's single writer.
   *
   * @return the folder that they are in now; empty where nothing had to be moved
   */
  public Optional<String> repair(Report report) throws IOException {
    Warehouse.Quarantine quarantine = warehouse.quarantine(sweep.id());
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
        for (Table<?> table : TABLES) {
          if (finding.where().startsWith(table.name() + "/")) {
            quarantine.move(table, file.getName());
          }
        }
      }
    }
    if (!moved) {
      return Optional.empty();
    }
    reopen();
    return Optional.of(quarantine.folder().toString());
  }

  /** The sweep's row no longer says that it is complete. */
  private void reopen() throws IOException {
    warehouse.writeSweep(sweep.id(), sweep.record().finished(null));
  }

  private void findUncommitted(Set<ChunkRange> committed, List<Finding> findings)
      throws IOException {
    for (Table<?> table : List.of(Tables.CURVES, Tables.LAYERS)) {
      for (ChunkRange chunk : warehouse.chunks(table, sweep.id())) {
        if (!committed.contains(chunk)) {
          findings.add(
              new Finding(
                  Kind.UNCOMMITTED,
                  place(table, chunk),
                  "the trials that it belongs to were never committed",
                  Optional.of(chunk)));
        }
      }
    }
  }

  private Counts check(ChunkRange chunk) throws Amiss {
    String where = place(Tables.TRIALS, chunk);
    if (chunk.to() > plan.size()) {
      throw new Amiss(Kind.FOREIGN_TRIAL, where, "reaches beyond the plan's " + plan.size());
    }
    Set<String> ids = new HashSet<>();
    long[] counts = new long[2];
    long[] next = {chunk.from()};
    forEachRow(
        Tables.TRIALS,
        chunk,
        row -> {
          StoredTrial stored = new StoredTrial(sweep.id(), chunk, row);
          next[0] = requireNext(where, stored, next[0], chunk);
          requireIdentity(where, stored);
          try {
            counts[0] += stored.status() == TrialStatus.COMPLETED ? 0 : 1;
            counts[1] += followsFromEvidence(where, stored) ? 0 : 1;
          } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
            throw unreadable(where, e);
          }
          ids.add(stored.id().hex());
        });
    requireNone(where, next[0], chunk.to());
    for (Table<?> table : List.of(Tables.CURVES, Tables.LAYERS)) {
      forEachRow(
          table,
          chunk,
          row -> {
            if (!ids.contains(row.findText("trial_id").orElse(""))) {
              throw new Amiss(
                  Kind.FOREIGN_TRIAL,
                  place(table, chunk),
                  "holds rows of trials that are not here");
            }
          });
    }
    return new Counts(ids.size(), counts[0], counts[1]);
  }

  /** The number after this trial's, once all planned ones before it were seen. */
  private long requireNext(String where, StoredTrial stored, long next, ChunkRange chunk)
      throws Amiss {
    long index;
    try {
      index = stored.row().whole("plan_index");
    } catch (IllegalStateException | ClassCastException e) {
      throw unreadable(where, e);
    }
    if (!chunk.contains(index)) {
      throw new Amiss(Kind.FOREIGN_TRIAL, where, "holds trial %d of the plan".formatted(index));
    }
    if (index < next) {
      throw new Amiss(Kind.DOUBLED, where, "holds trial %d twice".formatted(index));
    }
    requireNone(where, next, index);
    return index + 1;
  }

  private void requireNone(String where, long from, long to) throws Amiss {
    for (long index = from; index < to; index++) {
      if (plan.trial(index).isPresent()) {
        throw new Amiss(Kind.INCOMPLETE, where, "lacks trial %d of the plan".formatted(index));
      }
    }
  }

  private void requireIdentity(String where, StoredTrial stored) throws Amiss {
    long index = stored.row().whole("plan_index");
    Optional<Trial> trial = plan.trial(index);
    try {
      String engine = stored.row().text("engine");
      long rule = stored.ruleVersion();
      boolean known =
          versions.computeIfAbsent(
              new Versions(engine, rule),
              v -> plan.digest(v.engine, v.rule).equals(sweep.record().planDigest()));
      boolean same =
          known
              && trial.isPresent()
              && trial.get().equals(stored.trial())
              && stored
                  .id()
                  .equals(
                      new TrialContext(
                              spec.seed(),
                              sweep.record().dataFingerprint(),
                              spec.examination(),
                              engine,
                              rule)
                          .id(trial.get().configuration(), trial.get().replicate()));
      if (!same) {
        throw new Amiss(
            Kind.FOREIGN_TRIAL,
            where,
            known
                ? "its trial %d is not that of the plan".formatted(index)
                : "its trial %d was trained by engine %s and judged by rule %d, which are not the sweep's"
                    .formatted(index, engine, rule));
      }
    } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
      throw unreadable(where, e);
    }
  }

  /** False where it cannot be told. */
  private boolean followsFromEvidence(String where, StoredTrial stored) throws Amiss {
    Optional<Verdict> verdict = stored.verdict();
    if ((stored.status() == TrialStatus.COMPLETED) != verdict.isPresent()) {
      throw new Amiss(
          Kind.VERDICT,
          where,
          "its trial %d is %s and has %s verdict"
              .formatted(
                  stored.trial().index(),
                  stored.status().text(),
                  verdict.isPresent() ? "a" : "no"));
    }
    if (verdict.isEmpty()) {
      return true;
    }
    if (stored.ruleVersion() != VerdictRule.VERSION) {
      return false;
    }
    Decision decision;
    try {
      decision = rule.decide(stored.evidence());
    } catch (IllegalStateException e) {
      return false; // a measure that was infinite is NULL in the tables
    }
    if (!(decision instanceof Verdict decided)) {
      return false;
    }
    boolean same =
        decided.category().equals(verdict.get().category())
            && decided.subCategory().equals(verdict.get().subCategory());
    if (same && decided.cause().equals(verdict.get().cause())) {
      return true;
    }
    if (same && !SIGNALS.stream().allMatch(stored.evidence()::has)) {
      return false; // one was infinite perhaps, and its cause does not show any more
    }
    throw new Amiss(
        Kind.VERDICT,
        where,
        "its trial %d is called %s, and its evidence says %s"
            .formatted(stored.trial().index(), name(verdict.get()), name(decided)));
  }

  private static String name(Verdict verdict) {
    return verdict.name() + verdict.cause().map(c -> " by " + c.text()).orElse("");
  }

  /** What is asked of a row. */
  @FunctionalInterface
  private interface Check {
    void of(Row row) throws Amiss;
  }

  /** Checks a chunk's file, once its bytes and its footer are what they should be, row by row. */
  private void forEachRow(Table<?> table, ChunkRange chunk, Check check) throws Amiss {
    String where = place(table, chunk);
    try {
      Path file = warehouse.file(table, sweep.id(), chunk);
      switch (warehouse.digest(file)) {
        case WRONG ->
            throw new Amiss(
                Kind.UNREADABLE, where, "its digest is not that of its bytes: it was changed");
        case ABSENT ->
            throw new Amiss(
                Kind.UNREADABLE, where, "it has no digest: it was cut off, or others wrote it");
        case RIGHT -> {
          // Goes on to what it says.
        }
      }
      long counted = requireFooter(where, table, file, chunk);
      long rows = 0;
      try (ParquetReader<Row> reader = RowReader.open(file, conf, Set.of())) {
        for (Row row = reader.read(); row != null; row = reader.read()) {
          rows++;
          check.of(row);
        }
      }
      if (rows != counted) {
        throw new Amiss(
            Kind.UNREADABLE, where, "it holds %d rows and says %d".formatted(rows, counted));
      }
    } catch (java.io.FileNotFoundException e) {
      throw new Amiss(Kind.INCOMPLETE, where, "is not there, and the chunk's trials are");
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw unreadable(where, e);
    }
  }

  private long requireFooter(String where, Table<?> table, Path file, ChunkRange chunk)
      throws IOException, Amiss {
    Map<String, String> says;
    String holds;
    long rows;
    try (ParquetFileReader reader = RowReader.footer(file, conf)) {
      FileMetaData metadata = reader.getFooter().getFileMetaData();
      says = metadata.getKeyValueMetaData();
      holds = metadata.getSchema().getName();
      rows = reader.getRecordCount();
    }
    if (!holds.equals(table.name())) {
      throw new Amiss(Kind.MISPLACED, where, "holds rows of the table " + holds);
    }
    String version = says.getOrDefault(Warehouse.SCHEMA_VERSION_KEY, "");
    if (!version.matches("[1-9]\\d{0,8}")) {
      throw new Amiss(Kind.MISPLACED, where, "it does not say which version its schema has");
    }
    if (Integer.parseInt(version) > Tables.SCHEMA_VERSION) {
      throw new Amiss(
          Kind.MISPLACED,
          where,
          "its schema is version %s; this Saddlemap knows up to %d"
              .formatted(version, Tables.SCHEMA_VERSION));
    }
    if (!sweep.id().equals(says.get(Warehouse.SWEEP_KEY))) {
      throw new Amiss(
          Kind.MISPLACED, where, "belongs to the sweep " + says.get(Warehouse.SWEEP_KEY));
    }
    String range = chunk.from() + "-" + chunk.to();
    if (!range.equals(says.get(Warehouse.RANGE_KEY))) {
      throw new Amiss(Kind.MISPLACED, where, "holds the range " + says.get(Warehouse.RANGE_KEY));
    }
    if (!Long.toString(rows).equals(says.get(Warehouse.ROWS_KEY))) {
      throw new Amiss(
          Kind.UNREADABLE,
          where,
          "it has %d rows, and was written with %s".formatted(rows, says.get(Warehouse.ROWS_KEY)));
    }
    return rows;
  }

  private static Amiss unreadable(String where, Throwable cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    Amiss amiss =
        new Amiss(
            Kind.UNREADABLE,
            where,
            "cannot be read: " + message.lines().findFirst().orElse(cause.toString()));
    amiss.initCause(cause);
    return amiss;
  }

  private String place(Table<?> table, ChunkRange chunk) {
    return "%s/sweep=%s/%s".formatted(table.name(), sweep.id(), chunk.fileName());
  }
}

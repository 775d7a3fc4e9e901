package org.saddlemap.schedule;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.saddlemap.record.Build;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.Tags;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;

/** Writes a sweep's row in the table {@code sweeps}: once as it starts, and once it is complete. */
final class SweepRegister {
  private final Warehouse tables;
  private final SweepInput input;
  private final long planned;
  private final String sparkVersion;
  private final List<String> tags;
  private final Optional<String> note;

  /**
   * @param planned number of trials
   * @param tags added to those that the row has
   * @param note takes the place of the row's, which stays where this is empty; a blank one deletes
   *     it
   */
  SweepRegister(
      Warehouse tables,
      SweepInput input,
      long planned,
      String sparkVersion,
      List<String> tags,
      Optional<String> note) {
    this.tables = tables;
    this.input = input;
    this.planned = planned;
    this.sparkVersion = sparkVersion;
    this.tags = List.copyOf(tags);
    this.note = note;
  }

  /** Writes the row of a sweep that is not complete; the time of its first start stays. */
  void start() throws IOException {
    new Catalogue(tables).write(input.id(), current());
  }

  /** Writes that the sweep is complete. Where the row says so already, only labels may change. */
  void finish() throws IOException {
    Optional<SweepRecord> stored = stored();
    if (stored.isEmpty() || stored.get().finished() == null) {
      new Catalogue(tables).write(input.id(), current().finished(now()));
    } else if (!labelled(stored.get()).equals(stored.get())) {
      new Catalogue(tables).write(input.id(), labelled(stored.get()));
    }
  }

  private Optional<SweepRecord> stored() throws IOException {
    return new Catalogue(tables).sweep(input.id()).map(StoredSweep::record);
  }

  private SweepRecord current() throws IOException {
    Optional<SweepRecord> before = stored();
    SweepRecord now =
        new SweepRecord(
            input.spec().name(),
            input.effectiveSpec(),
            input.path(),
            input.digest(),
            input.data().fingerprint(),
            input.data().summary(),
            (long) input.data().train().rows(),
            planned,
            Build.version(),
            sparkVersion,
            before.map(SweepRecord::started).orElseGet(SweepRegister::now),
            null);
    return labelled(before.map(b -> now.labelled(b.tags(), b.note())).orElse(now));
  }

  private SweepRecord labelled(SweepRecord record) {
    return record.labelled(
        Tags.merged(record.tags(), tags),
        note.isEmpty() ? record.note() : note.get().isBlank() ? null : note.get().strip());
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
  }
}

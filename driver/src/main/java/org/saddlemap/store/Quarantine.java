package org.saddlemap.store;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;

/**
 * A new folder, {@code _quarantine/<sweep>/<time>}, that takes files of one sweep out of the tables
 * and keeps them; it is created with the first file.
 */
final class Quarantine {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss.SSS", Locale.ROOT);

  private final Warehouse warehouse;
  private final String sweepId;
  private final Path folder;

  private Quarantine(Warehouse warehouse, String sweepId, Path folder) {
    this.warehouse = warehouse;
    this.sweepId = sweepId;
    this.folder = folder;
  }

  static Quarantine of(Warehouse warehouse, String sweepId) throws IOException {
    return of(warehouse, sweepId, Instant.now());
  }

  static Quarantine of(Warehouse warehouse, String sweepId, Instant time) throws IOException {
    String now = NAME.format(time.atOffset(ZoneOffset.UTC));
    Path folder = new Path(home(warehouse, sweepId), now);
    // A clock that goes back may give a name a second time.
    for (int i = 2; warehouse.fileSystem().exists(folder); i++) {
      folder = new Path(home(warehouse, sweepId), now + "-" + i);
    }
    return new Quarantine(warehouse, sweepId, folder);
  }

  /** The folder of all that was ever moved away from a sweep. */
  static Path home(Warehouse warehouse, String sweepId) {
    return new Path(warehouse.path(Warehouse.QUARANTINE), SweepId.require(sweepId));
  }

  Path folder() {
    return folder;
  }

  /** Moves a chunk's files; its commit first, so that dying on the way leaves no half a chunk. */
  void move(ChunkRange chunk) throws IOException {
    for (Table<?> table : List.of(Tables.TRIALS, Tables.CURVES, Tables.LAYERS)) {
      move(table, ChunkFile.name(chunk));
    }
  }

  /** Moves a file of a table, where it is there. */
  void move(Table<?> table, String name) throws IOException {
    FileSystem fs = warehouse.fileSystem();
    Path from = new Path(warehouse.folder(table, sweepId), name);
    Path to = new Path(new Path(folder, table.name()), name);
    if (!fs.exists(from)) {
      return;
    }
    fs.mkdirs(to.getParent());
    if (!fs.rename(from, to)) {
      throw new IOException("Cannot move " + from + " to " + to);
    }
  }
}

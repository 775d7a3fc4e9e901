package org.saddlemap.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.CompactionPlan;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;

/**
 * What the folders of a warehouse say of the compaction of its sweeps.
 *
 * @param warehouse where it is
 */
record CompactionFolder(Path warehouse) {
  /** Numbers of the runs whose compaction has begun and is not over. */
  Set<String> begun() throws IOException {
    Set<String> runs = new TreeSet<>();
    Path folder = warehouse.resolve("_compaction");
    try (DirectoryStream<Path> sweeps = Files.newDirectoryStream(folder)) {
      for (Path sweep : sweeps) {
        try (DirectoryStream<Path> begun = Files.newDirectoryStream(sweep, "run-*")) {
          begun.forEach(run -> runs.add(run.getFileName().toString()));
        }
      }
    } catch (NoSuchFileException e) {
      // There is none, or not any more.
    }
    return runs;
  }

  /**
   * @param earlier what earlier runs left; the first thing that a run does is to clear it away
   */
  boolean isAtWork(Set<String> earlier) throws IOException {
    return !earlier.containsAll(begun());
  }

  /** Whether the large files of some sweep stand for the small ones, which are there still. */
  boolean isCommitted() throws IOException {
    Path folder = warehouse.resolve("_compaction");
    try (DirectoryStream<Path> sweeps = Files.newDirectoryStream(folder)) {
      for (Path sweep : sweeps) {
        if (Files.exists(sweep.resolve("committed"))) {
          return true;
        }
      }
    } catch (NoSuchFileException e) {
      // It is over.
    }
    return false;
  }

  /** Whether a sweep has files left to merge. */
  boolean isWanting() throws IOException {
    Warehouse tables = Warehouse.open(warehouse.toString(), new Configuration());
    for (StoredSweep sweep : new Catalogue(tables).sweeps().readable()) {
      if (!CompactionPlan.of(tables, sweep.id()).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Of each table, the same. */
  int files() throws IOException {
    int files = chunks(Tables.TRIALS);
    for (Table<?> table : List.of(Tables.CURVES, Tables.LAYERS)) {
      if (chunks(table) != files) {
        throw new IllegalStateException(warehouse + ": not as many files in " + table.name());
      }
    }
    return files;
  }

  int chunks(Table<?> table) throws IOException {
    int chunks = 0;
    Warehouse tables = Warehouse.open(warehouse.toString(), new Configuration());
    for (StoredSweep sweep : new Catalogue(tables).sweeps().readable()) {
      chunks += new Chunks(tables).list(table, sweep.id()).size();
    }
    return chunks;
  }
}

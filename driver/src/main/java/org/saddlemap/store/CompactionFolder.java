package org.saddlemap.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.saddlemap.record.Table;

/**
 * Where a sweep's {@link Compaction}s work, {@code _compaction/sweep=<id>}: a folder for each run,
 * {@code run-<number>/<table>}, and the small file {@code committed}, which names the run whose
 * large files replace the sweep's small ones.
 */
final class CompactionFolder {
  private final FileSystem fs;
  private final AtomicFiles files;
  private final Path folder;

  CompactionFolder(FileSystem fs, AtomicFiles files, Path folder) {
    this.fs = fs;
    this.files = files;
    this.folder = folder;
  }

  Path path() {
    return folder;
  }

  /** The name by which a run of the sweep goes here. */
  static String runName(long number) {
    return String.format(Locale.ROOT, "run-%06d", number);
  }

  Path of(String run, String below) {
    return new Path(new Path(folder, run), below);
  }

  /** Name of the run that is committed, where one is. */
  Optional<String> committed() throws IOException {
    return files.read(marker());
  }

  /** The committed large files of a table, as long as they are not in the table's own folder. */
  Optional<Path> committed(Table<?> table) throws IOException {
    Optional<Path> large = committed().map(run -> of(run, table.name()));
    return large.isPresent() && fs.exists(large.get()) ? large : Optional.empty();
  }

  void commit(String run) throws IOException {
    files.writeIntoFolder(marker(), out -> out.write(run.getBytes(StandardCharsets.UTF_8)));
  }

  /** Takes the marker away first: without it, what is left belongs to no one. */
  void delete() throws IOException {
    fs.delete(marker(), false);
    fs.delete(folder, true);
  }

  private Path marker() {
    return new Path(folder, "committed");
  }
}

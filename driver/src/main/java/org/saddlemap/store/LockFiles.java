package org.saddlemap.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.saddlemap.record.Tables;

/**
 * The files of a sweep's {@link SweepLock}, {@code _run-<number>}, which lie beside the sweep's
 * row.
 */
final class LockFiles {
  private static final Pattern NAME = Pattern.compile("_run-(\\d{6,18})");

  private final Warehouse warehouse;
  private final String sweepId;

  LockFiles(Warehouse warehouse, String sweepId) {
    this.warehouse = warehouse;
    this.sweepId = sweepId;
  }

  /** Whether a lock's file may have that name. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Numbers of the files that are there, in no order. */
  List<Long> numbers() throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (String name : warehouse.names(Tables.SWEEPS, sweepId)) {
      Matcher m = NAME.matcher(name);
      if (m.matches()) {
        numbers.add(Long.parseLong(m.group(1)));
      }
    }
    return numbers;
  }

  /** The file with the highest number; empty where there is none. */
  Optional<LockFile> highest() throws IOException {
    while (true) {
      Optional<Long> number = numbers().stream().max(Long::compare);
      if (number.isEmpty()) {
        return Optional.empty();
      }
      Optional<String> text = warehouse.files().read(path(number.get()));
      if (text.isPresent()) {
        return Optional.of(LockFile.parse(number.get(), text.get()));
      }
      // It was deleted in between, so there is a higher one.
    }
  }

  /** Creates a number's file: of several callers at once, one gets true. */
  boolean create(long number, String text) throws IOException {
    return warehouse.files().create(path(number), text);
  }

  void overwrite(long number, String text) throws IOException {
    warehouse.files().overwrite(path(number), text);
  }

  /** Deletes lower numbers. The file of the last run stays, so that none is given twice. */
  void deleteBelow(long number) throws IOException {
    for (long older : numbers()) {
      if (older < number) {
        warehouse.fileSystem().delete(path(older), false);
      }
    }
  }

  /** Deletes all of them with their folder; the sweep's row is gone. */
  void deleteAll() throws IOException {
    warehouse.fileSystem().delete(warehouse.folder(Tables.SWEEPS, sweepId), true);
  }

  private Path path(long number) {
    return new Path(
        warehouse.folder(Tables.SWEEPS, sweepId), String.format(Locale.ROOT, "_run-%06d", number));
  }
}

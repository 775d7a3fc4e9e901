package org.saddlemap.analysis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;

/**
 * The tables of the chapter's sweeps that the repository ships: all trials and layers, without the
 * loss curves, one file a sweep. {@code -Dsaddlemap.regenerate=true -Dsaddlemap.chapter=WAREHOUSE}
 * makes them anew from a warehouse that the chapter was run in.
 */
public final class ChapterSample {
  public static final Path FOLDER = Path.of("..", "docs", "sample", "chapter");

  private static final List<Table<?>> KEPT = List.of(Tables.TRIALS, Tables.LAYERS);

  private ChapterSample() {}

  /** The shipped tables. */
  public static Warehouse open() throws IOException {
    return Warehouse.open(FOLDER.toString(), new Configuration());
  }

  /** The sweeps in the chapter's order. */
  public static List<StoredSweep> sweeps() throws IOException {
    return new Catalogue(open())
        .sweeps().readable().stream()
            .sorted(Comparator.comparing((StoredSweep s) -> s.record().started()))
            .toList();
  }

  /** Copies them anew where that is asked for. */
  static void refresh(SparkSession spark) throws IOException {
    String from = System.getProperty("saddlemap.chapter");
    if (!Boolean.getBoolean("saddlemap.regenerate") || from == null) {
      return;
    }
    if (Files.isDirectory(FOLDER)) {
      delete(FOLDER);
    }
    Warehouse warehouse =
        Warehouse.open(Path.of(from).toAbsolutePath().toString(), new Configuration());
    SqlSession session = new SqlSession(spark, warehouse);
    for (StoredSweep sweep : new Catalogue(warehouse).sweeps().readable()) {
      String partition = "sweep=" + sweep.id();
      Path row = Path.of(Tables.SWEEPS.name(), partition, "sweep.parquet");
      Files.createDirectories(FOLDER.resolve(row).getParent());
      Files.copy(Path.of(from).resolve(row), FOLDER.resolve(row));
      for (Table<?> table : KEPT) {
        Path folder = FOLDER.resolve(table.name()).resolve(partition);
        write(
            session
                .table(table)
                .where("sweep = '" + sweep.id() + "'")
                .drop("sweep")
                .orderBy(table.equals(Tables.TRIALS) ? "plan_index" : "trial_id"),
            folder);
      }
    }
  }

  /** One file instead of Spark's folder with its names at random. */
  private static void write(Dataset<Row> rows, Path folder) throws IOException {
    Path temporary = folder.resolveSibling("temporary");
    rows.coalesce(1).write().option("compression", "zstd").parquet(temporary.toString());
    Files.createDirectories(folder);
    try (Stream<Path> parts = Files.list(temporary)) {
      Files.move(
          parts
              .filter(p -> p.getFileName().toString().startsWith("part-"))
              .findFirst()
              .orElseThrow(),
          folder.resolve("all.parquet"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    delete(temporary);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(
              p -> {
                try {
                  Files.delete(p);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}

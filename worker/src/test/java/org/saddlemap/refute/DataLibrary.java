package org.saddlemap.refute;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.saddlemap.data.CsvReader;
import org.saddlemap.data.Dataset;
import org.saddlemap.data.Preparation;
import org.saddlemap.data.SyntheticData;
import org.saddlemap.examine.ExaminedRows;
import org.saddlemap.space.Loss;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SyntheticSource;

/**
 * Data sets, each prepared once for all trials. Paths that start with {@code generated/} name
 * {@link GeneratedData}, others files below the project's root.
 */
final class DataLibrary {
  static final String GENERATED = "generated/";

  private final Path root;
  private final Map<DataSpec, Dataset> sets = new ConcurrentHashMap<>();
  private final Map<RowsKey, ExaminedRows> rows = new ConcurrentHashMap<>();

  private record RowsKey(DataSpec data, Loss loss, ExaminationSpec examination) {}

  /**
   * @param root the project's
   */
  DataLibrary(Path root) {
    this.root = root;
  }

  Dataset dataset(DataSpec spec) {
    return sets.computeIfAbsent(spec, this::load);
  }

  ExaminedRows rows(DataSpec spec, Loss loss, ExaminationSpec examination) {
    return rows.computeIfAbsent(
        new RowsKey(spec, loss, examination),
        k -> ExaminedRows.of(dataset(spec), loss, examination));
  }

  private Dataset load(DataSpec spec) {
    if (spec.source() instanceof SyntheticSource synthetic) {
      return Preparation.prepare(SyntheticData.draw(synthetic, spec.task(), spec.seed()), spec);
    }
    if (!(spec.source() instanceof CsvSource csv)) {
      throw new IllegalArgumentException("Cannot load " + spec.source());
    }
    try (InputStream in = open(csv.path())) {
      return Preparation.prepare(CsvReader.read(in, csv, spec.task(), spec.limit()), spec);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private InputStream open(String path) throws IOException {
    if (path.startsWith(GENERATED)) {
      String text = GeneratedData.csv(path.substring(GENERATED.length()));
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
    return Files.newInputStream(root.resolve(path));
  }
}

package org.saddlemap.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.data.Dataset;
import org.saddlemap.load.DataLoader;
import org.saddlemap.load.Locations;
import org.saddlemap.plan.Repetitions;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.run.Engine;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Space;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.EffectiveSpec;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.SweepId;
import org.saddlemap.verdict.VerdictRule;

/**
 * All that the user gives for a sweep, read and found valid: nothing is left that could be wrong
 * with it.
 *
 * @param path of the spec, as it was given
 * @param spec on the data's rows
 * @param digest of all that the sweep's results depend on
 * @param repetitions what of the spec as it was given only repeats other points
 */
record SweepInput(
    String path,
    SweepSpec spec,
    String effectiveSpec,
    Dataset data,
    String digest,
    Repetitions repetitions) {
  /**
   * Reads a spec and loads its data.
   *
   * @param spark asked only for formats that Spark reads
   * @throws InvalidInput where either is wrong
   */
  static SweepInput read(String path, Configuration hadoop, Supplier<SparkSession> spark) {
    String text = text(path, hadoop);
    SweepSpec spec = SpecReader.read(text, path);
    Dataset data = data(spec.data(), text, path, path, hadoop, spark);
    requireLossFits(text, path, spec.space(), data);
    requireStepsCountable(text, path, spec.space(), data);
    requireBatchesNormalizable(text, path, spec.space(), data);
    SweepSpec on = spec.on(data.train().rows());
    return new SweepInput(
        path,
        on,
        EffectiveSpec.yaml(on),
        data,
        SweepPlan.digest(
            on, data.fingerprint(), Engine.version(spec.arithmetic()), VerdictRule.VERSION),
        Repetitions.of(spec.space(), on.space(), data.train().rows()));
  }

  /**
   * The data of a stored sweep, looked for where its spec was.
   *
   * @throws InvalidInput where they are not there any more
   */
  static Dataset data(StoredSweep sweep, Configuration hadoop, Supplier<SparkSession> spark) {
    return data(sweep, StoredCosts.spec(sweep).data(), hadoop, spark);
  }

  /** The same from where the data are now. */
  static Dataset data(
      StoredSweep sweep, DataSpec data, Configuration hadoop, Supplier<SparkSession> spark) {
    return data(
        data, sweep.record().spec(), nameOfStored(sweep), sweep.record().specPath(), hadoop, spark);
  }

  static String nameOfStored(StoredSweep sweep) {
    return "the stored spec of " + sweep.id();
  }

  /** Errors of the data name the spec and the key that lead to them. */
  private static Dataset data(
      DataSpec data,
      String text,
      String name,
      String path,
      Configuration hadoop,
      Supplier<SparkSession> spark) {
    try {
      return DataLoader.load(data, path, hadoop, spark);
    } catch (InvalidInput e) {
      throw SpecReader.dataError(text, name, e);
    }
  }

  /** The spec alone. */
  static SweepSpec spec(String path, Configuration hadoop) {
    return SpecReader.read(text(path, hadoop), path);
  }

  String id() {
    return SweepId.of(spec.name(), digest);
  }

  /** A local file comes first, since that is what a plain path means to its user. */
  private static String text(String path, Configuration hadoop) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes(path, hadoop)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInput("Cannot read the spec %s: it is not text in UTF-8".formatted(path), e);
    } catch (FileNotFoundException e) {
      throw new InvalidInput("Cannot read the spec %s: there is no such file".formatted(path), e);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInput("Cannot read the spec %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static byte[] bytes(String path, Configuration hadoop) throws IOException {
    if (isLocalFolder(path)) {
      throw new IOException("it is a folder; give a spec file");
    }
    if (DataLoader.isLocalFile(path)) {
      return Files.readAllBytes(java.nio.file.Path.of(path));
    }
    Path file = Locations.path(path);
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return in.readAllBytes();
    }
  }

  private static boolean isLocalFolder(String path) {
    try {
      return Files.isDirectory(java.nio.file.Path.of(path));
    } catch (InvalidPathException e) {
      return false; // such as a URI on Windows
    }
  }

  /** What the spec alone cannot tell: the number of classes is known with the data. */
  private static void requireLossFits(String text, String path, Space space, Dataset data) {
    for (Object loss : space.values(Hyperparameter.LOSS)) {
      if (loss == Loss.BINARY_CROSS_ENTROPY && data.classes() != 2) {
        throw SpecReader.error(
            text,
            path,
            Hyperparameter.LOSS,
            "binary_cross_entropy needs exactly 2 classes, and the data have %d; use cross_entropy"
                .formatted(data.classes()));
      }
      if (loss == Loss.CROSS_ENTROPY && data.classes() == 0) {
        throw SpecReader.error(
            text,
            path,
            Hyperparameter.LOSS,
            "cross_entropy needs classes, and the data are a regression's; use mse");
      }
    }
  }

  /** Epochs become steps with the number of rows, and steps are counted in an int. */
  private static void requireStepsCountable(String text, String path, Space space, Dataset data) {
    int rows = data.train().rows();
    long epochs =
        space.values(Hyperparameter.EPOCHS).stream().mapToLong(v -> (Long) v).max().orElse(0);
    int batch =
        space.values(Hyperparameter.BATCH_SIZE).stream()
            .mapToInt(v -> ((BatchSize) v).of(rows))
            .min()
            .orElse(rows);
    long batches = (rows + (long) batch - 1) / batch;
    if (epochs * batches > Integer.MAX_VALUE) {
      throw SpecReader.error(
          text,
          path,
          Hyperparameter.EPOCHS,
          "%d epochs of %d batches are %d steps; a trial takes at most %d"
              .formatted(epochs, batches, epochs * batches, Integer.MAX_VALUE));
    }
  }

  /**
   * The last batch of a pass may be smaller than the others; one of a single row would be
   * normalized to 0 whatever came in.
   */
  private static void requireBatchesNormalizable(
      String text, String path, Space space, Dataset data) {
    int rows = data.train().rows();
    for (Object value : space.values(Hyperparameter.BATCH_SIZE)) {
      BatchSize size = (BatchSize) value;
      int batch = size.of(rows);
      if (leavesOneRow(rows, batch) && space.normalizes(size)) {
        int right = batch + 1;
        while (leavesOneRow(rows, right)) {
          right++;
        }
        throw SpecReader.error(
            text,
            path,
            Hyperparameter.BATCH_SIZE,
            "%d training rows in batches of %d leave a batch of one row, which batch_norm: true makes 0 whatever comes in; use another size such as %d, or exclude it where batch_norm is true"
                .formatted(rows, batch, right));
      }
    }
  }

  private static boolean leavesOneRow(int rows, int batch) {
    return batch == 1 || (batch < rows && rows % batch == 1);
  }
}

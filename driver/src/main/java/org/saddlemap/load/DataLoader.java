package org.saddlemap.load;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.data.CsvReader;
import org.saddlemap.data.Dataset;
import org.saddlemap.data.IdxReader;
import org.saddlemap.data.Preparation;
import org.saddlemap.data.RawTable;
import org.saddlemap.data.SyntheticData;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.DataSource;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.IdxSource;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.LibsvmSource;
import org.saddlemap.spec.ParquetSource;
import org.saddlemap.spec.SyntheticSource;

/** Loads what a {@link DataSpec} names, into the memory of this process. */
public final class DataLoader {
  private final Configuration hadoop;
  private final Supplier<SparkSession> spark;

  /** Path of the spec that names the data. */
  private final String spec;

  private DataLoader(String spec, Configuration hadoop, Supplier<SparkSession> spark) {
    this.spec = spec;
    this.hadoop = hadoop;
    this.spark = spark;
  }

  /**
   * Loads and prepares data. The same files and spec give the same data set, whatever the cluster.
   *
   * @param file path of the spec; a relative path is looked for in its folder first, then in the
   *     working folder
   * @param hadoop settings of the file systems; a path without a scheme is that of a local file
   *     where there is one and Spark is not needed to read it; else it belongs to the default file
   *     system, and is relative to its working folder
   * @param spark asked for LIBSVM and Parquet alone
   * @throws InvalidInput where a file is missing, unreadable, or not what the spec says
   */
  public static Dataset load(
      DataSpec spec, String file, Configuration hadoop, Supplier<SparkSession> spark) {
    return Preparation.prepare(new DataLoader(file, hadoop, spark).read(spec), spec);
  }

  /** Whether a file of that name can be seen from here without Hadoop. */
  public static boolean isLocalFile(String path) {
    try {
      return Files.isRegularFile(java.nio.file.Path.of(path));
    } catch (InvalidPathException e) {
      return false; // such as a URI on Windows
    }
  }

  /** Where a local file of that name is, seen from a spec; empty where there is none. */
  public static Optional<String> localFile(String spec, String name) {
    return Stream.concat(Locations.beside(spec, name).stream(), Stream.of(name))
        .filter(DataLoader::isLocalFile)
        .findFirst();
  }

  private RawTable read(DataSpec spec) {
    OptionalLong limit = spec.limit();
    // A chain, for Java 17 has no patterns in switch.
    DataSource source = spec.source();
    if (source instanceof CsvSource csv) {
      try (InputStream in = open(csv.path())) {
        return CsvReader.read(in, csv, spec.task(), limit);
      } catch (IOException e) {
        throw unreadable(csv.path(), e);
      }
    }
    if (source instanceof IdxSource idx) {
      try (InputStream images = open(idx.images());
          InputStream labels = open(idx.labels())) {
        return IdxReader.read(images, labels, idx, spec.task(), limit);
      } catch (IOException e) {
        throw unreadable(idx.images(), e);
      }
    }
    if (source instanceof LibsvmSource libsvm) {
      String path = qualified(libsvm.path()).toString();
      return new SparkTable(spark.get(), libsvm.path(), path, spec.task(), limit).libsvm();
    }
    if (source instanceof ParquetSource parquet) {
      String path = qualified(parquet.path()).toString();
      return new SparkTable(spark.get(), parquet.path(), path, spec.task(), limit)
          .parquet(parquet.label());
    }
    if (source instanceof SyntheticSource synthetic) {
      return SyntheticData.draw(synthetic, spec.task(), spec.seed());
    }
    throw new IllegalStateException("Cannot load " + source);
  }

  /** For what this process reads itself. */
  private InputStream open(String name) {
    Optional<String> beside = Locations.beside(spec, name).filter(this::exists);
    return beside.isPresent() ? openAt(beside.get()) : openAt(name);
  }

  private boolean exists(String name) {
    try {
      Path path = Locations.path(name);
      return isLocalFile(name) || path.getFileSystem(hadoop).exists(path);
    } catch (IOException | IllegalArgumentException e) {
      return false; // what cannot be asked is not there; the name itself is tried next
    }
  }

  private InputStream openAt(String name) {
    try {
      if (isLocalFile(name)) {
        return Files.newInputStream(java.nio.file.Path.of(name));
      }
      Path path = qualifiedAt(name);
      FileSystem files = path.getFileSystem(hadoop);
      if (files.getFileStatus(path).isDirectory()) {
        throw new InvalidInput("Cannot read %s: it is a folder; give a file".formatted(name));
      }
      return files.open(path);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** The full path of something that exists. */
  private Path qualified(String name) {
    return qualifiedAt(Locations.beside(spec, name).filter(this::exists).orElse(name));
  }

  private Path qualifiedAt(String name) {
    try {
      Path path = Locations.path(name);
      FileSystem files = path.getFileSystem(hadoop);
      FileStatus status = files.getFileStatus(path);
      return status.getPath();
    } catch (FileNotFoundException e) {
      throw new InvalidInput(
          "Cannot read %s: there is no such file or folder%s".formatted(name, where(name)), e);
    } catch (UnsupportedFileSystemException | IllegalArgumentException e) {
      throw new InvalidInput("Cannot read %s: %s".formatted(name, e.getMessage()), e);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** Where a relative path was looked for. */
  private String where(String name) {
    Path path = Locations.path(name);
    if (path.isAbsolute() || path.toUri().getScheme() != null) {
      return "";
    }
    try {
      String besideSpec =
          Locations.beside(spec, name).map(at -> "for %s, and ".formatted(at)).orElse("");
      return " (looked %sin %s)"
          .formatted(besideSpec, path.getFileSystem(hadoop).getWorkingDirectory());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InvalidInput unreadable(String name, IOException e) {
    return new InvalidInput("Cannot read %s: %s".formatted(name, e.getMessage()), e);
  }
}

package org.saddlemap.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.saddlemap.spark.SparkInternals;

/** Finds the line that Spark's reader of LIBSVM refuses, since its error does not name the line. */
final class LibsvmLines {
  private LibsvmLines() {}

  /**
   * The place of the first line that Spark's parser refuses, and why; empty where it refuses none.
   * The driver reads all lines before it a second time.
   *
   * @param path a file, or a folder of files
   */
  static Optional<String> firstWrong(Path path, Configuration conf) throws IOException {
    FileSystem fs = path.getFileSystem(conf);
    List<Path> files = new ArrayList<>();
    for (RemoteIterator<LocatedFileStatus> all = fs.listFiles(path, false); all.hasNext(); ) {
      Path file = all.next().getPath();
      if (!file.getName().startsWith("_") && !file.getName().startsWith(".")) {
        files.add(file);
      }
    }
    files.sort(null);
    for (Path file : files) {
      CompressionCodec codec = new CompressionCodecFactory(conf).getCodec(file);
      try (InputStream in = fs.open(file);
          InputStream plain = codec == null ? in : codec.createInputStream(in);
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          number++;
          Optional<String> wrong = wrong(line.trim());
          if (wrong.isPresent()) {
            return Optional.of("%s, line %d: %s".formatted(file.getName(), number, wrong.get()));
          }
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The highest index of a line, which is the number of features that it needs; 0 where it has a
   * label alone, -1 where it is empty or a comment.
   *
   * @throws RuntimeException where Spark's parser refuses it
   */
  static int highestIndex(String line) {
    String text = line.trim();
    if (text.isEmpty() || text.startsWith("#")) {
      return -1;
    }
    int[] indices = SparkInternals.libsvmIndices(text);
    return indices.length == 0 ? 0 : indices[indices.length - 1] + 1;
  }

  private static Optional<String> wrong(String line) {
    if (line.isEmpty() || line.startsWith("#")) {
      return Optional.empty();
    }
    try {
      SparkInternals.libsvmIndices(line);
      return Optional.empty();
    } catch (RuntimeException e) {
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      return Optional.of(reason.replaceAll("\\s+", " ").strip());
    }
  }
}

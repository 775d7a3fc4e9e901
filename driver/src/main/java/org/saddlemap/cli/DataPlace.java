package org.saddlemap.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.saddlemap.load.DataLoader;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SyntheticSource;

/** Where the files of a stored sweep's data are now. */
final class DataPlace {
  private DataPlace() {}

  /**
   * The same data read from elsewhere.
   *
   * @param place a file, or a folder that holds the data's files under their old names
   * @throws InvalidInput where the data are in no file
   */
  static DataSpec moved(DataSpec data, String place) {
    if (data.source() instanceof SyntheticSource) {
      throw new InvalidInput("--data: the sweep's data are synthetic, and in no file");
    }
    return with(data, path -> Files.isDirectory(Path.of(place)) ? in(place, path) : place);
  }

  /** Local files by full paths, so that another file of another folder may name them. */
  static DataSpec absolute(DataSpec data, String specPath) {
    return with(
        data,
        path ->
            DataLoader.localFile(specPath, path)
                .map(file -> Path.of(file).toAbsolutePath().normalize().toString())
                .orElse(path));
  }

  private static String in(String folder, String path) {
    return folder + "/" + path.substring(path.lastIndexOf('/') + 1);
  }

  private static DataSpec with(DataSpec data, UnaryOperator<String> place) {
    return new DataSpec(
        data.source().at(place),
        data.task(),
        data.scale(),
        data.holdout(),
        data.seed(),
        data.limit());
  }
}

package org.saddlemap.load;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.saddlemap.spec.InvalidInput;

/** Reads the text of a spec. */
public final class SpecFile {
  private SpecFile() {}

  /**
   * The text of the spec at a path. A local file comes first, since that is what a plain path means
   * to its user.
   *
   * @throws InvalidInput where there is none, or it cannot be read as text in UTF-8
   */
  public static String text(String path, Configuration hadoop) {
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
}

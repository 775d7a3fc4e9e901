package org.saddlemap.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.saddlemap.spec.InvalidInput;

/** Unpacks a stream that begins with gzip's magic number; passes any other on. */
final class Gunzip {
  private static final int BUFFER = 1 << 16;

  private Gunzip() {}

  static InputStream open(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, BUFFER);
    buffered.mark(2);
    int first = buffered.read();
    int second = buffered.read();
    buffered.reset();
    return first == 0x1F && second == 0x8B
        ? new BufferedInputStream(new GZIPInputStream(buffered, BUFFER), BUFFER)
        : buffered;
  }

  /** What a failure to read means to the user. */
  static InvalidInput failure(String origin, IOException e) {
    if (e instanceof EOFException) {
      return new InvalidInput(
          "%s is truncated: its gzip data end early; copy it again".formatted(origin), e);
    }
    return e instanceof ZipException
        ? new InvalidInput("%s has damaged gzip data: %s".formatted(origin, e.getMessage()), e)
        : new InvalidInput("Cannot read %s: %s".formatted(origin, e.getMessage()), e);
  }
}

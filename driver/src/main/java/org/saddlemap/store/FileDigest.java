package org.saddlemap.store;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file's own SHA-256 in its footer, taken over all bytes, with zeros in the digest's own place.
 * Parquet's checksums cover pages alone; this one covers names, counts and statistics too.
 */
final class FileDigest {
  /** Key of the footer's metadata. */
  static final String KEY = "saddlemap.sha256";

  private static final int DIGITS = 64;

  /** Is in the footer until the digest is known. */
  static final String OPEN = "0".repeat(DIGITS);

  /** Thrift's compact protocol puts a field header and a length between the key and its value. */
  private static final int BETWEEN = 2;

  /**
   * The digest is within so many bytes from the end of a file, since a footer ends with metadata.
   */
  private static final int TAIL = 1 << 16;

  private static final byte[] KEY_BYTES = KEY.getBytes(StandardCharsets.US_ASCII);

  private FileDigest() {}

  /** What a file's digest says of it. */
  enum Finding {
    RIGHT,
    WRONG,
    /** Files of other programs have none. */
    ABSENT
  }

  /**
   * Passes a file on with its digest in place of {@link #OPEN}: what was written is out but for its
   * last {@value #TAIL} bytes, where the footer's metadata are, until {@link #seal}.
   */
  static final class Sealing extends OutputStream {
    private final OutputStream out;
    private final Hasher digest = Hashing.sha256().newHasher();
    private final byte[] held = new byte[2 * TAIL];
    private int count;

    Sealing(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; ) {
        if (count == held.length) {
          digest.putBytes(held, 0, TAIL);
          out.write(held, 0, TAIL);
          System.arraycopy(held, TAIL, held, 0, TAIL);
          count = TAIL;
        }
        int room = Math.min(length - done, held.length - count);
        System.arraycopy(bytes, offset + done, held, count, room);
        count += room;
        done += room;
      }
    }

    /** Writes the rest, with the digest in it; the stream below stays open. */
    void seal() throws IOException {
      int at =
          find(held, count)
              .orElseThrow(
                  () -> new IllegalStateException("Cannot find " + KEY + " in the footer"));
      digest.putBytes(held, 0, count);
      byte[] text = digest.hash().toString().getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(text, 0, held, at, DIGITS);
      out.write(held, 0, count);
      count = 0;
    }
  }

  /** What a file's digest says of it. */
  static Finding check(FileSystem fs, Path file) throws IOException {
    try (FSDataInputStream in = fs.open(file)) {
      return check(in);
    }
  }

  /**
   * Holds a file against its digest.
   *
   * @throws IOException where it is not as it was written
   */
  static void require(FileSystem fs, Path file) throws IOException {
    if (check(fs, file) != Finding.RIGHT) {
      throw new IOException(
          "%s is not as it was written; 'saddlemap verify' says more".formatted(file));
    }
  }

  /** Checks a file's digest, in one pass. */
  static Finding check(InputStream file) throws IOException {
    Hasher digest = Hashing.sha256().newHasher();
    byte[] held = new byte[2 * TAIL];
    int count = file.readNBytes(held, 0, held.length);
    while (count == held.length) {
      digest.putBytes(held, 0, TAIL);
      System.arraycopy(held, TAIL, held, 0, TAIL);
      count = TAIL + file.readNBytes(held, TAIL, TAIL);
    }
    OptionalInt found = find(held, count);
    if (found.isEmpty()) {
      return Finding.ABSENT;
    }
    int at = found.getAsInt();
    String stated = new String(held, at, DIGITS, StandardCharsets.US_ASCII);
    Arrays.fill(held, at, at + DIGITS, (byte) '0');
    digest.putBytes(held, 0, count);
    return digest.hash().toString().equals(stated) ? Finding.RIGHT : Finding.WRONG;
  }

  /** Where the digest is: after the last key, since the footer ends the file. */
  private static OptionalInt find(byte[] file, int length) {
    for (int at = length - KEY_BYTES.length - BETWEEN - DIGITS;
        at >= Math.max(0, length - TAIL);
        at--) {
      if (Arrays.equals(file, at, at + KEY_BYTES.length, KEY_BYTES, 0, KEY_BYTES.length)) {
        return OptionalInt.of(at + KEY_BYTES.length + BETWEEN);
      }
    }
    return OptionalInt.empty();
  }
}

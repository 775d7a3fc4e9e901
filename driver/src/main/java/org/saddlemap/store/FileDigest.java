package org.saddlemap.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * A file's own SHA-256, in its footer: taken over all bytes, with zeros where it stands itself.
 * Parquet's checksums cover pages alone; this one covers names, counts and statistics too.
 */
final class FileDigest {
  /** Key of the footer's metadata. */
  static final String KEY = "saddlemap.sha256";

  private static final int DIGITS = 64;

  /** Stands in the footer until the digest is known. */
  static final String OPEN = "0".repeat(DIGITS);

  /** Thrift's compact protocol puts a field header and a length between the key and its value. */
  private static final int BETWEEN = 2;

  private static final byte[] KEY_BYTES = KEY.getBytes(StandardCharsets.US_ASCII);

  private FileDigest() {}

  /** What a file's digest says of it. */
  enum Finding {
    RIGHT,
    WRONG,
    /** Files of other programs have none. */
    ABSENT
  }

  /** The same file with its digest in place of {@link #OPEN}; the array itself is changed. */
  static byte[] seal(byte[] file) {
    int at =
        find(file)
            .orElseThrow(() -> new IllegalStateException("Cannot find " + KEY + " in the footer"));
    byte[] digest = digest(file).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digest, 0, file, at, DIGITS);
    return file;
  }

  /** Checks a file's digest; the array itself is left as it is. */
  static Finding check(byte[] file) {
    OptionalInt found = find(file);
    if (found.isEmpty()) {
      return Finding.ABSENT;
    }
    int at = found.getAsInt();
    String stands = new String(file, at, DIGITS, StandardCharsets.US_ASCII);
    byte[] open = file.clone();
    Arrays.fill(open, at, at + DIGITS, (byte) '0');
    return digest(open).equals(stands) ? Finding.RIGHT : Finding.WRONG;
  }

  /** Where the digest stands: after the last key, since the footer ends the file. */
  private static OptionalInt find(byte[] file) {
    for (int at = file.length - KEY_BYTES.length - BETWEEN - DIGITS; at >= 0; at--) {
      if (Arrays.equals(file, at, at + KEY_BYTES.length, KEY_BYTES, 0, KEY_BYTES.length)) {
        return OptionalInt.of(at + KEY_BYTES.length + BETWEEN);
      }
    }
    return OptionalInt.empty();
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}

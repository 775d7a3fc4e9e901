package org.saddlemap.data;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over shapes, inputs, labels, values and split, as big-endian words of 32 bits. */
final class Fingerprint {
  private static final int BUFFER = 1 << 16;

  private final MessageDigest digest;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

  private Fingerprint() {
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot find SHA-256, which every Java has", e);
    }
  }

  static String of(
      int features, int classes, int targetColumns, Dataset.Part train, Dataset.Part heldout) {
    Fingerprint fingerprint = new Fingerprint();
    fingerprint.add(features);
    fingerprint.add(classes);
    fingerprint.add(targetColumns);
    fingerprint.add(train);
    fingerprint.add(heldout);
    return fingerprint.hex();
  }

  private void add(Dataset.Part part) {
    add(part.rows());
    add(part.inputs());
    add(part.labels().length);
    for (int label : part.labels()) {
      add(label);
    }
    add(part.values());
  }

  private void add(float[] numbers) {
    add(numbers.length);
    for (float number : numbers) {
      add(Float.floatToIntBits(number));
    }
  }

  private void add(int word) {
    if (!buffer.hasRemaining()) {
      digest.update(buffer.flip());
      buffer.clear();
    }
    buffer.putInt(word);
  }

  private String hex() {
    digest.update(buffer.flip());
    return HexFormat.of().formatHex(digest.digest());
  }
}

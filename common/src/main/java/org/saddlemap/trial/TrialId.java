package org.saddlemap.trial;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A trial's identity: SHA-256 over everything that its result and verdict depend on and nothing
 * else, in 64 hexadecimal digits; {@link TrialContext} gives it.
 */
public record TrialId(String hex) {
  public TrialId {
    if (!hex.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("Invalid trial id: '" + hex + "'");
    }
  }

  /** Hexadecimal SHA-256 of the text in UTF-8. */
  public static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}

package org.saddlemap.trial;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.saddlemap.space.Configuration;

/**
 * A trial's identity: SHA-256 over everything that its result depends on, in 64 hexadecimal digits.
 */
public record TrialId(String hex) {
  public TrialId {
    if (!hex.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("Invalid trial id: '" + hex + "'");
    }
  }

  /**
   * The identity of one trial.
   *
   * @param sweepSeed seed that the trial's streams are derived from
   * @param dataFingerprint digest of the prepared data
   * @param engineVersion changes whenever the same inputs would give other numbers
   */
  public static TrialId of(
      Configuration configuration,
      int replicate,
      long sweepSeed,
      String dataFingerprint,
      String engineVersion) {
    return new TrialId(
        sha256(
            String.join(
                "\n",
                configuration.canonical(),
                "replicate=" + replicate,
                "seed=" + sweepSeed,
                "data=" + dataFingerprint,
                "engine=" + engineVersion)));
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

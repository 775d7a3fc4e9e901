package org.saddlemap.store;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.saddlemap.plan.ChunkRange;

/**
 * The name of a chunk's file, the same in each table: {@code chunk-<from>-<to>.parquet}, with at
 * least 12 digits each, so that names sort like their ranges below 10¹² trials.
 */
public final class ChunkFile {
  private static final Pattern NAME = Pattern.compile("chunk-(\\d{12,19})-(\\d{12,19})\\.parquet");

  private ChunkFile() {}

  /** Such as {@code chunk-000000000000-000000000100.parquet}. */
  public static String name(ChunkRange range) {
    return String.format(Locale.ROOT, "chunk-%012d-%012d.parquet", range.from(), range.to());
  }

  /** The range of a chunk's file; empty where the name is not exactly one that such a file has. */
  public static Optional<ChunkRange> range(String name) {
    Matcher m = NAME.matcher(name);
    if (!m.matches()) {
      return Optional.empty();
    }
    try {
      long from = Long.parseLong(m.group(1));
      long to = Long.parseLong(m.group(2));
      return to > from
          ? Optional.of(new ChunkRange(from, to)).filter(r -> name(r).equals(name))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty(); // The number is beyond 2⁶³ − 1.
    }
  }
}

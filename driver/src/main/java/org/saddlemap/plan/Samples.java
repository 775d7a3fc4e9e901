package org.saddlemap.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A {@link Sample} of the numbers of each kind of things, for at most {@value #MAX_KINDS} kinds, so
 * that memory does not grow with what is added. Where there are more kinds, a hash chooses which
 * are kept, with all that was ever added to them (adaptive sampling, by Wegman).
 */
final class Samples<K> {
  /** So many samples of two thousand numbers each take 64 MB. */
  static final int MAX_KINDS = 4_000;

  private final Map<K, Sample> kinds = new LinkedHashMap<>();

  /** A kind is kept whose hash begins with at least so many zero bits. */
  private int level;

  private long added;

  void add(K kind, double value) {
    added++;
    if (!isKept(kind)) {
      return;
    }
    kinds.computeIfAbsent(kind, k -> new Sample()).add(value);
    while (kinds.size() > MAX_KINDS) {
      level++;
      kinds.keySet().removeIf(k -> !isKept(k));
    }
  }

  private boolean isKept(K kind) {
    return Integer.numberOfLeadingZeros(mixed(kind.hashCode())) >= level;
  }

  /** The finalizer of MurmurHash3: hashes of lists and numbers differ in few bits. */
  private static int mixed(int hash) {
    int h = hash;
    h ^= h >>> 16;
    h *= 0x85ebca6b;
    h ^= h >>> 13;
    h *= 0xc2b2ae35;
    return h ^ (h >>> 16);
  }

  /** How many numbers were added, of whatever kind. */
  long size() {
    return added;
  }

  /** How many kinds are kept. */
  int kinds() {
    return kinds.size();
  }

  /** Shows the kinds that are kept, in the order in which they came. */
  void forEach(BiConsumer<K, Sample> action) {
    kinds.forEach(action);
  }
}

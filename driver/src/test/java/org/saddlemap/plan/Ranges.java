package org.saddlemap.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Ranges from single indices, one after the other. */
public final class Ranges {
  private Ranges() {}

  /** These indices as few ranges as possible, in order. */
  public static List<ChunkRange> of(Collection<Long> indices) {
    List<ChunkRange> ranges = new ArrayList<>();
    for (long index : new TreeSet<>(indices)) {
      int last = ranges.size() - 1;
      if (last >= 0 && ranges.get(last).to() == index) {
        ranges.set(last, new ChunkRange(ranges.get(last).from(), index + 1));
      } else {
        ranges.add(new ChunkRange(index, index + 1));
      }
    }
    return ranges;
  }
}

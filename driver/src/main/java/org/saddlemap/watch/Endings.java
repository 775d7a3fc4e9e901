package org.saddlemap.watch;

import java.util.Map;
import java.util.TreeMap;
import org.saddlemap.plan.ChunkRange;

/**
 * How each trial ended, by its number in the plan: a byte each, in pages that are made where there
 * are trials. So what is read twice counts once, and a million trials take a megabyte.
 */
final class Endings {
  private static final int PAGE = 4096;

  private final TreeMap<Long, byte[]> pages = new TreeMap<>();

  /** Takes a number with its ending. */
  @FunctionalInterface
  interface Action {
    /** Returns whether to go on. */
    boolean accept(long index, byte ending);
  }

  byte get(long index) {
    byte[] page = pages.get(index / PAGE);
    return page == null ? Ending.NONE : page[(int) (index % PAGE)];
  }

  /** Returns what was there. */
  byte set(long index, byte ending) {
    byte[] page = pages.get(index / PAGE);
    if (page == null) {
      if (ending == Ending.NONE) {
        return Ending.NONE;
      }
      page = new byte[PAGE];
      pages.put(index / PAGE, page);
    }
    int at = (int) (index % PAGE);
    byte before = page[at];
    page[at] = ending;
    return before;
  }

  /** Shows the numbers that have an ending, in order. */
  void forEach(Action action) {
    forEach(new ChunkRange(0, Long.MAX_VALUE), action);
  }

  /** The same, of a range; costs nothing where there are no trials. */
  void forEach(ChunkRange range, Action action) {
    for (Map.Entry<Long, byte[]> page :
        pages.subMap(range.from() / PAGE, true, (range.to() - 1) / PAGE, true).entrySet()) {
      long start = page.getKey() * PAGE;
      byte[] bytes = page.getValue();
      int first = (int) Math.max(0, range.from() - start);
      int end = (int) Math.min(PAGE, range.to() - start);
      for (int i = first; i < end; i++) {
        if (bytes[i] != Ending.NONE && !action.accept(start + i, bytes[i])) {
          return;
        }
      }
    }
  }
}

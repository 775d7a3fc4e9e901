package org.saddlemap.watch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.saddlemap.record.RowOutcome;

/** A map's trials by cell and outcome, and which of the cells have changed since when. */
final class MapCounts {
  private static final int OUTCOMES = RowOutcome.ALL.size();

  private final Places places;
  private final MapChoice choice;
  private final int[] trials;
  private final int[] edges;

  /** The version with which each cell changed last; −1 where it was always empty. */
  private final long[] changed;

  private final long begun;

  /**
   * @param begun version of the trials that it begins with
   */
  MapCounts(Places places, MapChoice choice, long begun) {
    this.begun = begun;
    this.places = places;
    this.choice = choice;
    int cells = choice.nx(places) * choice.ny(places) * choice.nf(places);
    this.trials = new int[cells * OUTCOMES];
    this.edges = new int[cells * OUTCOMES];
    this.changed = new long[cells];
    Arrays.fill(changed, -1);
  }

  /** A trial's ending is another now; {@link Ending#NONE} where it has none. */
  void change(long index, byte before, byte now, long version) {
    int cell = choice.cell(places, index);
    if (cell >= 0) {
      add(cell, before, -1);
      add(cell, now, 1);
      changed[cell] = version;
    }
  }

  private void add(int cell, byte ending, int count) {
    if (ending != Ending.NONE) {
      int at = cell * OUTCOMES + Ending.outcome(ending);
      trials[at] += count;
      edges[at] += Ending.isOnKnifeEdge(ending) ? count : 0;
    }
  }

  int trials(int cell) {
    int sum = 0;
    for (int o = 0; o < OUTCOMES; o++) {
      sum += trials[cell * OUTCOMES + o];
    }
    return sum;
  }

  int cells() {
    return changed.length;
  }

  /**
   * What is to be told of a map.
   *
   * @param full whether all other cells are empty, whatever was told before
   * @param cells each as a list: its number, then an outcome, its trials and those of them on a
   *     knife edge, as often as there are outcomes
   */
  record Change(boolean full, List<List<Integer>> cells) {
    Change {
      cells = List.copyOf(cells);
    }
  }

  /** The cells that changed after that version; all, where they were not counted then. */
  Change since(long version) {
    boolean full = version < begun;
    long after = full ? -1 : version;
    List<List<Integer>> cells = new ArrayList<>();
    for (int cell = 0; cell < changed.length; cell++) {
      if (changed[cell] > after) {
        List<Integer> one = new ArrayList<>();
        one.add(cell);
        for (int o = 0; o < OUTCOMES; o++) {
          int at = cell * OUTCOMES + o;
          if (trials[at] > 0) {
            one.addAll(List.of(o, trials[at], edges[at]));
          }
        }
        cells.add(one);
      }
    }
    return new Change(full, cells);
  }
}

package org.saddlemap.watch;

import java.util.ArrayList;
import java.util.List;

/**
 * Which map is shown: axes by their numbers, −1 for none.
 *
 * @param x axis across
 * @param y axis up
 * @param facet axis with a small map for each of its places
 * @param held for each axis the place that it is held at, or −1
 */
record MapChoice(int x, int y, int facet, List<Integer> held) {
  /** Cells of a map; its counts, and what is sent of them, stay bounded by that. */
  static final int MAX_CELLS = 40_000;

  MapChoice {
    held = List.copyOf(held);
  }

  /**
   * A map of these axes; without the small maps where they would be too many cells.
   *
   * @throws IllegalArgumentException where the sweep has no such axes or places
   */
  static MapChoice of(Places places, int x, int y, int facet, List<Integer> held) {
    List<Integer> axes = new ArrayList<>();
    for (int axis : new int[] {x, y, facet}) {
      if (axis < -1 || axis >= places.axes() || (axis >= 0 && axes.contains(axis))) {
        throw new IllegalArgumentException("no such axes");
      }
      axes.add(axis);
    }
    if (held.size() != places.axes()) {
      throw new IllegalArgumentException("one place for each axis");
    }
    for (int axis = 0; axis < held.size(); axis++) {
      if (held.get(axis) < -1 || held.get(axis) >= places.size(axis)) {
        throw new IllegalArgumentException("no such place");
      }
    }
    long cells = (long) size(places, x) * size(places, y) * size(places, facet);
    return new MapChoice(x, y, cells > MAX_CELLS ? -1 : facet, held);
  }

  private static int size(Places places, int axis) {
    return axis < 0 ? 1 : places.size(axis);
  }

  int nx(Places places) {
    return size(places, x);
  }

  int ny(Places places) {
    return size(places, y);
  }

  int nf(Places places) {
    return size(places, facet);
  }

  /** The cell of a number of the plan: (f·ny + y)·nx + x; −1 where the map does not show it. */
  int cell(Places places, long index) {
    for (int axis = 0; axis < held.size(); axis++) {
      if (held.get(axis) >= 0 && !isShown(axis) && places.place(axis, index) != held.get(axis)) {
        return -1;
      }
    }
    int f = facet < 0 ? 0 : places.place(facet, index);
    int j = y < 0 ? 0 : places.place(y, index);
    int i = x < 0 ? 0 : places.place(x, index);
    return (f * ny(places) + j) * nx(places) + i;
  }

  /** Whether an axis is one of the map's own, where it cannot be held. */
  boolean isShown(int axis) {
    return axis == x || axis == y || axis == facet;
  }

  /** Axes in which trials of one cell may differ. */
  List<Integer> dividing() {
    List<Integer> dividing = new ArrayList<>();
    for (int axis = 0; axis < held.size(); axis++) {
      if (!isShown(axis) && held.get(axis) < 0) {
        dividing.add(axis);
      }
    }
    return dividing;
  }
}

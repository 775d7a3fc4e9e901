package org.saddlemap.watch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.saddlemap.analysis.SweptAxis;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.space.Axis;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Space;

/**
 * Where a number of the plan stands on each axis of the map: by arithmetic on the number, so that
 * nothing is kept of a trial. Of an axis with very many values, neighbours share a place.
 */
final class Places {
  /** Places of an axis; more cannot be told apart on a screen. */
  private static final int MAX_PLACES = 200;

  private final List<Line> lines = new ArrayList<>();
  private final long replicates;

  Places(SweepPlan plan) {
    Space space = plan.space();
    this.replicates = plan.replicates();
    long[] strides = new long[space.axes().size()];
    long stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= space.axes().get(i).values().size();
    }
    for (SweptAxis axis : SweptAxis.planned(space)) {
      lines.add(Line.of(axis, space.axes(), strides));
    }
  }

  /** A digit of a configuration's number: which value an axis of the space takes there. */
  private record Digit(long stride, int values) {
    int of(long configuration) {
      return (int) (configuration / stride % values);
    }
  }

  /**
   * One axis of the map.
   *
   * @param places by the digit
   * @param governor decides where the axis applies; empty where it does everywhere
   * @param applies by the governor's digit
   * @param group how many values share a place
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Line(
      SweptAxis axis,
      Digit digit,
      int[] places,
      Optional<Digit> governor,
      boolean[] applies,
      int group) {
    static Line of(SweptAxis axis, List<Axis> space, long[] strides) {
      Hyperparameter h = axis.hyperparameter();
      int own = number(space, h).orElseThrow();
      Optional<Integer> governor = h.governor().flatMap(g -> number(space, g));
      List<Object> values = space.get(own).values();
      List<Object> governing = governor.map(g -> space.get(g).values()).orElse(List.of());
      int[] places = values.stream().mapToInt(axis::placeOf).toArray();
      boolean[] applies = new boolean[governing.size()];
      for (int i = 0; i < applies.length; i++) {
        applies[i] = h.appliesAt(governing.get(i));
      }
      return new Line(
          axis,
          new Digit(strides[own], values.size()),
          places,
          governor.map(g -> new Digit(strides[g], governing.size())),
          applies,
          (axis.values().size() + MAX_PLACES - 1) / MAX_PLACES);
    }

    private static Optional<Integer> number(List<Axis> axes, Hyperparameter h) {
      for (int i = 0; i < axes.size(); i++) {
        if (axes.get(i).hyperparameter() == h) {
          return Optional.of(i);
        }
      }
      return Optional.empty();
    }

    int size() {
      return (axis.values().size() + group - 1) / group;
    }

    int place(long configuration) {
      int value =
          governor.isPresent() && !applies[governor.get().of(configuration)]
              ? axis.indexOf(null)
              : places[digit.of(configuration)];
      return value / group;
    }

    String text(int place) {
      int first = place * group;
      int last = Math.min(first + group, axis.values().size()) - 1;
      return first == last ? axis.text(first) : axis.text(first) + " … " + axis.text(last);
    }
  }

  /** Number of axes. */
  int axes() {
    return lines.size();
  }

  /** Number of an axis's places. */
  int size(int axis) {
    return lines.get(axis).size();
  }

  /** The place of a number of the plan on an axis. */
  int place(int axis, long index) {
    return lines.get(axis).place(index / replicates);
  }

  String key(int axis) {
    return lines.get(axis).axis().key();
  }

  boolean ordered(int axis) {
    return lines.get(axis).axis().ordered();
  }

  String text(int axis, int place) {
    return lines.get(axis).text(place);
  }

  List<String> texts(int axis) {
    String[] texts = new String[size(axis)];
    Arrays.setAll(texts, place -> text(axis, place));
    return List.of(texts);
  }

  /** What all numbers of a range have in common, as far as the first axes say it. */
  Map<String, String> common(long from, long to) {
    Map<String, String> common = new LinkedHashMap<>();
    for (int a = 0; a < axes() && place(a, from) == place(a, to - 1); a++) {
      common.put(key(a), text(a, place(a, from)));
    }
    return common;
  }
}

package org.saddlemap.space;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The product of the axes over fixed values, less what is excluded. Points are numbered in mixed
 * radix, the last axis fastest; nothing is ever materialised.
 */
public final class Space {
  private final Map<Hyperparameter, Object> fixed;
  private final List<Axis> axes;
  private final List<List<Object>> values;

  /** Of each axis' values in it. */
  private final List<Map<Object, Integer>> positions = new ArrayList<>();

  private final List<Condition> excluded;
  private final long size;
  private final long included;

  /**
   * @param fixed values that all configurations share, as {@link Hyperparameter#parse} returns them
   * @throws IllegalArgumentException where an axis is also fixed, stands twice, or everything is
   *     excluded
   * @throws ArithmeticException where there are more than 2⁶³ − 1 points
   */
  public Space(Map<Hyperparameter, Object> fixed, List<Axis> axes, List<Condition> excluded) {
    this.fixed = Map.copyOf(fixed);
    this.axes = List.copyOf(axes);
    this.values = this.axes.stream().map(Axis::values).toList();
    this.excluded = List.copyOf(excluded);
    Set<Hyperparameter> seen = new HashSet<>(this.fixed.keySet());
    long product = 1;
    for (int i = 0; i < this.axes.size(); i++) {
      if (!seen.add(this.axes.get(i).hyperparameter())) {
        throw new IllegalArgumentException(
            this.axes.get(i).hyperparameter().key() + " is given twice");
      }
      product = Math.multiplyExact(product, values.get(i).size());
      Map<Object, Integer> of = new HashMap<>();
      for (Object value : values.get(i)) {
        of.put(value, of.size());
      }
      positions.add(of);
    }
    this.size = product;
    this.included = included(Map.of());
    if (included == 0) {
      throw new IllegalArgumentException("every configuration is excluded");
    }
  }

  public Map<Hyperparameter, Object> fixed() {
    return fixed;
  }

  public List<Axis> axes() {
    return axes;
  }

  public List<Condition> excluded() {
    return excluded;
  }

  /** Points of the whole product, the excluded ones too. */
  public long size() {
    return size;
  }

  /** Points that are not excluded. */
  public long included() {
    return included;
  }

  /** Whether a configuration with such batches has hidden layers that normalize them. */
  public boolean normalizes(BatchSize size) {
    return values(Hyperparameter.BATCH_NORM).contains(true)
        && values(Hyperparameter.DEPTH).stream()
            .filter(depth -> !depth.equals(0L))
            .anyMatch(
                depth ->
                    included(
                            Map.of(
                                Hyperparameter.BATCH_NORM, true,
                                Hyperparameter.DEPTH, depth,
                                Hyperparameter.BATCH_SIZE, size))
                        > 0);
  }

  /** All values that a hyperparameter takes; none where it does not apply. */
  public List<Object> values(Hyperparameter h) {
    return axes.stream()
        .filter(axis -> axis.hyperparameter() == h)
        .findFirst()
        .map(Axis::values)
        .orElseGet(() -> at(0).value(h).stream().toList());
  }

  /** The point with that number, excluded or not. */
  public Configuration at(long index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException("Configuration " + index + " of " + size);
    }
    EnumMap<Hyperparameter, Object> point = new EnumMap<>(Hyperparameter.class);
    point.putAll(fixed);
    long rest = index;
    for (int i = axes.size() - 1; i >= 0; i--) {
      List<Object> of = values.get(i);
      point.put(axes.get(i).hyperparameter(), of.get((int) (rest % of.size())));
      rest /= of.size();
    }
    return Configuration.of(point);
  }

  /** The number of a point, excluded or not; empty where it is none of this space. */
  public OptionalLong find(Configuration configuration) {
    long index = 0;
    for (int i = 0; i < axes.size(); i++) {
      Integer position =
          configuration.value(axes.get(i).hyperparameter()).map(positions.get(i)::get).orElse(null);
      if (position == null) {
        return OptionalLong.empty();
      }
      index = index * values.get(i).size() + position;
    }
    return at(index).equals(configuration) ? OptionalLong.of(index) : OptionalLong.empty();
  }

  public boolean excludes(Configuration configuration) {
    return excluded.stream().anyMatch(c -> c.holds(configuration));
  }

  /**
   * Points that are not excluded and have all the given values (of axes or fixed). Costs no more
   * than the number of axis values times the number of conditions' combinations that differ; the
   * product is not walked.
   */
  public long included(Map<Hyperparameter, Object> given) {
    EnumMap<Hyperparameter, Object> common = new EnumMap<>(Hyperparameter.class);
    common.putAll(fixed);
    List<Integer> free = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      Hyperparameter h = axes.get(i).hyperparameter();
      if (!given.containsKey(h)) {
        free.add(i);
        common.put(h, values.get(i).get(0)); // any: it stands for the axis, and is not looked at
      } else if (values.get(i).contains(given.get(h))) {
        common.put(h, given.get(h));
      } else {
        return 0;
      }
    }
    Configuration constant = Configuration.of(common);
    for (Map.Entry<Hyperparameter, Object> entry : given.entrySet()) {
      if (!constant.value(entry.getKey()).equals(Optional.of(entry.getValue()))) {
        return 0;
      }
    }
    return countIncluded(constant, free);
  }

  /**
   * Goes over the free axes one by one and counts partial points by the set of conditions that may
   * still hold for them; a condition whose last test holds takes its points out.
   */
  private long countIncluded(Configuration constant, List<Integer> free) {
    Set<Hyperparameter> open = EnumSet.noneOf(Hyperparameter.class);
    free.forEach(i -> open.add(axes.get(i).hyperparameter()));
    BitSet start = new BitSet();
    for (int c = 0; c < excluded.size(); c++) {
      Map<Hyperparameter, Condition.Test> tests = excluded.get(c).tests();
      start.set(
          c,
          tests.entrySet().stream()
              .filter(t -> !open.contains(t.getKey()))
              .allMatch(t -> constant.value(t.getKey()).map(t.getValue()::holds).orElse(false)));
    }
    Map<BitSet, Long> counts = new HashMap<>();
    if (!start.intersects(decided(open))) {
      counts.put(start, 1L);
    }
    for (int i : free) {
      Hyperparameter h = axes.get(i).hyperparameter();
      open.remove(h);
      BitSet decided = decided(open);
      Map<BitSet, Long> alike = new HashMap<>();
      values.get(i).forEach(v -> alike.merge(possible(h, v), 1L, Long::sum));
      Map<BitSet, Long> next = new HashMap<>();
      counts.forEach(
          (before, points) ->
              alike.forEach(
                  (possible, number) -> {
                    BitSet after = (BitSet) before.clone();
                    after.and(possible);
                    if (!after.intersects(decided)) {
                      next.merge(after, points * number, Long::sum);
                    }
                  }));
      counts = next;
    }
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Conditions that the value does not rule out. */
  private BitSet possible(Hyperparameter h, Object value) {
    BitSet possible = new BitSet();
    for (int c = 0; c < excluded.size(); c++) {
      Condition.Test test = excluded.get(c).tests().get(h);
      possible.set(c, test == null || test.holds(value));
    }
    return possible;
  }

  /** Conditions without a test on an open hyperparameter. */
  private BitSet decided(Set<Hyperparameter> open) {
    BitSet decided = new BitSet();
    for (int c = 0; c < excluded.size(); c++) {
      decided.set(c, Collections.disjoint(excluded.get(c).hyperparameters(), open));
    }
    return decided;
  }
}

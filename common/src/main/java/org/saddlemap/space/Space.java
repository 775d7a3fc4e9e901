package org.saddlemap.space;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The product of the axes over fixed values, less what is excluded. Points are numbered in mixed
 * radix, the last axis fastest; nothing is ever materialised.
 */
public final class Space {
  private final Map<Hyperparameter, Object> fixed;
  private final List<Axis> axes;
  private final List<List<Object>> values;
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
    }
    this.size = product;
    this.included = countIncluded();
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

  public boolean excludes(Configuration configuration) {
    return excluded.stream().anyMatch(c -> c.holds(configuration));
  }

  /**
   * Counts over the axes that conditions speak of, and multiplies by the rest, which they cannot
   * see.
   */
  private long countIncluded() {
    if (excluded.isEmpty()) {
      return size;
    }
    Set<Hyperparameter> tested = new HashSet<>();
    excluded.forEach(c -> tested.addAll(c.hyperparameters()));
    Space seen =
        new Space(
            fixed,
            axes.stream().filter(a -> tested.contains(a.hyperparameter())).toList(),
            List.of());
    long count = 0;
    for (long i = 0; i < seen.size; i++) {
      if (!excludes(seen.at(i))) {
        count++;
      }
    }
    return count * (size / seen.size);
  }
}

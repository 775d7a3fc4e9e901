package org.saddlemap.space;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The product of the axes over fixed values, less what is excluded and what only repeats another
 * point. Points are numbered in mixed radix, the last axis fastest; nothing is ever materialised.
 *
 * <p>Where an axis does not apply, such as momentum under plain SGD, its values make no difference:
 * the points that differ by them alone are one configuration, of which the first has a place, and
 * the others repeat it. A condition's test of such an axis holds where it holds for all of its
 * values, so that a condition takes out all of these points or none.
 */
public final class Space {
  private final Map<Hyperparameter, Object> fixed;
  private final List<Axis> axes;
  private final List<List<Object>> values;

  /** Number of values of each axis. */
  private final List<Map<Object, Integer>> positions = new ArrayList<>();

  private final List<Condition> excluded;
  private final long size;
  private final Count included;

  /**
   * Points.
   *
   * @param distinct configurations
   * @param all the same with every point that repeats one
   */
  private record Count(long distinct, long all) {
    Count plus(Count other) {
      return new Count(distinct + other.distinct, all + other.all);
    }
  }

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
    this.included = count(Map.of());
    if (included.distinct == 0) {
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

  /** Points of the whole product, excluded and repeated ones too. */
  public long size() {
    return size;
  }

  /** Configurations: points that are neither excluded nor repeat another. */
  public long included() {
    return included.distinct;
  }

  /** Points that are not excluded, and repeat another. */
  public long repeated() {
    return included.all - included.distinct;
  }

  /**
   * The same space for so many training rows: batch sizes that are all of them are {@code full}.
   * Where several values of the axis become one, a condition holds for it where it holds for each
   * of them.
   */
  public Space on(int rows) {
    Hyperparameter h = Hyperparameter.BATCH_SIZE;
    UnaryOperator<Object> same = v -> ((BatchSize) v).on(rows);
    if (given(h).stream().allMatch(v -> same.apply(v).equals(v))) {
      return this;
    }
    Map<Hyperparameter, Object> fixedThere = new EnumMap<>(Hyperparameter.class);
    fixedThere.putAll(fixed);
    List<Axis> axesThere = new ArrayList<>(axes);
    axesThere.replaceAll(
        axis ->
            axis.hyperparameter() == h
                ? new Axis.Listed(h, axis.values().stream().map(same).distinct().toList())
                : axis);
    if (axesThere.equals(axes)) {
      fixedThere.put(h, same.apply(given(h).get(0)));
    }
    List<Condition> excludedThere = new ArrayList<>();
    for (Condition condition : excluded) {
      condition.with(h, given(h), same).ifPresent(excludedThere::add);
    }
    return new Space(fixedThere, axesThere, excludedThere);
  }

  /** Whether a configuration with such batches has hidden layers that normalize them. */
  public boolean normalizes(BatchSize size) {
    return values(Hyperparameter.NORMALIZATION).stream()
        .filter(norm -> ((Normalization) norm).couplesRows())
        .anyMatch(
            norm ->
                values(Hyperparameter.DEPTH).stream()
                    .filter(depth -> !depth.equals(0L))
                    .anyMatch(
                        depth ->
                            included(
                                    Map.of(
                                        Hyperparameter.NORMALIZATION, norm,
                                        Hyperparameter.DEPTH, depth,
                                        Hyperparameter.BATCH_SIZE, size))
                                > 0));
  }

  /** All values that a hyperparameter takes; none where it applies to no configuration. */
  public List<Object> values(Hyperparameter h) {
    boolean applies = h.governor().map(g -> given(g).stream().anyMatch(h::appliesAt)).orElse(true);
    return applies ? given(h) : List.of();
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

  /**
   * The configuration whose place that number is; empty where it is excluded, or where the point
   * repeats one with a lower number.
   */
  public Optional<Configuration> configuration(long index) {
    Configuration configuration = at(index);
    long rest = index;
    for (int i = axes.size() - 1; i >= 0; i--) {
      int count = values.get(i).size();
      if (rest % count != 0 && configuration.value(axes.get(i).hyperparameter()).isEmpty()) {
        return Optional.empty();
      }
      rest /= count;
    }
    return excludes(configuration) ? Optional.empty() : Optional.of(configuration);
  }

  /**
   * Axes that do not apply to some of the configurations, so that points repeat others, with the
   * values of their {@linkplain Hyperparameter#governor governors} at which they do not.
   */
  public Map<Hyperparameter, List<Object>> idle() {
    Map<Hyperparameter, List<Object>> idle = new LinkedHashMap<>();
    for (Axis axis : axes) {
      Hyperparameter h = axis.hyperparameter();
      List<Object> at =
          h.governor().stream()
              .flatMap(g -> values(g).stream().filter(v -> !h.appliesAt(v) && occurs(g, v)))
              .toList();
      if (axis.values().size() > 1 && !at.isEmpty()) {
        idle.put(h, at);
      }
    }
    return idle;
  }

  private boolean occurs(Hyperparameter h, Object value) {
    return included(Map.of(h, value)) > 0;
  }

  /** The first number of a configuration, excluded or not; empty where it is none of this space. */
  public OptionalLong find(Configuration configuration) {
    long index = 0;
    for (int i = 0; i < axes.size(); i++) {
      Optional<Object> value = configuration.value(axes.get(i).hyperparameter());
      Integer position = value.isPresent() ? positions.get(i).get(value.get()) : Integer.valueOf(0);
      if (position == null) {
        return OptionalLong.empty();
      }
      index = index * values.get(i).size() + position;
    }
    return at(index).equals(configuration) ? OptionalLong.of(index) : OptionalLong.empty();
  }

  public boolean excludes(Configuration configuration) {
    return excluded.stream()
        .anyMatch(
            c ->
                c.tests().entrySet().stream()
                    .allMatch(
                        t ->
                            configuration
                                .value(t.getKey())
                                .map(t.getValue()::holds)
                                .orElseGet(() -> holdsForAll(t.getKey(), t.getValue()))));
  }

  /** What a test of a hyperparameter says where that does not apply. */
  private boolean holdsForAll(Hyperparameter h, Condition.Test test) {
    List<Object> all = given(h);
    return !all.isEmpty() && all.stream().allMatch(test::holds);
  }

  /** The values that an axis, a fixed value or its default gives it, whether it applies or not. */
  private List<Object> given(Hyperparameter h) {
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i).hyperparameter() == h) {
        return values.get(i);
      }
    }
    if (fixed.containsKey(h)) {
      return List.of(fixed.get(h));
    }
    return h == Hyperparameter.MAX_STEPS && !given(Hyperparameter.EPOCHS).isEmpty()
        ? List.of()
        : h.defaultValue().map(List::of).orElse(List.of());
  }

  /**
   * Configurations that are not excluded and have all the given values (of axes or fixed). Costs no
   * more than the number of axis values times the number of conditions' combinations that differ;
   * the product is not walked.
   */
  public long included(Map<Hyperparameter, Object> given) {
    return count(given).distinct;
  }

  /**
   * What points that are alike so far share.
   *
   * @param possible conditions that may still hold
   * @param idle hyperparameters that do not apply
   */
  private record State(BitSet possible, Set<Hyperparameter> idle) {}

  /**
   * Goes over the axes one by one, those that govern others first, and counts partial points by
   * their state; a condition whose last test holds takes its points out.
   */
  private Count count(Map<Hyperparameter, Object> given) {
    Map<Hyperparameter, List<Object>> open = new LinkedHashMap<>();
    for (Hyperparameter h : Hyperparameter.values()) {
      List<Object> choices = given(h);
      if (!choices.isEmpty()) {
        open.put(h, choices);
      }
    }
    if (!open.keySet().containsAll(given.keySet())) {
      return new Count(0, 0);
    }
    List<Hyperparameter> order = new ArrayList<>(open.keySet());
    order.sort(Comparator.comparing(h -> h.governor().isPresent()));
    Set<Hyperparameter> rest = EnumSet.noneOf(Hyperparameter.class);
    rest.addAll(order);
    BitSet all = new BitSet();
    for (int c = 0; c < excluded.size(); c++) {
      all.set(c, rest.containsAll(excluded.get(c).hyperparameters()));
    }
    Map<State, Count> counts = new HashMap<>();
    counts.put(new State(all, Set.of()), new Count(1, 1));
    for (Hyperparameter h : order) {
      rest.remove(h);
      BitSet decided = decided(rest);
      List<Object> choices = open.get(h);
      Object wanted = given.get(h);
      Map<State, Count> next = new HashMap<>();
      Map<State, Long> alike = new HashMap<>();
      for (Object value : choices) {
        if (wanted == null || wanted.equals(value)) {
          alike.merge(new State(possible(h, List.of(value)), idleAt(h, value)), 1L, Long::sum);
        }
      }
      counts.forEach(
          (before, points) -> {
            if (before.idle.contains(h)) {
              if (wanted == null) {
                add(
                    next,
                    before,
                    new State(possible(h, choices), Set.of()),
                    new Count(points.distinct, points.all * choices.size()),
                    decided);
              }
              return;
            }
            alike.forEach(
                (state, number) ->
                    add(
                        next,
                        before,
                        state,
                        new Count(points.distinct * number, points.all * number),
                        decided));
          });
      counts = next;
    }
    return counts.values().stream().reduce(new Count(0, 0), Count::plus);
  }

  private static void add(
      Map<State, Count> counts, State before, State more, Count points, BitSet decided) {
    BitSet possible = (BitSet) before.possible.clone();
    possible.and(more.possible);
    if (!possible.intersects(decided)) {
      Set<Hyperparameter> idle = EnumSet.noneOf(Hyperparameter.class);
      idle.addAll(before.idle);
      idle.addAll(more.idle);
      counts.merge(new State(possible, idle), points, Count::plus);
    }
  }

  /** What does not apply at that value. */
  private static Set<Hyperparameter> idleAt(Hyperparameter governor, Object value) {
    Set<Hyperparameter> idle = EnumSet.noneOf(Hyperparameter.class);
    for (Hyperparameter h : Hyperparameter.values()) {
      if (h.governor().equals(Optional.of(governor)) && !h.appliesAt(value)) {
        idle.add(h);
      }
    }
    return idle;
  }

  /** Conditions that these values, one of them or all alike, do not rule out. */
  private BitSet possible(Hyperparameter h, List<Object> values) {
    BitSet possible = new BitSet();
    for (int c = 0; c < excluded.size(); c++) {
      Condition.Test test = excluded.get(c).tests().get(h);
      possible.set(c, test == null || values.stream().allMatch(test::holds));
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

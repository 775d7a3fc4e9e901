package org.saddlemap.verdict;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was measured of a trial: a value for each measure that was taken. Immutable; the builder is
 * {@link Builder}. Flags are 0 or 1. Infinite values may stand here; tables store them as NULL.
 */
public final class Evidence {
  /** Nothing measured. */
  public static final Evidence NONE = new Builder().build();

  private final Map<Measure, Double> values;

  private Evidence(Map<Measure, Double> values) {
    this.values = Collections.unmodifiableMap(new EnumMap<>(values));
  }

  public boolean has(Measure measure) {
    return values.containsKey(measure);
  }

  /**
   * @throws IllegalStateException where it was not measured
   */
  public double get(Measure measure) {
    Double value = values.get(measure);
    if (value == null) {
      throw new IllegalStateException("Not measured: " + measure.key());
    }
    return value;
  }

  public double getOr(Measure measure, double fallback) {
    return values.getOrDefault(measure, fallback);
  }

  /** Whether the flag was measured and is set. */
  public boolean is(Measure flag) {
    return values.getOrDefault(flag, 0.0) == 1.0;
  }

  public Optional<Double> find(Measure measure) {
    return Optional.ofNullable(values.get(measure));
  }

  public Map<Measure, Double> values() {
    return values;
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    Builder b = new Builder();
    b.values.putAll(values);
    return b;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Evidence e && values.equals(e.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }

  /** Collects measures one by one. NaN means "not measured" and removes. */
  public static final class Builder {
    private final EnumMap<Measure, Double> values = new EnumMap<>(Measure.class);

    public Builder put(Measure measure, double value) {
      if (Double.isNaN(value)) {
        values.remove(measure);
      } else {
        values.put(measure, value);
      }
      return this;
    }

    public Builder put(Measure flag, boolean value) {
      return put(flag, value ? 1 : 0);
    }

    public Builder remove(Measure measure) {
      values.remove(measure);
      return this;
    }

    public Evidence build() {
      return new Evidence(values);
    }
  }
}

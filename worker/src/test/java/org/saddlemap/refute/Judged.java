package org.saddlemap.refute;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Comparison;
import org.saddlemap.verdict.Verdict;

/**
 * What was said of a trial, by one way of looking at it.
 *
 * @param category empty where none was given
 * @param margin NaN where nothing was compared that decides
 * @param steps what the rule compared on its way, in order
 */
record Judged(Way way, String category, String subCategory, double margin, ArrayList<Step> steps)
    implements Serializable {
  /** What the rule asks without noting it as a comparison has no distance from a threshold. */
  static final String UNCOMPARED = "something without a threshold, such as nc_both";

  /** How a trial is judged. */
  enum Way {
    FIRST("as first judged"),
    SEED("another seed of the examination"),
    ROWS("other rows"),
    KERNEL("another BLAS kernel, the same weights"),
    TRAINED("another BLAS kernel, trained again");

    private final String text;

    Way(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /** A comparison on the way. */
  record Step(String quantity, double value, double threshold, boolean decisive)
      implements Serializable {
    boolean above() {
      return value > threshold;
    }

    /** Whether both are about the same; where a trial stopped has another name once it settled. */
    boolean asks(Step other) {
      return quantity.replace("raw_", "").equals(other.quantity.replace("raw_", ""));
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%s %.4g %s %.4g", quantity, value, above() ? ">" : "<=", threshold);
    }
  }

  static Judged of(Way way, Verdict verdict, List<Comparison> trace) {
    ArrayList<Step> steps = new ArrayList<>();
    trace.forEach(c -> steps.add(new Step(c.quantity(), c.value(), c.threshold(), c.decisive())));
    return new Judged(
        way,
        verdict.category().map(Category::text).orElse(""),
        verdict.subCategory(),
        verdict.margin().orElse(Double.NaN),
        steps);
  }

  boolean says(Judged other) {
    return category.equals(other.category);
  }

  /** The comparison at which the other one's way parts from this one's, by its quantity. */
  String partingQuantity(Judged other) {
    Optional<Integer> at = parts(other);
    return at.isPresent() && steps.get(at.get()).asks(other.steps.get(at.get()))
        ? steps.get(at.get()).quantity()
        : UNCOMPARED;
  }

  /** The same in numbers. */
  String parting(Judged other) {
    return parts(other)
        .map(i -> steps.get(i) + " | " + other.steps.get(i))
        .orElse("after " + Math.min(steps.size(), other.steps.size()) + " comparisons alike");
  }

  /** The first comparison that another was made instead of, or that came out otherwise. */
  private Optional<Integer> parts(Judged other) {
    for (int i = 0; i < Math.min(steps.size(), other.steps.size()); i++) {
      Step a = steps.get(i);
      Step b = other.steps.get(i);
      if (!a.asks(b) || a.above() != b.above()) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }
}

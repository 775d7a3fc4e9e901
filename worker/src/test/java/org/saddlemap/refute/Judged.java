package org.saddlemap.refute;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s %.4g %s %.4g",
          quantity,
          value,
          above() ? ">" : "<=",
          threshold);
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

  /** Where the other one's way parts from this one's: the comparison that came out otherwise. */
  String parting(Judged other) {
    for (int i = 0; i < Math.min(steps.size(), other.steps.size()); i++) {
      Step a = steps.get(i);
      Step b = other.steps.get(i);
      if (!a.quantity().equals(b.quantity())) {
        return "asked for otherwise: " + a + " | " + b;
      }
      if (a.above() != b.above()) {
        return a + " | " + b;
      }
    }
    return "no comparison: "
        + steps.subList(Math.min(other.steps.size(), steps.size()), steps.size())
        + " | "
        + other.steps.subList(Math.min(other.steps.size(), steps.size()), other.steps.size());
  }

  /** The quantity at which they part. */
  String partingQuantity(Judged other) {
    for (int i = 0; i < Math.min(steps.size(), other.steps.size()); i++) {
      Step a = steps.get(i);
      Step b = other.steps.get(i);
      if (!a.quantity().equals(b.quantity())) {
        return "what was asked for";
      }
      if (a.above() != b.above()) {
        return a.quantity();
      }
    }
    return "what was asked for";
  }
}

package org.saddlemap.verdict;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where a descent ended, and why.
 *
 * @param category empty where the labels leave nothing to learn, or the point was not examined
 * @param subCategory what kind of it, such as {@code strict} or {@code slow}
 * @param cause what most likely kept the trial from training; empty where it was not examined
 * @param margin the smallest distance, in decades, between a deciding quantity and its threshold: 0
 *     on the edge, 16 where no single quantity would change the category; empty without one
 * @param reason one sentence for a person
 */
public record Verdict(
    Optional<Category> category,
    String subCategory,
    Optional<Cause> cause,
    OptionalDouble margin,
    String reason)
    implements Decision {
  /**
   * Margins below so many decades (a factor of 1.26) are knife edges: a little more of this or less
   * of that would have been another verdict.
   */
  public static final double KNIFE_EDGE = 0.1;

  /** A verdict without cause and margin. */
  public Verdict(Optional<Category> category, String subCategory, String reason) {
    this(category, subCategory, Optional.empty(), OptionalDouble.empty(), reason);
  }

  /** Category and sub-category for people, such as {@code saddle (strict)}. */
  public String name() {
    return category.map(Category::text).orElse("no category") + " (" + subCategory + ")";
  }

  /** A category without cause, margin and reason. */
  static Verdict of(Category category, String subCategory) {
    return new Verdict(Optional.of(category), subCategory, "");
  }
}

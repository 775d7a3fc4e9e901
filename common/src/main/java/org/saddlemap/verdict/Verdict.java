package org.saddlemap.verdict;

import java.util.Optional;

/**
 * Where a descent ended, and why.
 *
 * @param category empty where the labels leave nothing to learn
 * @param subCategory what kind of it, such as {@code strict} or {@code slow}
 * @param reason one sentence for a person
 */
public record Verdict(Optional<Category> category, String subCategory, String reason)
    implements Decision {}

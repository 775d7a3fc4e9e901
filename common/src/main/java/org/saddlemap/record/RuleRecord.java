package org.saddlemap.record;

/**
 * A leaf of a shallow decision tree over a sweep's judged trials, as a plain rule.
 *
 * @param place 1 for the rule that is right about the most trials
 * @param condition on the columns of {@code trials}, as SQL
 * @param category that most of the trials which meet it ended in
 * @param trials judged trials that meet it
 * @param precision share of them that ended in that category
 * @param heldOutTrials of them, those of configurations that the tree did not see
 * @param heldOutPrecision share of these that ended in that category; NaN without any
 */
public record RuleRecord(
    int place,
    String condition,
    String category,
    long trials,
    double precision,
    long heldOutTrials,
    double heldOutPrecision) {}

package org.saddlemap.record;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How much a model's prediction of the held-out configurations rests on a hyperparameter, or on two
 * of them.
 *
 * @param target what is predicted: {@code optimum}, {@code diverged}, {@code plateau}, {@code
 *     saddle} (as against every other category), {@code trains} (whether the cause is none), or
 *     {@code loss} (log10 of the final loss, where it is finite)
 * @param hyperparameter its key
 * @param other the second one of a pair; empty for one alone
 * @param importance fall of the quality when its values (those of both) are shuffled among the
 *     held-out trials; empty where the model is no better than chance
 * @param low lower end of the importance's 95 % interval, by the bootstrap over held-out trials;
 *     empty where the importance is
 * @param high its upper end
 * @param interaction of a pair: sum of the two importances less the joint one; above 0 the two act
 *     together
 * @param measure {@code auc}, or {@code r2} for the loss
 * @param quality of the model on the held-out trials, by that measure
 * @param chance the quality that a model which knows nothing stays below in 97 of 100 cases
 * @param trained trials that the model was fitted to
 * @param heldOut trials of other configurations that it was judged by
 */
public record ImportanceRecord(
    String target,
    String hyperparameter,
    Optional<String> other,
    OptionalDouble importance,
    OptionalDouble low,
    OptionalDouble high,
    OptionalDouble interaction,
    String measure,
    double quality,
    double chance,
    long trained,
    long heldOut) {}

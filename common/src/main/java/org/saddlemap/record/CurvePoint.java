package org.saddlemap.record;

/**
 * A logged step of training.
 *
 * @param step steps taken before it, from 0
 * @param loss objective on the rows that the step saw, before the step
 * @param gradientNorm of that objective, before clipping
 * @param clipped whether clipping changed the gradient
 * @param stepNorm ‖Δθ‖ of the step
 */
public record CurvePoint(
    int step, double loss, double gradientNorm, boolean clipped, double stepNorm) {}

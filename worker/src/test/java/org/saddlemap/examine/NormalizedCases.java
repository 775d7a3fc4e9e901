package org.saddlemap.examine;

import static org.saddlemap.examine.LayeredBuild.BENT_X;
import static org.saddlemap.examine.LayeredBuild.BENT_Y;
import static org.saddlemap.examine.LayeredBuild.SIGNS;
import static org.saddlemap.examine.LayeredBuild.is;

import java.util.stream.Stream;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Normalization;
import org.saddlemap.verdict.Category;

/** Points of normalized networks, whose category follows from a short proof, given with each. */
final class NormalizedCases {
  /** Four directions u, each at radius 1 and 3. */
  private static final double[] RAYS = {1, 0, 3, 0, 0, 1, 0, 3, -1, 0, -3, 0, 0, -1, 0, -3};

  /** u/2 at radius 1 and 3u/2 at radius 3. */
  private static final double[] RAY_ENDS = {
    0.5, 0, 1.5, 0, 0, 0.5, 0, 1.5, -0.5, 0, -1.5, 0, 0, -0.5, 0, -1.5
  };

  private static final double HALF = Math.sqrt(0.5);

  private NormalizedCases() {}

  static Stream<Case> acrossRows() {
    return Stream.of(
        is(
            Category.SADDLE,
            "layer-normalized zeros",
            "x̂ = 0/√ε: all units are equal; o = (v₁ − v₂)(w₁ − w₂)x/2√ε + …, so that the Hessian at 0 has ∓E[xy]/2√ε between v and w",
            new LayeredBuild(1, 2, 1)
                .normalized(Normalization.Kind.LAYER, Normalization.Place.BEFORE),
            SIGNS,
            SIGNS,
            0,
            0,
            0,
            0),
        is(
            Category.SADDLE,
            "zeros normalized after the sum",
            "the same through a branch of 0, normalized twice: o = (v₁ − v₂)(w₁ − w₂)x/2ε + …",
            new LayeredBuild(1, 2, 2, 1)
                .normalized(Normalization.Kind.LAYER, Normalization.Place.SUM)
                .blocks(1, 1),
            SIGNS,
            SIGNS,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0),
        is(
            Category.PLATEAU,
            "layer norm of one unit",
            "z − mean z = 0: x̂ is 0 for all weights, and the output the best constant for ever",
            new LayeredBuild(1, 1, 1)
                .normalized(Normalization.Kind.LAYER, Normalization.Place.BEFORE),
            SIGNS,
            SIGNS,
            1,
            1),
        is(
            Category.OPTIMUM,
            "rms-normalized linear network at its best",
            "f(ax) = f(x) for a > 0, so a direction has one output; the mean of its targets, u, is the best, and V·√2·u is it",
            new LayeredBuild(2, 2, 2)
                .normalized(Normalization.Kind.RMS, Normalization.Place.BEFORE)
                .exactly(),
            RAYS,
            RAY_ENDS,
            1,
            0,
            0,
            1,
            HALF,
            0,
            0,
            HALF),
        is(
            Category.OPTIMUM,
            "rms-normalized linear network at its best, with tiny weights",
            "the same, for W → W/1000 changes nothing",
            new LayeredBuild(2, 2, 2)
                .normalized(Normalization.Kind.RMS, Normalization.Place.BEFORE)
                .exactly(),
            RAYS,
            RAY_ENDS,
            0.001,
            0,
            0,
            0.001,
            HALF,
            0,
            0,
            HALF),
        is(
            Category.OPTIMUM,
            "normalized after the sum at its best",
            "the branch is 0, and what is normalized once is so twice: the same function as before",
            new LayeredBuild(2, 2, 2, 2)
                .normalized(Normalization.Kind.RMS, Normalization.Place.SUM)
                .blocks(1, 1)
                .exactly(),
            RAYS,
            RAY_ENDS,
            1,
            0,
            0,
            1,
            0,
            0,
            0,
            0,
            HALF,
            0,
            0,
            HALF),
        is(
            Category.SADDLE,
            "rms-normalized linear network, one mode missing",
            "o = (x₁, 0) of targets (x₁, x₂); with ±d in the units' weights of x₂ and ±s in the second output's, o₂ = 2ds·x₂ + …: −2 in the Hessian",
            new LayeredBuild(2, 2, 2)
                .normalized(Normalization.Kind.RMS, Normalization.Place.AFTER)
                .affine(),
            new double[] {1, 1, 1, -1, -1, 1, -1, -1},
            new double[] {1, 1, 1, -1, -1, 1, -1, -1},
            1,
            1,
            0,
            0,
            1,
            1,
            0.5,
            0,
            0.5,
            0));
  }

  static Stream<Case> downColumns() {
    return Stream.of(
        is(
            Category.SADDLE,
            "batch norm on a constant feature",
            "z is the constant feature: x̂ = 0; with w₁ → dw it is dw·x/√ε, so that the Hessian has −E[xy]/√ε between w₁ and v",
            new LayeredBuild(2, 1, 1)
                .normalized(Normalization.Kind.BATCH, Normalization.Place.BEFORE),
            new double[] {1, 5, -1, 5},
            SIGNS,
            0,
            1,
            0),
        is(
            Category.OPTIMUM,
            "batch norm after the activation",
            "relu(x) is (0, 0, 1, 3), normalized and moved back by γ and β it is the target: loss 0",
            new LayeredBuild(1, 1, 1)
                .activations(Activation.RELU)
                .normalized(Normalization.Kind.BATCH, Normalization.Place.AFTER)
                .bias()
                .affine()
                .exactly(),
            BENT_X,
            new double[] {0, 0, 1, 3},
            1,
            0,
            1,
            Math.sqrt(1.5),
            1,
            0),
        is(
            Category.PLATEAU,
            "batch norm that switches its rectifiers off",
            "γx̂ + β = x̂ − 9 is below 0, as |x̂| < 2: off on every row, and the output's bias is the mean",
            new LayeredBuild(1, 1, 1)
                .activations(Activation.RELU)
                .normalized(Normalization.Kind.BATCH, Normalization.Place.BEFORE)
                .bias()
                .affine(),
            BENT_X,
            BENT_Y,
            1,
            -9,
            1,
            1,
            0));
  }
}

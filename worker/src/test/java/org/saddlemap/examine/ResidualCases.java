package org.saddlemap.examine;

import static org.saddlemap.examine.LayeredBuild.BENT_X;
import static org.saddlemap.examine.LayeredBuild.BENT_Y;
import static org.saddlemap.examine.LayeredBuild.SIGNS;
import static org.saddlemap.examine.LayeredBuild.is;

import java.util.stream.Stream;
import org.saddlemap.space.Activation;
import org.saddlemap.verdict.Category;

/**
 * Points of networks with residual blocks, whose category follows from a short proof, given with
 * each.
 */
final class ResidualCases {
  private ResidualCases() {}

  static Stream<Case> residual() {
    return Stream.of(
        is(
            Category.SADDLE,
            "residual product at the origin",
            "f = ½(w₁(1 + w₂)w₃ − 1)²: its Hessian has −1 between w₁ and w₃, where a chain of three has none",
            new LayeredBuild(1, 1, 1, 1).blocks(1, 1),
            SIGNS,
            SIGNS,
            0,
            0,
            0),
        is(
            Category.OPTIMUM,
            "residual network at the identity that is asked for",
            "w₁ = w₃ = 1, the branch is 0: loss 0",
            new LayeredBuild(1, 1, 1, 1, 1).blocks(2, 1),
            SIGNS,
            SIGNS,
            1,
            0,
            0,
            1),
        is(
            Category.SADDLE,
            "rectified branch at the identity",
            "the trunk is the best linear function; with w₂ = |w₁| = s the loss falls by s²·E[res·relu(x)] = 3s²/2, for both signs of w₁; "
                + "the branch is off on every row, and the outputs are not constant",
            new LayeredBuild(1, 1, 1, 1, 1)
                .activations(Activation.IDENTITY, Activation.RELU, Activation.IDENTITY)
                .blocks(2, 1),
            BENT_X,
            BENT_Y,
            1,
            0,
            0,
            1),
        is(
            Category.SADDLE,
            "smooth branch at the identity",
            "silu z = z/2 + z²/4 + O(z⁴) and E[res·x] = 0: in the branch's weights f − f₀ = −3w₂w₁² + O(w⁴), with gradient and Hessian 0",
            new LayeredBuild(1, 1, 1, 1, 1)
                .activations(Activation.IDENTITY, Activation.SILU, Activation.IDENTITY)
                .blocks(2, 1),
            BENT_X,
            BENT_Y,
            1,
            0,
            0,
            1));
  }

  static Stream<Case> branches() {
    return Stream.of(
        is(
            Category.OPTIMUM,
            "branches of scale 0",
            "the network is v·w₀·x whatever the branch is, and 1 is the best coefficient",
            new LayeredBuild(1, 1, 1, 1).blocks(1, 0),
            BENT_X,
            BENT_Y,
            1,
            0.7,
            1),
        is(
            Category.OPTIMUM,
            "branch that is off, stream at its best",
            "relu(h − 50) is 0 for |h| < 40, all over the ball: there the network is linear, at the best linear function",
            new LayeredBuild(1, 1, 1, 1)
                .activations(Activation.IDENTITY, Activation.RELU)
                .bias()
                .blocks(1, 1),
            BENT_X,
            BENT_Y,
            1,
            0,
            1,
            -50,
            1,
            0),
        is(
            Category.OPTIMUM,
            "branch that is saturated, stream at its best",
            "tanh(h + 40) is 1 to 10⁻²⁰ all over the ball, and the output's bias takes it away again",
            new LayeredBuild(1, 1, 1, 1)
                .activations(Activation.IDENTITY, Activation.TANH)
                .bias()
                .blocks(1, 1),
            BENT_X,
            BENT_Y,
            1,
            0,
            1,
            40,
            1,
            -1),
        is(
            Category.PLATEAU,
            "saturated before the stream",
            "tanh(x + 40) is 1 on both rows, so whatever follows has one input: the outputs are the mean, every derivative is below e^−70",
            new LayeredBuild(1, 1, 1, 1)
                .activations(Activation.TANH, Activation.TANH)
                .bias()
                .blocks(1, 1),
            SIGNS,
            SIGNS,
            1,
            40,
            0.5,
            0,
            1,
            -1 - Math.tanh(0.5)),
        is(
            Category.PLATEAU,
            "off before the stream",
            "relu(x − 5) is 0 on both rows: the outputs are the mean, the gradient of the first layer 0",
            new LayeredBuild(1, 1, 1, 1)
                .activations(Activation.RELU, Activation.TANH)
                .bias()
                .blocks(1, 1),
            SIGNS,
            SIGNS,
            1,
            -5,
            0.5,
            0,
            1,
            0),
        is(
            Category.OPTIMUM,
            "separable through a residual block",
            "logits ±10(5 + tanh 5): the infimum 0 is approached to e^−59, never reached",
            new LayeredBuild(1, 1, 1, 1)
                .activations(Activation.IDENTITY, Activation.TANH)
                .logistic()
                .blocks(1, 1),
            SIGNS,
            new double[] {1, 0},
            5,
            1,
            10));
  }
}

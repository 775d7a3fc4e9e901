package org.saddlemap.examine;

import static org.saddlemap.examine.LayeredBuild.SIGNS;
import static org.saddlemap.examine.QuadraticCases.steps;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.saddlemap.network.Blueprint;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.verdict.Category;

/**
 * Points of networks of dense layers, whose category follows from a short proof, given with each.
 */
final class NetworkCases {
  private NetworkCases() {}

  static Case network(
      String name,
      Category expected,
      String why,
      Network net,
      double[] x,
      double[] y,
      double[] weights,
      Training training) {
    return new Case(
        name,
        Optional.ofNullable(expected),
        Optional.of(why),
        new Case.Trained(net, x, y, x.length / net.inputs(), 0, weights),
        training);
  }

  static Network net(Activation hidden, Loss loss, boolean bias, Integer... sizes) {
    return Network.of(List.of(sizes), hidden, Activation.IDENTITY, loss, bias);
  }

  static Network output(Activation output, Integer... sizes) {
    return Network.of(List.of(sizes), Activation.IDENTITY, output, Loss.MSE, true);
  }

  static Stream<Case> all() {
    return Stream.of(
        network(
            "product at the origin",
            Category.SADDLE,
            "f = ½(w₁w₂ − 1)²: the Hessian at 0 is [[0, −1], [−1, 0]]",
            net(Activation.IDENTITY, Loss.MSE, false, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[2],
            Training.NONE),
        network(
            "product on the hyperbola",
            Category.OPTIMUM,
            "w₁w₂ = 1: loss 0",
            net(Activation.IDENTITY, Loss.MSE, false, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[] {4, 0.25},
            Training.NONE),
        network(
            "product far from both",
            Category.DESCENDING,
            "∂f/∂w₁ = −w₂ = −1",
            net(Activation.IDENTITY, Loss.MSE, false, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[] {0, 1},
            Training.NONE),
        network(
            "three tanh layers at the origin",
            Category.SADDLE,
            "tanh is odd and tanh′(0) = 1: f = ½(w₁w₂w₃ − 1)² + O(w⁵), Hessian 0, descends along (1, 1, 1)",
            net(Activation.TANH, Loss.MSE, false, 1, 1, 1, 1),
            new double[] {0.1, -0.1},
            new double[] {0.1, -0.1},
            new double[3],
            Training.NONE),
        network(
            "equal units of a linear network",
            Category.SADDLE,
            "W₂W₁ = uuᵀ with u = (1, 1)/√2: the mode (1, −1)/√2 is missing (Baldi and Hornik 1989)",
            net(Activation.IDENTITY, Loss.MSE, false, 2, 2, 2),
            new double[] {1, 1, 1, -1, -1, 1, -1, -1},
            new double[] {1, 1, 1, -1, -1, 1, -1, -1},
            new double[] {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5},
            Training.NONE),
        network(
            "bottleneck at its best mode",
            Category.OPTIMUM,
            "width 1 holds the larger of the modes 2 and 1: global under the rank constraint (Baldi and Hornik 1989)",
            net(Activation.IDENTITY, Loss.MSE, false, 2, 1, 2),
            new double[] {1, 1, 1, -1, -1, 1, -1, -1},
            new double[] {2, 1, 2, -1, -2, 1, -2, -1},
            new double[] {1, 0, 2, 0},
            Training.NONE),
        network(
            "bottleneck at its lesser mode",
            Category.SADDLE,
            "width 1 holds the mode 1 where 2 is there to have (Baldi and Hornik 1989)",
            net(Activation.IDENTITY, Loss.MSE, false, 2, 1, 2),
            new double[] {1, 1, 1, -1, -1, 1, -1, -1},
            new double[] {2, 1, 2, -1, -2, 1, -2, -1},
            new double[] {0, 1, 0, 1},
            Training.NONE),
        network(
            "conflicting labels",
            Category.OPTIMUM,
            "x = 0 has 3 of 4 labels 1, x = 1 has 1 of 4: logits ±ln 3 are their log-odds, the best of any function",
            net(Activation.IDENTITY, Loss.BINARY_CROSS_ENTROPY, true, 1, 1),
            new double[] {0, 0, 0, 0, 1, 1, 1, 1},
            new double[] {1, 1, 1, 0, 1, 0, 0, 0},
            new double[] {-2 * Math.log(3), Math.log(3)},
            Training.NONE),
        network(
            "separable, far out",
            Category.OPTIMUM,
            "log(1 + e^−20) of ln 2: the infimum 0 is approached, never reached",
            net(Activation.IDENTITY, Loss.BINARY_CROSS_ENTROPY, true, 1, 1),
            SIGNS,
            new double[] {1, 0},
            new double[] {20, 0},
            Training.NONE),
        network(
            "softmax separable, near",
            Category.DESCENDING,
            "logits ±1: the loss ln(1 + e^−2) falls along the ray of the weights",
            net(Activation.IDENTITY, Loss.CROSS_ENTROPY, false, 1, 2),
            SIGNS,
            new double[] {1, 0, 0, 1},
            new double[] {1, -1},
            Training.NONE),
        network(
            "sigmoid saturated for both labels",
            Category.PLATEAU,
            "both outputs are 1 − e^−40: every derivative is below e^−40",
            Network.of(List.of(1, 1), Activation.IDENTITY, Activation.SIGMOID, Loss.MSE, true),
            SIGNS,
            new double[] {1, 0},
            new double[] {0, 40},
            Training.NONE),
        network(
            "dead second layer",
            Category.PLATEAU,
            "the second hidden unit is off on both rows and the output's bias is the mean: the gradient is 0",
            net(Activation.RELU, Loss.MSE, true, 1, 1, 1, 1),
            SIGNS,
            new double[] {1, 3},
            new double[] {1, 0, 1, -5, 1, 2},
            Training.NONE),
        network(
            "rescaled rectifiers",
            Category.OPTIMUM,
            "10³·relu(x)·10⁻³ is relu(x): loss 0",
            net(Activation.RELU, Loss.MSE, false, 1, 1, 1),
            new double[] {-1, 1, 2},
            new double[] {0, 1, 2},
            new double[] {1e3, 1e-3},
            Training.NONE),
        network(
            "best line under batch normalization",
            Category.OPTIMUM,
            "x̂ = ±1 equals y, and the output is x̂: loss 0",
            Blueprint.dense(
                    List.of(1, 1, 1), Activation.IDENTITY, Activation.IDENTITY, Loss.MSE, false)
                .normalized(Normalization.BATCH, false, 0)
                .build(),
            new double[] {5, 9},
            SIGNS,
            new double[] {-3, 1},
            Training.NONE),
        network(
            "three elu layers at the origin",
            Category.SADDLE,
            "elu(z) = z + O(z²): f − f₀ = −w₁w₂w₃/100 + O(w⁴), Hessian 0, descends along (1, 1, 1)",
            net(Activation.ELU, Loss.MSE, false, 1, 1, 1, 1),
            new double[] {0.1, -0.1},
            new double[] {0.1, -0.1},
            new double[3],
            Training.NONE),
        network(
            "selu at its kink",
            Category.SADDLE,
            "f − f₀ = −w₂·(selu(w₁) − selu(−w₁))/2 + O(w⁴): falls along (1, 1) and (−1, −1), rises along (1, −1)",
            net(Activation.SELU, Loss.MSE, false, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[2],
            Training.NONE),
        network(
            "silu at the origin",
            Category.SADDLE,
            "silu′(0) = ½: the Hessian is [[0, −½], [−½, 0]]",
            net(Activation.SILU, Loss.MSE, false, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[2],
            Training.NONE),
        network(
            "exponential without weights",
            Category.SADDLE,
            "f = ½ mean (y − w₂e^(w₁x))²: at 0 the gradient is (0, −mean y) = 0, the Hessian [[0, −1], [−1, 1]]",
            net(Activation.EXPONENTIAL, Loss.MSE, false, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[2],
            Training.NONE),
        network(
            "rates by an exponential output",
            Category.OPTIMUM,
            "y = e^(x/2 + 1/5): loss 0",
            output(Activation.EXPONENTIAL, 1, 1),
            new double[] {-1, 0, 2},
            new double[] {Math.exp(-0.3), Math.exp(0.2), Math.exp(1.2)},
            new double[] {0.5, 0.2},
            Training.NONE),
        network(
            "exponential of an exponential",
            Category.DIVERGED,
            "e^(e^10) is above the largest double",
            net(Activation.EXPONENTIAL, Loss.MSE, false, 1, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[] {10, 1, 1},
            steps(10, 0.01)),
        network(
            "softsign at its targets",
            Category.OPTIMUM,
            "y = 2x/(1 + |x|): loss 0",
            net(Activation.SOFTSIGN, Loss.MSE, false, 1, 1, 1),
            new double[] {-3, 1, 4},
            new double[] {-1.5, 1, 1.6},
            new double[] {1, 2},
            Training.NONE),
        network(
            "softsign saturated for both labels",
            Category.PLATEAU,
            "the slope is (1 + z)⁻² = 10⁻⁸, within the ball below 4·10⁻⁸",
            output(Activation.SOFTSIGN, 1, 1),
            SIGNS,
            SIGNS,
            new double[] {0, 1e4},
            Training.NONE),
        network(
            "relu6 stuck above 6",
            Category.PLATEAU,
            "z is 19 and 21, the slope 0, and the output's bias is the mean: the gradient is 0",
            net(Activation.RELU6, Loss.MSE, true, 1, 1, 1),
            SIGNS,
            new double[] {1, 3},
            new double[] {1, 20, 1, -4},
            Training.NONE),
        network(
            "relu6 between its bounds",
            Category.OPTIMUM,
            "0, x and 6 are the targets: loss 0",
            net(Activation.RELU6, Loss.MSE, false, 1, 1, 1),
            new double[] {-1, 3, 9},
            new double[] {0, 3, 6},
            new double[] {1, 1},
            Training.NONE));
  }
}

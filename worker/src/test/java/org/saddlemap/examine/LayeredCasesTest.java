package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.network.Blueprint;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.space.Residual;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.train.Interruption;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Measure;

/**
 * Points of networks with residual blocks, normalization and layers that differ, whose category
 * follows from a short proof, given with each. θ is W, b, β, γ, stage by stage.
 */
class LayeredCasesTest {
  private static final double[] SIGNS = {1, -1};

  /** y = x + 3(|x| − 2): x is the best linear function of x, as |x| − 2 is even and x is odd. */
  private static final double[] BENT_X = {-3, -1, 1, 3};

  private static final double[] BENT_Y = {0, -4, -2, 6};

  private static final double[] SQUARE_X = {1, 1, 1, -1, -1, 1, -1, -1};

  /** Four directions u, each at radius 1 and 3. */
  private static final double[] RAYS = {1, 0, 3, 0, 0, 1, 0, 3, -1, 0, -3, 0, 0, -1, 0, -3};

  /** u/2 at radius 1 and 3u/2 at radius 3. */
  private static final double[] RAY_ENDS = {
    0.5, 0, 1.5, 0, 0, 0.5, 0, 1.5, -0.5, 0, -1.5, 0, 0, -0.5, 0, -1.5
  };

  private static final double HALF = Math.sqrt(0.5);

  /** What a network is built of, beside its data. */
  private static final class Build {
    private final List<Integer> sizes;
    private List<Activation> activations;
    private Loss loss = Loss.MSE;
    private boolean bias;
    private Normalization normalization = Normalization.NONE;
    private boolean affine;
    private double epsilon = 1e-5;
    private Residual residual = Residual.NONE;

    Build(Integer... sizes) {
      this.sizes = List.of(sizes);
      this.activations = Collections.nCopies(sizes.length - 2, Activation.IDENTITY);
    }

    Build activations(Activation... each) {
      activations = List.of(each);
      return this;
    }

    Build logistic() {
      loss = Loss.BINARY_CROSS_ENTROPY;
      return this;
    }

    Build bias() {
      bias = true;
      return this;
    }

    Build affine() {
      affine = true;
      return this;
    }

    Build normalized(Normalization.Kind kind, Normalization.Place place) {
      normalization = new Normalization(kind, place);
      return this;
    }

    Build exactly() {
      epsilon = 0;
      return this;
    }

    Build blocks(int layers, double scale) {
      residual = new Residual(layers, Optional.of(scale));
      return this;
    }

    Network network() {
      return new Blueprint(
              sizes,
              activations,
              Activation.IDENTITY,
              loss,
              bias,
              normalization,
              affine,
              epsilon,
              residual,
              0)
          .build();
    }
  }

  private static Case is(
      Category category,
      String name,
      String why,
      Build build,
      double[] x,
      double[] y,
      double... weights) {
    Network net = build.network();
    assertThat(weights).as(name).hasSize(net.parameters());
    return new Case(
        name,
        Optional.of(category),
        Optional.of(why),
        new Case.Trained(net, x, y, x.length / net.inputs(), 0, weights),
        Training.NONE);
  }

  static Stream<Case> cases() {
    return Stream.of(
            residual(), deepLinear(), branches(), acrossRows(), downColumns(), layersThatDiffer())
        .flatMap(s -> s);
  }

  private static Stream<Case> residual() {
    return Stream.of(
        is(
            Category.SADDLE,
            "residual product at the origin",
            "f = ½(w₁(1 + w₂)w₃ − 1)²: its Hessian has −1 between w₁ and w₃, where a chain of three has none",
            new Build(1, 1, 1, 1).blocks(1, 1),
            SIGNS,
            SIGNS,
            0,
            0,
            0),
        is(
            Category.OPTIMUM,
            "residual network at the identity that is asked for",
            "w₁ = w₃ = 1, the branch is 0: loss 0",
            new Build(1, 1, 1, 1, 1).blocks(2, 1),
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
            new Build(1, 1, 1, 1, 1)
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
            new Build(1, 1, 1, 1, 1)
                .activations(Activation.IDENTITY, Activation.SILU, Activation.IDENTITY)
                .blocks(2, 1),
            BENT_X,
            BENT_Y,
            1,
            0,
            0,
            1));
  }

  private static Stream<Case> deepLinear() {
    String product = "f = ½(w₀·v·Π(1 + wᵢ) − y)²; ";
    return Stream.of(
        is(
            Category.DESCENDING,
            "deep residual linear network near the identity",
            product
                + "each |wᵢ| < 1, so no factor is 0 and the gradient is not, where the residual is not (Hardt and Ma 2017)",
            new Build(1, 1, 1, 1, 1, 1, 1, 1).blocks(1, 1),
            SIGNS,
            new double[] {2, -2},
            1,
            0,
            0.1,
            -0.1,
            0,
            0,
            1),
        is(
            Category.SADDLE,
            "two branches that undo the identity",
            product
                + "w₁ = w₂ = −1: gradient 0, and −1 between them in the Hessian: Hardt and Ma's theorem ends at |wᵢ| = 1",
            new Build(1, 1, 1, 1, 1).blocks(1, 1),
            SIGNS,
            SIGNS,
            1,
            -1,
            -1,
            1),
        is(
            Category.SADDLE,
            "three branches that undo the identity",
            product + "w₁ = w₂ = w₃ = −1: gradient and Hessian 0, and f falls along (1, 1, 1)",
            new Build(1, 1, 1, 1, 1, 1).blocks(1, 1),
            SIGNS,
            SIGNS,
            1,
            -1,
            -1,
            -1,
            1),
        is(
            Category.OPTIMUM,
            "scaled branches that make up for each other",
            "the factors 1 + 0.5·2 and 1 − 0.5·1 multiply to 1: loss 0",
            new Build(1, 1, 1, 1, 1).blocks(1, 0.5),
            SIGNS,
            SIGNS,
            1,
            2,
            -1,
            1));
  }

  private static Stream<Case> branches() {
    return Stream.of(
        is(
            Category.OPTIMUM,
            "branches of scale 0",
            "the network is v·w₀·x whatever the branch is, and 1 is the best coefficient",
            new Build(1, 1, 1, 1).blocks(1, 0),
            BENT_X,
            BENT_Y,
            1,
            0.7,
            1),
        is(
            Category.OPTIMUM,
            "branch that is off, stream at its best",
            "relu(h − 50) is 0 for |h| < 40, all over the ball: there the network is linear, at the best linear function",
            new Build(1, 1, 1, 1)
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
            new Build(1, 1, 1, 1)
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
            new Build(1, 1, 1, 1).activations(Activation.TANH, Activation.TANH).bias().blocks(1, 1),
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
            new Build(1, 1, 1, 1).activations(Activation.RELU, Activation.TANH).bias().blocks(1, 1),
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
            new Build(1, 1, 1, 1)
                .activations(Activation.IDENTITY, Activation.TANH)
                .logistic()
                .blocks(1, 1),
            SIGNS,
            new double[] {1, 0},
            5,
            1,
            10));
  }

  private static Stream<Case> acrossRows() {
    return Stream.of(
        is(
            Category.SADDLE,
            "layer-normalized zeros",
            "x̂ = 0/√ε: all units are equal; o = (v₁ − v₂)(w₁ − w₂)x/2√ε + …, so that the Hessian at 0 has ∓E[xy]/2√ε between v and w",
            new Build(1, 2, 1).normalized(Normalization.Kind.LAYER, Normalization.Place.BEFORE),
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
            new Build(1, 2, 2, 1)
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
            new Build(1, 1, 1).normalized(Normalization.Kind.LAYER, Normalization.Place.BEFORE),
            SIGNS,
            SIGNS,
            1,
            1),
        is(
            Category.OPTIMUM,
            "rms-normalized linear network at its best",
            "f(ax) = f(x) for a > 0, so a direction has one output; the mean of its targets, u, is the best, and V·√2·u is it",
            new Build(2, 2, 2)
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
            new Build(2, 2, 2)
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
            new Build(2, 2, 2, 2)
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
            new Build(2, 2, 2)
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

  private static Stream<Case> downColumns() {
    return Stream.of(
        is(
            Category.SADDLE,
            "batch norm on a constant feature",
            "z is the constant feature: x̂ = 0; with w₁ → dw it is dw·x/√ε, so that the Hessian has −E[xy]/√ε between w₁ and v",
            new Build(2, 1, 1).normalized(Normalization.Kind.BATCH, Normalization.Place.BEFORE),
            new double[] {1, 5, -1, 5},
            SIGNS,
            0,
            1,
            0),
        is(
            Category.OPTIMUM,
            "batch norm after the activation",
            "relu(x) is (0, 0, 1, 3), normalized and moved back by γ and β it is the target: loss 0",
            new Build(1, 1, 1)
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
            new Build(1, 1, 1)
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

  private static Stream<Case> layersThatDiffer() {
    return Stream.of(
        is(
            Category.OPTIMUM,
            "pyramid at its best mode",
            "the narrowest layer holds the larger of the modes 2 and 1: global under the rank constraint (Baldi and Hornik 1989)",
            new Build(2, 2, 1, 2),
            SQUARE_X,
            new double[] {2, 1, 2, -1, -2, 1, -2, -1},
            1,
            0,
            0,
            1,
            1,
            0,
            2,
            0),
        is(
            Category.SADDLE,
            "pyramid at its lesser mode",
            "the narrowest layer holds the mode 1 where 2 is there to have (Baldi and Hornik 1989)",
            new Build(2, 2, 1, 2),
            SQUARE_X,
            new double[] {2, 1, 2, -1, -2, 1, -2, -1},
            1,
            0,
            0,
            1,
            0,
            1,
            0,
            1),
        is(
            Category.PLATEAU,
            "rectifier that is off between others",
            "relu(tanh x − 5) is 0 on both rows and the output's bias is the mean: the gradient is 0",
            new Build(1, 1, 1, 1, 1)
                .activations(Activation.TANH, Activation.RELU, Activation.SILU)
                .bias(),
            SIGNS,
            SIGNS,
            1,
            0,
            1,
            -5,
            1,
            0,
            1,
            0),
        is(
            Category.SADDLE,
            "functions that differ at the origin",
            "tanh, softsign and identity are z + O(z²): f − f₀ = −w₁w₂w₃w₄/100 + O(w⁵), Hessian 0, falls along (1, 1, 1, 1)",
            new Build(1, 1, 1, 1, 1)
                .activations(Activation.TANH, Activation.SOFTSIGN, Activation.IDENTITY),
            new double[] {0.1, -0.1},
            new double[] {0.1, -0.1},
            0,
            0,
            0,
            0));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void categoryIsTheProvenOne(Case c) {
    Examination x = judged(c);
    assertThat(x.verdict().category())
        .as("%s: %s; judged %s by %s", c.name(), c.why(), x.verdict(), x.evidence())
        .isEqualTo(c.expected());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rectified branch at the identity                 | degenerate",
        "smooth branch at the identity                    | degenerate",
        "residual product at the origin                   | strict",
        "three branches that undo the identity            | degenerate",
        "branch that is off, stream at its best           | local",
        "off before the stream                            | dead",
        "saturated before the stream                      | saturated",
        "separable through a residual block               | global, infimum not attained",
        "batch norm that switches its rectifiers off      | dead",
        "layer norm of one unit                           | flat",
      })
  void subCategoryIsThatOfTheProof(String name, String subCategory) {
    Examination x = judged(named(name));
    assertThat(x.verdict().subCategory()).as(x.toString()).isEqualTo(subCategory);
  }

  /** What a residual connection goes past cuts nothing, and is no layer that is dead. */
  @Test
  void aBranchThatIsOffIsNoDeadLayer() {
    Examination x = judged(named("branch that is off, stream at its best"));
    assertThat(x.evidence().get(Measure.DEAD_SHARE)).isZero();
    assertThat(x.layers()).anyMatch(l -> l.dead() == 1);
  }

  /** Of a stream all blocks' weights are its units'. */
  @Test
  void unitsOfAStreamAreEqualOnlyWhereAllThatWritesToItIs() {
    Build build = new Build(1, 2, 2, 2, 1).blocks(1, 1);
    double[] different = {1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
    double[] equal = {1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
    assertThat(
            judged(is(Category.DESCENDING, "different", "", build, SIGNS, SIGNS, different))
                .evidence()
                .get(Measure.DISTINCT_UNITS_MIN))
        .isEqualTo(2);
    assertThat(
            judged(is(Category.DESCENDING, "equal", "", build, SIGNS, SIGNS, equal))
                .evidence()
                .get(Measure.DISTINCT_UNITS_MIN))
        .isEqualTo(1);
  }

  private static Case named(String name) {
    return cases().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  private static Examination judged(Case c) {
    return new CaseJudge(ExaminationSpec.DEFAULT).judge(c, Interruption.NEVER);
  }
}

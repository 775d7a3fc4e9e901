package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.saddlemap.examine.LayeredBuild.SIGNS;
import static org.saddlemap.examine.LayeredBuild.is;
import static org.saddlemap.examine.NormalizedCases.acrossRows;
import static org.saddlemap.examine.NormalizedCases.downColumns;
import static org.saddlemap.examine.ResidualCases.branches;
import static org.saddlemap.examine.ResidualCases.residual;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.space.Activation;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.train.Interruption;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Measure;

/**
 * Points of networks with residual blocks, normalization and layers that differ, whose category
 * follows from a short proof, given with each. θ is W, b, β, γ, stage by stage.
 */
class LayeredCasesTest {
  private static final double[] SQUARE_X = {1, 1, 1, -1, -1, 1, -1, -1};

  static Stream<Case> cases() {
    return Stream.of(
            residual(), deepLinear(), branches(), acrossRows(), downColumns(), layersThatDiffer())
        .flatMap(s -> s);
  }

  private static Stream<Case> deepLinear() {
    String product = "f = ½(w₀·v·Π(1 + wᵢ) − y)²; ";
    return Stream.of(
        is(
            Category.DESCENDING,
            "deep residual linear network near the identity",
            product
                + "each |wᵢ| < 1, so no factor is 0 and the gradient is not, where the residual is not (Hardt and Ma 2017)",
            new LayeredBuild(1, 1, 1, 1, 1, 1, 1, 1).blocks(1, 1),
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
            new LayeredBuild(1, 1, 1, 1, 1).blocks(1, 1),
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
            new LayeredBuild(1, 1, 1, 1, 1, 1).blocks(1, 1),
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
            new LayeredBuild(1, 1, 1, 1, 1).blocks(1, 0.5),
            SIGNS,
            SIGNS,
            1,
            2,
            -1,
            1));
  }

  private static Stream<Case> layersThatDiffer() {
    return Stream.of(
        is(
            Category.OPTIMUM,
            "pyramid at its best mode",
            "the narrowest layer holds the larger of the modes 2 and 1: global under the rank constraint (Baldi and Hornik 1989)",
            new LayeredBuild(2, 2, 1, 2),
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
            new LayeredBuild(2, 2, 1, 2),
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
            new LayeredBuild(1, 1, 1, 1, 1)
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
            new LayeredBuild(1, 1, 1, 1, 1)
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
    LayeredBuild build = new LayeredBuild(1, 2, 2, 2, 1).blocks(1, 1);
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

package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.saddlemap.examine.ResidualCases.residual;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.saddlemap.network.Blueprint;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.space.Residual;
import org.saddlemap.verdict.Category;

/** What a network of a case is built of, beside its data. */
final class LayeredBuild {
  static final double[] SIGNS = {1, -1};

  /** y = x + 3(|x| − 2): x is the best linear function of x, as |x| − 2 is even and x is odd. */
  static final double[] BENT_X = {-3, -1, 1, 3};

  static final double[] BENT_Y = {0, -4, -2, 6};

  private final List<Integer> sizes;
  private List<Activation> activations;
  private Loss loss = Loss.MSE;
  private boolean bias;
  private Normalization normalization = Normalization.NONE;
  private boolean affine;
  private double epsilon = 1e-5;
  private Residual residual = Residual.NONE;

  LayeredBuild(Integer... sizes) {
    this.sizes = List.of(sizes);
    this.activations = Collections.nCopies(sizes.length - 2, Activation.IDENTITY);
  }

  LayeredBuild activations(Activation... each) {
    activations = List.of(each);
    return this;
  }

  LayeredBuild logistic() {
    loss = Loss.BINARY_CROSS_ENTROPY;
    return this;
  }

  LayeredBuild bias() {
    bias = true;
    return this;
  }

  LayeredBuild affine() {
    affine = true;
    return this;
  }

  LayeredBuild normalized(Normalization.Kind kind, Normalization.Place place) {
    normalization = new Normalization(kind, place);
    return this;
  }

  LayeredBuild exactly() {
    epsilon = 0;
    return this;
  }

  LayeredBuild blocks(int layers, double scale) {
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

  /** A case of such a network, at these weights. */
  static Case is(
      Category category,
      String name,
      String why,
      LayeredBuild build,
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
}

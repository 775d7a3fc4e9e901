package org.saddlemap.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.arithmetic.Along;
import org.saddlemap.arithmetic.Batch;
import org.saddlemap.arithmetic.Float64;
import org.saddlemap.arithmetic.Sizing;
import org.saddlemap.layer.Dense;
import org.saddlemap.layer.Frame;
import org.saddlemap.layer.Layer;
import org.saddlemap.layer.Normalize;
import org.saddlemap.layer.Parameter;
import org.saddlemap.layer.Planner;
import org.saddlemap.layer.Sequence;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.space.Residual;

/** Where parameters lie, for every network that hyperparameters can ask for. */
class StageTest {
  static List<Network> networks() {
    List<Network> networks = new ArrayList<>();
    for (Normalization.Kind kind : Normalization.Kind.values()) {
      for (Normalization.Place place : Normalization.Place.values()) {
        for (int layers = 0; layers < 3; layers++) {
          for (double dropout : new double[] {0, 0.5}) {
            if (place == Normalization.Place.SUM && layers == 0) {
              continue; // refused
            }
            for (boolean bias : new boolean[] {false, true}) {
              networks.add(
                  new Blueprint(
                          List.of(3, 5, 5, 5, 5, 2),
                          List.of(
                              Activation.TANH, Activation.RELU, Activation.GELU, Activation.TANH),
                          Activation.IDENTITY,
                          Loss.MSE,
                          bias,
                          new Normalization(kind, place),
                          true,
                          Normalization.EPSILON,
                          new Residual(layers, Optional.of(0.5)),
                          dropout)
                      .build());
            }
          }
        }
      }
    }
    return networks;
  }

  /** Blocks of stages follow each other from the first parameter to the last, W first in each. */
  @ParameterizedTest
  @MethodSource("networks")
  void blocksCoverThetaOnceAndInOrder(Network network) {
    int at = 0;
    for (Stage stage : network.stages()) {
      assertThat(stage.from()).isEqualTo(at);
      assertThat(stage.blocks().get(0).parameter().role()).isEqualTo(Parameter.Role.WEIGHT);
      Set<String> names = new HashSet<>();
      for (Stage.Block block : stage.blocks()) {
        assertThat(block.from()).isEqualTo(at);
        assertThat(names.add(block.parameter().name())).as("one %s", block).isTrue();
        at += block.parameter().length();
      }
    }
    assertThat(at).isEqualTo(network.parameters());
    assertThat(network.judged().parameters()).isEqualTo(at);
    assertThat(network.judged().stages()).hasSameSizeAs(network.stages());
  }

  /** Stages are where the passes read them. */
  @ParameterizedTest
  @MethodSource("networks")
  void passesReadWhatStagesSay(Network network) {
    try (Float64 k = new Float64(Sizing.float64())) {
      Workspace workspace =
          new Workspace(network, k, new Batch(2), Planner.Purpose.PREDICT, new Planner.Shared());
      List<Integer> weights =
          workspace.root().leaves().filter(f -> f.layer instanceof Dense).map(f -> f.from).toList();
      assertThat(weights).isEqualTo(network.stages().stream().map(Stage::from).toList());
      int at = 0;
      for (Frame leaf : workspace.root().leaves().toList()) {
        assertThat(leaf.from).isEqualTo(at);
        at += leaf.layer.length();
      }
    }
  }

  /** Whichever normalization of a layer looks down the columns, first, last or in between. */
  @Test
  void rowsAreCoupledByAnyNormalizationDownTheirColumns() {
    for (int column = 0; column < 3; column++) {
      List<Layer> layers = new ArrayList<>(List.of(new Dense(3, 4, true)));
      for (int n = 0; n < 3; n++) {
        layers.add(new Normalize(4, n == column ? Along.COLUMN : Along.ROW, true, 1e-5));
      }
      assertThat(new Network(new Sequence(layers), Loss.MSE).couplesRows()).isTrue();
      layers.removeIf(l -> l instanceof Normalize n && n.along() == Along.COLUMN);
      assertThat(new Network(new Sequence(layers), Loss.MSE).couplesRows()).isFalse();
    }
  }
}

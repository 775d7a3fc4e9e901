package org.saddlemap.examine;

import java.util.List;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.curvature.MiniBatch;
import org.saddlemap.curvature.NetworkSurface;
import org.saddlemap.curvature.QuadraticSurface;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Loss;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trajectory;

/** Trains a case as it asks, and judges where that ends. */
public final class CaseJudge {
  /** Share of an expected loss that the own one may differ by: what is summed in float32 does. */
  private static final double LOSS_TOLERANCE = 1e-4;

  /** And share of the best constant's loss, below which float32 knows no loss. */
  private static final double LOSS_RESOLUTION = 1e-6;

  private final Examiner examiner;

  public CaseJudge(ExaminationSpec spec) {
    this.examiner = new Examiner(spec);
  }

  /**
   * @throws InvalidInput where the loss at the given weights is not the one that the case expects;
   *     then nothing is trained or judged
   */
  public Examination judge(Case c, Interruption interruption) {
    if (c.subject() instanceof Case.Trained n) {
      try (NetworkSurface surface =
          new NetworkSurface(n.network(), n.inputs(), n.targets(), n.rows(), n.l2(), n.factor())) {
        n.expectedLoss().ifPresent(expected -> compare(c.name(), expected, surface, n.weights()));
        return judge(surface, n, c.training(), interruption);
      }
    }
    Case.Quadratic q = (Case.Quadratic) c.subject();
    LossSurface surface = new QuadraticSurface(q.curvatures());
    // Only the number of parameters is used: a linear map with one output has one for each input.
    Network shape =
        Network.of(
            List.of(q.point().length, 1),
            Activation.IDENTITY,
            Activation.IDENTITY,
            Loss.MSE,
            false);
    Trajectory trajectory =
        new PlainDescent(surface, q.point(), c.training(), null, 1).run(shape, interruption);
    return examiner.examine(surface, trajectory, interruption);
  }

  private static void compare(String name, double expected, LossSurface surface, double[] weights) {
    double loss = surface.value(weights);
    double tolerance = LOSS_TOLERANCE * Math.abs(expected) + LOSS_RESOLUTION * surface.base();
    if (!(Math.abs(loss - expected) <= tolerance)) {
      throw new InvalidInput(
          "case '%s': expected_loss: the loss at the given weights is %s, not %s; network, data, weights, l2 and loss_factor do not describe what that was measured on"
              .formatted(name, loss, expected));
    }
  }

  /** Judges a network on a given surface, such as a multiple of its loss. */
  Examination judge(
      NetworkSurface surface, Case.Trained n, Training training, Interruption interruption) {
    try (MiniBatch batch =
        training.batchSize() instanceof BatchSize.Rows rows
            ? surface.miniBatch(rows.count())
            : null) {
      Trajectory trajectory =
          new PlainDescent(surface, n.weights(), training, batch, n.rows())
              .run(n.network(), interruption);
      return examiner.examine(surface, trajectory, interruption);
    }
  }
}

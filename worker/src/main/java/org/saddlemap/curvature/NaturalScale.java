package org.saddlemap.curvature;

import java.util.Arrays;
import org.saddlemap.arithmetic.Along;
import org.saddlemap.layer.Activate;
import org.saddlemap.layer.Dense;
import org.saddlemap.layer.Layer;
import org.saddlemap.layer.Normalize;
import org.saddlemap.layer.Parameter;
import org.saddlemap.layer.Residual;
import org.saddlemap.layer.Sequence;
import org.saddlemap.network.Network;
import org.saddlemap.network.Stage;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/** The size that parameters have by nature (docs/verdict.md, Units). */
final class NaturalScale {
  private final Network net;
  private final double inputUnit;
  private final double outputUnit;

  /** Of each stage, the normalization that takes its scale away again, or null. */
  private final Normalize[] scaleFree;

  NaturalScale(Network net, Levels levels) {
    this.net = net;
    this.inputUnit = levels.inputRms() + 1e-300;
    this.outputUnit =
        net.loss() == Loss.MSE && net.output() == Activation.IDENTITY
            ? levels.targetDeviation() + 1e-300
            : 1;
    this.scaleFree = new Normalize[net.layers()];
    find(net.sequence(), 0);
  }

  /**
   * Finds the stages that are normalized before anything is added to them.
   *
   * @param next number of the first stage of these layers
   * @return that of the first after them
   */
  private int find(Sequence layers, int next) {
    int stage = next;
    boolean own = false;
    boolean passesScale = false;
    for (Layer layer : layers.layers()) {
      if (layer instanceof Dense) {
        stage++;
        own = true;
        passesScale = true;
      } else if (layer instanceof Residual r) {
        stage = find(r.branch(), stage);
        own = false;
      } else if (layer instanceof Activate a) {
        passesScale = a.function().vanishesAtZero();
      } else if (own && layer instanceof Normalize n && (passesScale || n.centred())) {
        scaleFree[stage - 1] = n;
      }
    }
    return stage;
  }

  /** The larger of what each block has by nature and its root mean square at θ. */
  void at(double[] theta, double[] scale) {
    int last = net.layers() - 1;
    for (Stage s : net.stages()) {
      double out = s.number() == last ? outputUnit : 1;
      double in = s.number() == 0 ? inputUnit : 1;
      double weight = out / (in * Math.sqrt(s.in()));
      boolean free = scaleFree[s.number()] != null;
      double signal = free ? signal(s, weight, theta) : 1;
      for (Stage.Block block : s.blocks()) {
        double natural =
            switch (block.parameter().role()) {
              case WEIGHT -> weight * signal;
              case BIAS -> joins(block, s) ? signal : out;
              case SCALE -> 1;
            };
        int from = block.from();
        int to = from + block.parameter().length();
        Arrays.fill(scale, from, to, Math.max(rms(theta, from, to), natural));
      }
    }
  }

  /**
   * The size of what is normalized, as its weights and biases make it; at least that from where ε
   * takes over.
   */
  private double signal(Stage s, double weight, double[] theta) {
    double size = Math.sqrt(scaleFree[s.number()].epsilon());
    for (Stage.Block block : s.blocks()) {
      double own = rms(theta, block.from(), block.from() + block.parameter().length());
      if (block.parameter().role() == Parameter.Role.WEIGHT) {
        size = Math.max(size, own / weight);
      } else if (joins(block, s)) {
        size = Math.max(size, own);
      }
    }
    return size;
  }

  /** Whether these are biases that a normalization across each row sees, and measures with W. */
  private boolean joins(Stage.Block block, Stage s) {
    Normalize n = scaleFree[s.number()];
    return n != null
        && n.along() == Along.ROW
        && block.parameter().role() == Parameter.Role.BIAS
        && s.dense().parameters().contains(block.parameter());
  }

  private static double rms(double[] v, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += v[i] * v[i];
    }
    return Math.sqrt(sum / (to - from));
  }
}

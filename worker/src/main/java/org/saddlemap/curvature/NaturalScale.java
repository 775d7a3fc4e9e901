package org.saddlemap.curvature;

import java.util.Arrays;
import org.saddlemap.network.Network;
import org.saddlemap.network.Stage;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/** The size that parameters have by nature (docs/verdict.md, Units). */
final class NaturalScale {
  private final Network net;
  private final double inputUnit;
  private final double outputUnit;

  NaturalScale(Network net, Levels levels) {
    this.net = net;
    this.inputUnit = levels.inputRms() + 1e-300;
    this.outputUnit =
        net.loss() == Loss.MSE && net.output() == Activation.IDENTITY
            ? levels.targetDeviation() + 1e-300
            : 1;
  }

  /** The larger of what each block has by nature and its root mean square at θ. */
  void at(double[] theta, double[] scale) {
    int last = net.layers() - 1;
    for (Stage s : net.stages()) {
      double out = s.number() == last ? outputUnit : 1;
      double in = s.number() == 0 ? inputUnit : 1;
      for (Stage.Block block : s.blocks()) {
        double natural =
            switch (block.parameter().role()) {
              case WEIGHT -> out / (in * Math.sqrt(s.in()));
              case BIAS -> out;
              case SCALE -> 1;
            };
        int from = block.from();
        int to = from + block.parameter().length();
        Arrays.fill(scale, from, to, Math.max(rms(theta, from, to), natural));
      }
    }
  }

  private static double rms(double[] v, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += v[i] * v[i];
    }
    return Math.sqrt(sum / (to - from));
  }
}

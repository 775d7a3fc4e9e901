package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.SENS_COMPLETE;
import static org.saddlemap.verdict.Measure.SENS_LAYER;
import static org.saddlemap.verdict.Measure.SENS_MIN;

import java.util.List;
import java.util.random.RandomGenerator;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.VerdictRule;

/**
 * Moves each weight matrix by 10 % in random directions, until one does not matter: sens_min. Those
 * of residual branches are left out: where they do not matter, the signal goes past them.
 */
record Sensitivity(Point point, VerdictRule rule) implements Measurement {
  private static final double MOVE = 0.1;
  private static final int DIRECTIONS = 3;

  /** No further directions are tried once the loss changes by so many times the threshold. */
  private static final double MATTERS = 100;

  @Override
  public void advance(Evidence known, Evidence.Builder e, RandomGenerator random) {
    double level = rule.insensitive(known);
    List<LossSurface.Block> blocks = point.surface().weightBlocks();
    double smallest = Double.POSITIVE_INFINITY;
    int layer = 0;
    boolean flat = false;
    for (int l = 0; l < blocks.size() && !flat; l++) {
      if (point.surface().bypassed(l)) {
        continue;
      }
      double largest = largestChange(blocks.get(l), level, random);
      if (largest < smallest) {
        smallest = largest;
        layer = l + 1;
      }
      flat = largest <= level;
    }
    e.put(SENS_MIN, smallest);
    e.put(SENS_LAYER, layer);
    e.put(SENS_COMPLETE, !flat || layer == blocks.size());
  }

  /** The largest change of the loss that a move of this matrix makes, in G. */
  private double largestChange(LossSurface.Block block, double level, RandomGenerator random) {
    double largest = 0;
    for (int k = 0; k < DIRECTIONS && largest < MATTERS * level; k++) {
      double[] d = new double[point.theta().length];
      double sum = 0;
      for (int i = block.from(); i < block.from() + block.length(); i++) {
        d[i] = random.nextGaussian();
        sum += d[i] * d[i];
      }
      double unit = MOVE * Math.sqrt(block.length()) / Math.sqrt(sum);
      for (double sign : new double[] {unit, -unit}) {
        double change =
            Math.abs(point.valueAt(Vectors.scaled(d, sign)) - point.loss()) / point.range();
        largest = Double.isNaN(change) ? Double.POSITIVE_INFINITY : Math.max(largest, change);
      }
    }
    return largest;
  }
}

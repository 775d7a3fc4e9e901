package org.saddlemap.examine;

import java.util.List;
import org.saddlemap.curvature.LossSurface.Block;

/**
 * Relative displacements d (θ + S·d) measured block by block: dist(d) = max over blocks of
 * rms(d_block), and the ball of those within a radius.
 *
 * @param radius r
 */
record Ball(List<Block> blocks, double radius) {
  /** dist(d). */
  double distance(double[] d) {
    double largest = 0;
    for (Block b : blocks) {
      largest = Math.max(largest, norm(d, b) / Math.sqrt(b.length()));
    }
    return largest;
  }

  /** Shrinks each block that reaches out of the ball to its boundary. */
  void clip(double[] d) {
    for (Block b : blocks) {
      double q = norm(d, b) / Math.sqrt(b.length());
      if (q > radius) {
        double shrink = radius / q;
        for (int i = b.from(); i < b.from() + b.length(); i++) {
          d[i] *= shrink;
        }
      }
    }
  }

  /** What a slope can give at most over a relative change {@code radius} of every block. */
  double firstOrder(double[] slope) {
    double sum = 0;
    for (Block b : blocks) {
      sum += Math.sqrt(b.length()) * norm(slope, b);
    }
    return radius * sum;
  }

  private static double norm(double[] d, Block b) {
    double s0 = 0;
    double s1 = 0;
    int end = b.from() + b.length();
    int i = b.from();
    for (; i + 1 < end; i += 2) {
      s0 += d[i] * d[i];
      s1 += d[i + 1] * d[i + 1];
    }
    if (i < end) {
      s0 += d[i] * d[i];
    }
    return Math.sqrt(s0 + s1);
  }
}

package org.saddlemap.bench.jmh;

import java.util.regex.Pattern;
import org.saddlemap.bench.Workload;

/** Reads a shape written as depth x width x batch x inputs. */
final class Shapes {
  private static final int ROWS = 1024;

  private Shapes() {}

  static Workload workload(String shape, int steps) {
    int[] n = Pattern.compile("x").splitAsStream(shape).mapToInt(Integer::parseInt).toArray();
    return Workload.generate(n[0], n[1], n[2], n[3], ROWS, steps, 1);
  }
}

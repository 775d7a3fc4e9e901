package org.saddlemap.refute;

import java.util.Locale;

/**
 * The interval that holds a share with 95 % confidence, when so many of so many were counted
 * (Wilson 1927).
 */
record Wilson(double from, double to) {
  private static final double Z = 1.959964;

  static Wilson of(long count, long total) {
    if (total == 0) {
      return new Wilson(0, 1);
    }
    double p = (double) count / total;
    double z2 = Z * Z / total;
    double centre = (p + z2 / 2) / (1 + z2);
    double half = Z * Math.sqrt(p * (1 - p) / total + z2 / (4.0 * total)) / (1 + z2);
    return new Wilson(Math.max(0, centre - half), Math.min(1, centre + half));
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.1f–%.1f %%", 100 * from, 100 * to);
  }
}

package org.saddlemap.optimize;

import java.util.ArrayList;
import java.util.List;
import org.saddlemap.network.Network;
import org.saddlemap.space.LayerRates;

/**
 * Parameters with one learning rate.
 *
 * @param from where they begin in θ
 * @param length how many they are
 * @param rate factor on η
 */
record Span(int from, int length, float rate) {
  /** Neighbouring layers of the same rate together; without those that stay as they are. */
  static List<Span> of(Network net, LayerRates rates) {
    List<Span> spans = new ArrayList<>();
    int from = 0;
    for (int l = 0, to = 0; l < net.layers(); l++) {
      to += net.stage(l).length();
      float rate = (float) rates.factor(l, net.layers());
      boolean last = l + 1 == net.layers();
      if (last || (float) rates.factor(l + 1, net.layers()) != rate) {
        if (rate > 0) {
          spans.add(new Span(from, to - from, rate));
        }
        from = to;
      }
    }
    return spans;
  }

  /** The largest factor; 0 where there are none. */
  static double largestRate(List<Span> spans) {
    return spans.stream().mapToDouble(Span::rate).max().orElse(0);
  }
}

package org.saddlemap.optimize;

import java.util.ArrayList;
import java.util.List;
import org.saddlemap.layer.Parameter;
import org.saddlemap.network.Network;
import org.saddlemap.network.Stage;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.OptimizerKind;
import org.saddlemap.space.Parametrization;

/** Factors on the learning rate by parameter: of its layer, and of the parametrization. */
final class ParameterRates {
  private ParameterRates() {}

  /**
   * Parameters with one factor.
   *
   * @param from where they begin in θ
   * @param length how many they are
   */
  record Range(int from, int length, float rate) {}

  /** Neighbours of the same factor together; without those that stay as they are. */
  static List<Range> of(Network net, Configuration c) {
    List<Range> ranges = new ArrayList<>();
    for (Stage s : net.stages()) {
      double ofLayer = c.layerRates().factor(s.number(), net.layers());
      for (Stage.Block b : s.blocks()) {
        float rate = (float) (ofLayer * factor(net, s, b.parameter(), c));
        int last = ranges.size() - 1;
        if (last >= 0 && ranges.get(last).rate() == rate) {
          Range before = ranges.get(last);
          ranges.set(
              last, new Range(before.from(), before.length() + b.parameter().length(), rate));
        } else {
          ranges.add(new Range(b.from(), b.parameter().length(), rate));
        }
      }
    }
    return ranges.stream().filter(r -> r.rate() > 0).toList();
  }

  private static double factor(Network net, Stage s, Parameter p, Configuration c) {
    Parametrization.Place place = Parametrization.Place.of(s.number(), net.layers());
    boolean adaptive = adaptive(c.optimizer());
    return p.role() == Parameter.Role.WEIGHT
        ? c.parametrization().weightRate(place, s.in(), s.out(), adaptive)
        : c.parametrization().unitRate(place, s.out(), adaptive);
  }

  private static boolean adaptive(OptimizerKind kind) {
    return switch (kind) {
      case SGD, MOMENTUM, NESTEROV -> false;
      case ADAM, ADAMW, ADAGRAD, RMSPROP -> true;
    };
  }
}

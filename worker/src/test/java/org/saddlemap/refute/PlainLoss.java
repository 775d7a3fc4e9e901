package org.saddlemap.refute;

import java.util.HashMap;
import java.util.Map;
import org.saddlemap.space.Loss;

/**
 * The loss of outputs against targets, without L2, and the levels that the data alone give it.
 *
 * @param targets rows × outputs, row-major; one-hot under cross entropy
 */
@SuppressWarnings("ArrayRecordComponent") // numbers in bulk; never compared
record PlainLoss(Loss kind, double[] targets, int rows) {
  int outputs() {
    return targets.length / rows;
  }

  /** The loss, and its derivative by the outputs into {@code slope} where that is not null. */
  double of(double[] outputs, double[] slope) {
    int k = outputs();
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      sum +=
          switch (kind) {
            case MSE -> squares(outputs, i * k, k, slope);
            case BINARY_CROSS_ENTROPY -> logistic(outputs, i, slope);
            case CROSS_ENTROPY -> softmax(outputs, i * k, k, slope);
          };
    }
    return sum / rows;
  }

  private double squares(double[] o, int from, int k, double[] slope) {
    double sum = 0;
    for (int j = from; j < from + k; j++) {
      double e = o[j] - targets[j];
      sum += e * e / 2;
      if (slope != null) {
        slope[j] = e / rows;
      }
    }
    return sum;
  }

  private double logistic(double[] o, int i, double[] slope) {
    double x = targets[i] > 0.5 ? -o[i] : o[i]; // the logit of being wrong
    if (slope != null) {
      double wrong = PlainActivation.sigmoid(x) / rows;
      slope[i] = targets[i] > 0.5 ? -wrong : wrong;
    }
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private double softmax(double[] o, int from, int k, double[] slope) {
    int label = from;
    int top = from;
    for (int j = from; j < from + k; j++) {
      label = targets[j] > targets[label] ? j : label;
      top = o[j] > o[top] ? j : top;
    }
    double others = 0; // without the largest's own 1, so that a sure prediction keeps its digits
    for (int j = from; j < from + k; j++) {
      others += j == top ? 0 : Math.exp(o[j] - o[top]);
    }
    if (slope != null) {
      for (int j = from; j < from + k; j++) {
        double p = Math.exp(o[j] - o[top]) / (1 + others);
        slope[j] = (j == label ? -rest(o, from, k, label, top) / (1 + others) : p) / rows;
      }
    }
    return Math.log1p(others) + (o[top] - o[label]);
  }

  /** Σ over the other classes of e^(o − largest). */
  private static double rest(double[] o, int from, int k, int label, int top) {
    double sum = 0;
    for (int j = from; j < from + k; j++) {
      sum += j == label ? 0 : Math.exp(o[j] - o[top]);
    }
    return sum;
  }

  /** Loss of the best constant predictor. */
  double ofBestConstant() {
    int[] all = new int[rows];
    return constants(all, 1)[0];
  }

  /** What no function of the inputs can go below: rows with equal inputs share one output. */
  double ofBestFunction(double[] inputs) {
    int d = inputs.length / rows;
    Map<String, Integer> numbers = new HashMap<>();
    int[] group = new int[rows];
    for (int i = 0; i < rows; i++) {
      StringBuilder key = new StringBuilder();
      for (int j = 0; j < d; j++) {
        key.append(inputs[i * d + j] + 0.0).append(','); // −0 becomes 0
      }
      Integer known = numbers.putIfAbsent(key.toString(), numbers.size());
      group[i] = known == null ? numbers.size() - 1 : known;
    }
    double sum = 0;
    for (double part : constants(group, numbers.size())) {
      sum += part;
    }
    return sum;
  }

  /** Each group's share of the loss where it has its own best constant. */
  private double[] constants(int[] group, int groups) {
    int k = outputs();
    double[][] mean = new double[groups][k];
    int[] size = new int[groups];
    for (int i = 0; i < rows; i++) {
      size[group[i]]++;
      for (int j = 0; j < k; j++) {
        mean[group[i]][j] += (targets[i * k + j] - mean[group[i]][j]) / size[group[i]];
      }
    }
    double[] loss = new double[groups];
    for (int i = 0; i < rows; i++) {
      double[] m = mean[group[i]];
      for (int j = 0; j < k; j++) {
        double y = targets[i * k + j];
        double e = y - m[j];
        loss[group[i]] +=
            switch (kind) {
              case MSE -> e * e / 2;
              case CROSS_ENTROPY -> y > 0.5 ? -Math.log(m[j]) : 0;
              case BINARY_CROSS_ENTROPY -> -Math.log(y > 0.5 ? m[j] : 1 - m[j]);
            };
      }
    }
    for (int g = 0; g < groups; g++) {
      loss[g] /= rows;
    }
    return loss;
  }

  /** √ of the mean over the target columns of their variance. */
  double targetDeviation() {
    int k = outputs();
    double sum = 0;
    for (int j = 0; j < k; j++) {
      double mean = 0;
      for (int i = 0; i < rows; i++) {
        mean += targets[i * k + j] / rows;
      }
      for (int i = 0; i < rows; i++) {
        double e = targets[i * k + j] - mean;
        sum += e * e / rows;
      }
    }
    return Math.sqrt(sum / k);
  }
}

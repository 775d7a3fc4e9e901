package org.saddlemap.examine;

import java.util.Optional;
import java.util.stream.Stream;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Clipping;
import org.saddlemap.space.Schedule;
import org.saddlemap.verdict.Category;

/** Points of quadratic functions, whose category follows from a short proof, given with each. */
final class QuadraticCases {
  private QuadraticCases() {}

  static Case quadratic(
      String name, Category expected, String why, double[] h, double[] x, Training training) {
    return new Case(
        name, Optional.of(expected), Optional.of(why), new Case.Quadratic(h, x), training);
  }

  static Training scheduled(int steps, double rate, String schedule, int warmup) {
    return new Training(
        steps,
        rate,
        Schedule.parse(schedule),
        warmup,
        new BatchSize.Full(),
        new Clipping.None(),
        0);
  }

  static Training steps(int steps, double rate) {
    return Training.plain(steps, rate, new BatchSize.Full(), new Clipping.None(), 0);
  }

  static Stream<Case> all() {
    return Stream.of(
        quadratic(
            "bowl",
            Category.OPTIMUM,
            "convex, gradient 0",
            new double[] {1, 2, 3},
            new double[3],
            Training.NONE),
        quadratic(
            "gutter",
            Category.OPTIMUM,
            "convex, gradient 0, a line of minima",
            new double[] {1, 0},
            new double[] {0, 4},
            Training.NONE),
        quadratic(
            "monkey in many dimensions",
            Category.SADDLE,
            "one negative eigenvalue among forty",
            java.util.stream.IntStream.range(0, 40).mapToDouble(i -> i == 17 ? -0.5 : 1).toArray(),
            new double[40],
            Training.NONE),
        quadratic(
            "slope",
            Category.DESCENDING,
            "a Newton step gains half of the range",
            new double[] {1},
            new double[] {1},
            Training.NONE),
        quadratic(
            "rate above 2/h",
            Category.DIVERGED,
            "|1 − ηh| = 1.1 > 1: grows by 1.1^200",
            new double[] {1},
            new double[] {1},
            steps(200, 2.1)),
        quadratic(
            "clipped two-cycle",
            Category.DIVERGED,
            "steps of length 2 from 0.5 to −1.5 and back, for ever; the valley is at 0",
            new double[] {1},
            new double[] {0.5},
            Training.plain(200, 20, new BatchSize.Full(), new Clipping.ByNorm(0.1), 0)),
        quadratic(
            "schedule that ended on a slope",
            Category.DESCENDING,
            "x = Π(1 − (1 − t/10)/20) = 0.75: at rate 0 it stays there, and a Newton step gains 0.28 of the range",
            new double[] {1},
            new double[] {1},
            scheduled(10, 0.05, "linear", 0)),
        quadratic(
            "schedule that ended in the valley",
            Category.OPTIMUM,
            "the first step, at the rate 1/h, goes to the minimum of a convex function",
            new double[] {1},
            new double[] {1},
            scheduled(10, 1, "cosine", 0)),
        quadratic(
            "schedule that ended on the way out of a saddle",
            Category.SADDLE,
            "from 0.02, 40 steps that grow by 1.05 on average reach 0.14, and stay there at rate 0; further down there is more",
            new double[] {1, -1},
            new double[] {0, 0.02},
            scheduled(40, 0.1, "cosine", 0)),
        quadratic(
            "constant rate on the way out of a saddle",
            Category.DESCENDING,
            "the same at a constant rate: 40 more steps grow by 1.1⁴⁰ = 45",
            new double[] {1, -1},
            new double[] {0, 0.02},
            steps(40, 0.1)),
        quadratic(
            "rate above 2/h after a warm-up",
            Category.DIVERGED,
            "warm after 10 steps, whose product is 0.0009; then |1 − ηh| = 1.1 for 190 steps: 10⁷ of it",
            new double[] {1},
            new double[] {1},
            scheduled(200, 2.1, "constant", 10)),
        quadratic(
            "warm-up that never ends",
            Category.OPTIMUM,
            "rates from 0.0105 to 2.1: all steps but the last ten contract, the product is below 10⁻⁴⁰",
            new double[] {1},
            new double[] {1},
            scheduled(200, 2.1, "constant", 200)),
        quadratic(
            "schedule that falls too fast",
            Category.DESCENDING,
            "all steps to come are 0.02·10⁻⁴·(1 + 0.1 + …)·10 long together: less than 10⁻⁶ of x = 0.8",
            new double[] {1},
            new double[] {1},
            scheduled(50, 0.02, "step(10, 0.1)", 0)),
        quadratic(
            "schedule that never ends",
            Category.DESCENDING,
            "Σ 1/√(1 + t/10) diverges: 100 more steps at rates of at least 0.01·0.22 take off 0.2 of x",
            new double[] {1},
            new double[] {1},
            scheduled(100, 0.01, "inverse_sqrt(10)", 0)));
  }
}

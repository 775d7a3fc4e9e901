package org.saddlemap.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.saddlemap.layer.Passes.Back;
import static org.saddlemap.layer.Passes.back;
import static org.saddlemap.layer.Passes.forward;
import static org.saddlemap.layer.Passes.product;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.layer.Planner.Purpose;

/**
 * The laws of a layer, for every one of {@link Samples}; those of prediction and of memory are in
 * other classes.
 */
class LayerContractTest {
  static final int ROWS = 7;
  static final long SEED = Numbers.SEED;
  private static final double STEP = Numbers.STEP;

  /** Of differences at {@link #STEP}, in parts of the largest. */
  private static final double DIFFERENCE = 1e-6;

  static final double ROUNDING = 1e-12;

  /** Of float32, in parts of the largest number around. */
  private static final double FLOAT = 1e-5;

  static List<Layer> all() {
    return Samples.all();
  }

  static List<Layer> certain() {
    return Samples.certain();
  }

  // Against central differences, in float64

  /** ⟨δy, f⟩ changes by ⟨δx, Rx⟩ + ⟨∇θ, v⟩, whatever the passes after them need. */
  @ParameterizedTest
  @MethodSource("all")
  void backwardIsTheGradientOfForward(Layer layer) {
    for (Purpose purpose : purposes(layer)) {
      for (int turn = 0; turn < 4; turn++) {
        Point p = Point.of(layer, ROWS, SEED).towards(Point.of(layer, ROWS, SEED + turn));
        try (Driven d = Driven.float64(layer, ROWS, purpose)) {
          double above = Point.dot(p.dy(), forward(d, p.along(STEP)));
          double below = Point.dot(p.dy(), forward(d, p.along(-STEP)));
          forward(d, p);
          double[] dx = d.backward(p.dy());
          double size = Point.size(dx, p.tx()) + Point.size(d.gradient(), p.v());
          assertThat(Point.dot(dx, p.tx()) + Point.dot(d.gradient(), p.v()))
              .as(
                  "derivative of forward, by backward (%s); %s",
                  purpose, Numbers.where(layer, turn))
              .isCloseTo((above - below) / (2 * STEP), within(DIFFERENCE * (1 + size)));
        }
      }
    }
  }

  private static Purpose[] purposes(Layer layer) {
    return Samples.certain().contains(layer)
        ? new Purpose[] {Purpose.TRAIN, Purpose.EXAMINE}
        : new Purpose[] {Purpose.TRAIN};
  }

  @ParameterizedTest
  @MethodSource("certain")
  void tangentIsTheDerivativeOfForward(Layer layer) {
    Point p = Point.of(layer, ROWS, SEED);
    try (Driven d = Driven.float64(layer, ROWS, Purpose.EXAMINE)) {
      double[] above = forward(d, p.along(STEP));
      double[] below = forward(d, p.along(-STEP));
      forward(d, p);
      d.backward(p.dy());
      Numbers.assertClose(
          d.tangent(p.tx(), p.v()),
          Numbers.slope(above, below),
          DIFFERENCE,
          "Ry, by tangent",
          layer);
    }
  }

  @ParameterizedTest
  @MethodSource("certain")
  void tangentBackwardIsTheDerivativeOfGradientAndBackward(Layer layer) {
    Point p = Point.of(layer, ROWS, SEED);
    try (Driven d = Driven.float64(layer, ROWS, Purpose.EXAMINE)) {
      Back above = back(d, p.along(STEP));
      Back below = back(d, p.along(-STEP));
      Back product = product(d, p);
      Numbers.assertClose(
          product.x(),
          Numbers.slope(above.x(), below.x()),
          DIFFERENCE,
          "Rδx, by tangentBackward",
          layer);
      Numbers.assertClose(
          product.theta(),
          Numbers.slope(above.theta(), below.theta()),
          DIFFERENCE,
          "R∇θ, by tangentBackward",
          layer);
    }
  }

  // Exact but for rounding

  @ParameterizedTest
  @MethodSource("certain")
  void tangentIsTheAdjointOfBackward(Layer layer) {
    Point p = Point.of(layer, ROWS, SEED);
    try (Driven d = Driven.float64(layer, ROWS, Purpose.EXAMINE)) {
      Back g = back(d, p);
      double[] ty = d.tangent(p.tx(), p.v());
      double size =
          Point.size(p.dy(), ty) + Point.size(g.x(), p.tx()) + Point.size(g.theta(), p.v());
      assertThat(Point.dot(p.dy(), ty))
          .as("⟨δy, J·u⟩ = ⟨Jᵀ·δy, u⟩; %s", Numbers.where(layer, 0))
          .isCloseTo(
              Point.dot(g.x(), p.tx()) + Point.dot(g.theta(), p.v()),
              within(ROUNDING * (1 + size)));
    }
  }

  @ParameterizedTest
  @MethodSource("certain")
  void productsWithTheHessianAreSymmetricAndLinear(Layer layer) {
    Point p = curved(Point.of(layer, ROWS, SEED));
    Point q = p.towards(curved(Point.of(layer, ROWS, SEED + 1)));
    Point both =
        new Point(
            p.x(),
            p.theta(),
            p.dy(),
            Point.sum(p.tx(), -2, q.tx()),
            Point.sum(p.v(), -2, q.v()),
            p.tdy());
    try (Driven d = Driven.float64(layer, ROWS, Purpose.EXAMINE)) {
      Back hp = product(d, p);
      Back hq = product(d, q);
      double size = Point.size(hp.x(), q.tx()) + Point.size(hp.theta(), q.v());
      assertThat(Point.dot(hp.x(), q.tx()) + Point.dot(hp.theta(), q.v()))
          .as("⟨H·u, w⟩ = ⟨H·w, u⟩; %s", Numbers.where(layer, 0))
          .isCloseTo(
              Point.dot(hq.x(), p.tx()) + Point.dot(hq.theta(), p.v()),
              within(ROUNDING * (1 + size)));
      Back sum = product(d, both);
      Numbers.assertClose(
          sum.x(), Point.sum(hp.x(), -2, hq.x()), ROUNDING, "H·(u − 2w), by x", layer);
      Numbers.assertClose(
          sum.theta(), Point.sum(hp.theta(), -2, hq.theta()), ROUNDING, "H·(u − 2w), by θ", layer);
    }
  }

  /** With δy kept, R∇ is a product with the Hessian of ⟨δy, f⟩. */
  private static Point curved(Point p) {
    return new Point(p.x(), p.theta(), p.dy(), p.tx(), p.v(), new double[p.tdy().length]);
  }

  /** Blocks take turns in what they share, as those of an examination do. */
  @ParameterizedTest
  @MethodSource("certain")
  void blocksOfRowsAddUp(Layer layer) {
    if (Samples.couplesRows(layer)) {
      return; // a block would have statistics of its own
    }
    int rows = ROWS + 4;
    Point p = Point.of(layer, rows, SEED);
    List<Driven> blocks = Driven.blocks(layer, ROWS, 2);
    try (Driven whole = Driven.float64(layer, rows, Purpose.EXAMINE);
        Driven first = blocks.get(0);
        Driven second = blocks.get(1)) {
      Back all = back(whole, p);
      double[] ty = whole.tangent(p.tx(), p.v());
      Back product = new Back(whole.tangentBackward(p.tdy()), whole.product());

      Point a = Numbers.rows(layer, p, 0, ROWS);
      Point b = Numbers.rows(layer, p, ROWS, rows);
      first.batch.rows(ROWS);
      forward(first, a);
      first.batch.rows(4);
      forward(second, b);
      first.batch.rows(ROWS);
      double[] ax = first.backward(a.dy());
      first.batch.rows(4);
      second.add();
      double[] bx = second.backward(b.dy());
      String what = "of blocks of rows, together";
      Numbers.assertClose(Numbers.join(ax, bx), all.x(), ROUNDING, "δx " + what, layer);
      Numbers.assertClose(second.gradient(), all.theta(), ROUNDING, "∇θ " + what, layer);
      first.batch.rows(ROWS);
      double[] aty = first.tangent(a.tx(), a.v());
      double[] atx = first.tangentBackward(a.tdy());
      first.batch.rows(4);
      double[] bty = second.tangent(b.tx(), b.v());
      double[] btx = second.tangentBackward(b.tdy());
      Numbers.assertClose(Numbers.join(aty, bty), ty, ROUNDING, "Ry " + what, layer);
      Numbers.assertClose(Numbers.join(atx, btx), product.x(), ROUNDING, "Rδx " + what, layer);
      Numbers.assertClose(second.product(), product.theta(), ROUNDING, "R∇θ " + what, layer);
    }
  }

  // One mathematics in two precisions

  @ParameterizedTest
  @MethodSource("all")
  void float32IsFloat64Rounded(Layer layer) {
    Point p = Point.of(layer, ROWS, SEED);
    try (Driven fast = Driven.float32(layer, ROWS, Purpose.TRAIN);
        Driven exact = Driven.float64(layer, ROWS, Purpose.TRAIN)) {
      Numbers.assertClose(forward(fast, p), forward(exact, p), FLOAT, "y in float32", layer);
      Numbers.assertClose(
          fast.backward(p.dy()), exact.backward(p.dy()), FLOAT, "δx in float32", layer);
      Numbers.assertClose(fast.gradient(), exact.gradient(), FLOAT, "∇θ in float32", layer);
    }
  }

  /** NaN is never lost, infinity is finite where it is in the other precision, neither spreads. */
  @ParameterizedTest
  @MethodSource("all")
  void nanAndInfinityGetThrough(Layer layer) {
    Point p = Point.of(layer, ROWS, SEED);
    int row = 3;
    for (double odd :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      boolean nan = Double.isNaN(odd);
      double[] x = p.x().clone();
      Arrays.fill(x, row * layer.inputs(), row * layer.inputs() + 2, odd);
      double[] dy = p.dy().clone();
      Arrays.fill(dy, row * layer.outputs(), (row + 1) * layer.outputs(), odd);
      try (Driven fast = Driven.float32(layer, ROWS, Purpose.TRAIN);
          Driven exact = Driven.float64(layer, ROWS, Purpose.TRAIN)) {
        double[] usual = forward(exact, p);
        double[] y = fast.forward(x, p.theta());
        String what = odd + " among the inputs: y";
        assertThat(Numbers.kinds(y, nan))
            .as("%s; %s", what, Numbers.where(layer, 0))
            .isEqualTo(Numbers.kinds(exact.forward(x, p.theta()), nan));
        if (nan) {
          assertThat(Numbers.row(y, row, layer.outputs()))
              .as("%s; %s", what, Numbers.where(layer, 0))
              .anyMatch(v -> Double.isNaN(v));
        }
        if (!Samples.couplesRows(layer)) {
          Numbers.assertClose(
              Numbers.row(y, 0, layer.outputs()),
              Numbers.row(usual, 0, layer.outputs()),
              FLOAT,
              what,
              layer);
        }
        forward(fast, p);
        forward(exact, p);
        double[] dx = fast.backward(dy);
        String back = odd + " from above: ";
        assertThat(Numbers.kinds(dx, nan))
            .as("%sδx; %s", back, Numbers.where(layer, 0))
            .isEqualTo(Numbers.kinds(exact.backward(dy), nan));
        assertThat(Numbers.kinds(fast.gradient(), nan))
            .as("%s∇θ; %s", back, Numbers.where(layer, 0))
            .isEqualTo(Numbers.kinds(exact.gradient(), nan));
        if (nan) {
          assertThat(Numbers.row(dx, row, layer.inputs()))
              .as("%sδx; %s", back, Numbers.where(layer, 0))
              .allMatch(v -> Double.isNaN(v));
        }
      }
    }
  }

  // Batches

  /** What lay in the matrices before has no influence, nor has the size of the batch before. */
  @ParameterizedTest
  @MethodSource("all")
  void nothingStaysOfBefore(Layer layer) {
    Point more = Point.of(layer, ROWS, SEED + 1);
    for (int rows : new int[] {3, ROWS, 1}) {
      Point p = Numbers.rows(layer, Point.of(layer, ROWS, SEED), 0, rows);
      for (Purpose purpose : purposes(layer)) {
        try (Driven fresh = Driven.float64(layer, ROWS, purpose);
            Driven used = Driven.float64(layer, ROWS, purpose)) {
          assertSame(fresh, used, p, more, layer);
        }
      }
      try (Driven fresh = Driven.float32(layer, ROWS, Purpose.TRAIN);
          Driven used = Driven.float32(layer, ROWS, Purpose.TRAIN)) {
        assertSame(fresh, used, p, more, layer);
      }
    }
  }

  private static void assertSame(Driven fresh, Driven used, Point p, Point before, Layer layer) {
    back(used, before);
    used.spoil();
    int rows = p.x().length / layer.inputs();
    fresh.batch.rows(rows);
    used.batch.rows(rows);
    String what = " of " + rows + " rows after a larger batch and garbage, ";
    what += used.k.getClass().getSimpleName();
    Numbers.assertBits(forward(used, p), forward(fresh, p), "y" + what, layer);
    Numbers.assertBits(used.backward(p.dy()), fresh.backward(p.dy()), "δx" + what, layer);
    Numbers.assertBits(used.gradient(), fresh.gradient(), "∇θ" + what, layer);
    if (used.frame.tdy != null) {
      Numbers.assertBits(
          used.tangent(p.tx(), p.v()), fresh.tangent(p.tx(), p.v()), "Ry" + what, layer);
      Numbers.assertBits(
          used.tangentBackward(p.tdy()), fresh.tangentBackward(p.tdy()), "Rδx" + what, layer);
      Numbers.assertBits(used.product(), fresh.product(), "R∇θ" + what, layer);
    }
  }

  // Parameters

  /** Its leaves' parts of θ lie side by side, and a gradient fills all of them. */
  @ParameterizedTest
  @MethodSource("all")
  void parametersCoverThetaOnce(Layer layer) {
    Point p = Point.of(layer, ROWS, SEED);
    try (Driven d = Driven.float32(layer, ROWS, Purpose.TRAIN)) {
      int at = d.frame.from;
      for (Frame leaf : d.frame.leaves().toList()) {
        assertThat(leaf.from)
            .as("where %s starts; %s", leaf.layer, Numbers.where(layer, 0))
            .isEqualTo(at);
        at += leaf.layer.parameters().stream().mapToInt(Parameter::length).sum();
      }
      assertThat(at - d.frame.from).as("θ; %s", Numbers.where(layer, 0)).isEqualTo(layer.length());
      back(d, p);
      assertThat(d.gradient()).as("∇θ; %s", Numbers.where(layer, 0)).doesNotContain(Double.NaN);
    }
  }
}

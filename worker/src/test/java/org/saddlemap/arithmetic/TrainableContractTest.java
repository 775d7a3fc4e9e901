package org.saddlemap.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.saddlemap.arithmetic.Bench.Operand;
import org.saddlemap.arithmetic.Bench.Whole;
import org.saddlemap.space.Loss;

/**
 * What training takes beside the kernels of {@link LinearMapsContractTest} and {@link
 * ArithmeticContractTest}.
 */
class TrainableContractTest {
  @ParameterizedTest
  @EnumSource
  void rowsAreLaidIn(Kind kind) {
    for (Shape s : Shape.all()) {
      try (Bench b = kind.bench(s.rows())) {
        if (b.k instanceof Trainable k) {
          int n = s.columns();
          Operand x = b.matrix(n, s.ones(), s.first());
          double[] source = b.random((s.rows() + 4) * n);
          k.set(x.m(), Bench.floats(source), 2);
          b.check(s.of(kind, "set"), x, (r, j) -> Bench.sum().plus(source[(r + 2) * n + j]));
          int[] order = new Random(3).ints(s.rows() + 1, 0, s.rows() + 4).toArray();
          k.gather(x.m(), Bench.floats(source), order, 1);
          b.check(
              s.of(kind, "gather"), x, (r, j) -> Bench.sum().plus(source[order[r + 1] * n + j]));
          assertThat(k.finite(x.m())).as(s.of(kind, "finite")).isTrue();
          source[order[s.rows()] * n + n - 1] = s.ones() ? Double.NaN : Double.POSITIVE_INFINITY;
          k.gather(x.m(), Bench.floats(source), order, 1);
          assertThat(k.finite(x.m())).as(s.of(kind, "finite, its last element not")).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void losses(Kind kind) {
    for (int rows : Kind.SIZES) {
      for (int columns : Kind.SIZES) {
        for (Loss loss : Loss.values()) {
          try (Bench b = kind.bench(rows)) {
            int n = loss == Loss.BINARY_CROSS_ENTROPY ? 1 : columns;
            if (b.k instanceof Trainable k) {
              loss(b, k, loss, rows, n);
            }
          }
        }
      }
    }
  }

  private static void loss(Bench b, Trainable k, Loss loss, int rows, int n) {
    Operand y = b.matrix(n, false, Side.LOOPS);
    Operand dy = b.matrix(n, false, Side.PRODUCTS);
    int[] labels = new Random(4).ints(rows, 0, loss == Loss.CROSS_ENTROPY ? n : 2).toArray();
    double[] targets = b.random(rows * n);
    double mean = 0;
    double[] slope = new double[rows * n];
    for (int r = 0; r < rows; r++) {
      double total = 0;
      for (int j = 0; j < n; j++) {
        total += Math.exp(y.at(r, j));
      }
      for (int j = 0; j < n; j++) {
        int at = r * n + j;
        double z = y.at(r, j);
        switch (loss) {
          case MSE -> {
            double e = z - targets[at];
            mean += e * e / 2 / rows;
            slope[at] = e / rows;
          }
          case CROSS_ENTROPY -> {
            double own = labels[r] == j ? 1 : 0;
            mean -= own * Math.log(Math.exp(z) / total) / rows;
            slope[at] = (Math.exp(z) / total - own) / rows;
          }
          case BINARY_CROSS_ENTROPY -> {
            mean += (Math.log1p(Math.exp(z)) - z * labels[r]) / rows;
            slope[at] = (1 / (1 + Math.exp(-z)) - labels[r]) / rows;
          }
        }
      }
    }
    String what = "%s of %d rows of %d".formatted(loss, rows, n);
    float[] wanted = Bench.floats(targets);
    assertThat(k.loss(loss, y.m(), labels, wanted, null))
        .as(what)
        .isCloseTo(mean, within(1e-6 * (1 + mean)));
    assertThat(k.loss(loss, y.m(), labels, wanted, dy.m()))
        .as(what)
        .isCloseTo(mean, within(1e-6 * (1 + mean)));
    b.check(what, dy, (r, j) -> Bench.sum().plus(slope[r * n + j]));
  }

  @ParameterizedTest
  @EnumSource
  void vectors(Kind kind) {
    for (int n : Kind.SIZES) {
      try (Bench b = kind.bench(1)) {
        if (b.k instanceof Trainable) {
          Whole x = b.vector(n);
          Whole y = b.vector(n);
          TrainingVector v = (TrainingVector) x.vector();
          TrainingVector w = (TrainingVector) y.vector();
          double squared = Arrays.stream(x.values()).map(e -> e * e).sum();
          assertThat(v.squared()).as("squared").isCloseTo(squared, within(1e-5 * squared));
          assertThat(v.norm()).as("norm").isCloseTo(Math.sqrt(squared), within(1e-5 * squared));
          v.add(0.5f, w);
          v.scale(3);
          all("add and scale", x, i -> 3 * (x.values()[i] + 0.5 * y.values()[i]));
          v.copy(w);
          all("copy", x, i -> y.values()[i]);
          float[] part = new float[n];
          w.get(2, part, n);
          v.put(1, part, n);
          all("get and put", x, i -> y.values()[i >= 1 && i < n + 1 ? i + 1 : i]);
        }
      }
    }
  }

  private static void all(String what, Whole x, IntToDoubleFunction f) {
    double[] actual = new double[x.values().length];
    x.vector().get(actual);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i])
          .as("%s, element %d", what, i)
          .isCloseTo(f.applyAsDouble(i), within(1e-6 * (1 + Math.abs(f.applyAsDouble(i)))));
    }
  }
}

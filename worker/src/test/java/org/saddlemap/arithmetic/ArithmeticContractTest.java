package org.saddlemap.arithmetic;

import static org.saddlemap.arithmetic.LinearMapsContractTest.start;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.saddlemap.arithmetic.Bench.Operand;
import org.saddlemap.arithmetic.Bench.Sum;
import org.saddlemap.arithmetic.Bench.Whole;
import org.saddlemap.space.Activation;

/**
 * The kernels of every arithmetic but its linear maps, against plain loops over rows and columns.
 */
class ArithmeticContractTest {
  private static final double EPSILON = 0.01;
  static final boolean[] BOTH = {false, true};

  // Functions of single elements

  @ParameterizedTest
  @EnumSource
  void activations(Kind kind) {
    for (Shape s : Shape.all()) {
      for (Activation f : s.rows() * s.columns() < 50 ? Activation.values() : some(s)) {
        for (boolean inPlace : BOTH) {
          try (Bench b = kind.bench(s.rows())) {
            activation(b, f, s, inPlace, s.of(kind, f + (inPlace ? ", in place" : ", apart")));
          }
        }
      }
    }
  }

  private static Activation[] some(Shape s) {
    Activation[] all = Activation.values();
    return new Activation[] {all[(s.rows() + 3 * s.columns()) % all.length]};
  }

  private static void activation(Bench b, Activation f, Shape s, boolean inPlace, String what) {
    Operand x = b.matrix(s.columns(), s.ones(), s.first());
    double[] before = x.values().clone();
    Operand y = inPlace ? x : b.matrix(s.columns(), s.ones(), s.out());
    Kept kept = b.k.memory().kept(f, batch(x), s.columns(), s.ones(), 2);
    b.k.apply(f, x.m(), kept, y.m());
    b.check("apply " + what, y, (r, j) -> Bench.sum().plus(ReferenceMath.value(f, x.at(r, j))));
    Operand dy = b.matrix(s.columns(), s.ones(), s.second());
    Operand dx = inPlace ? dy : b.matrix(s.columns(), s.ones(), s.out());
    double[] delta = dy.values().clone();
    b.k.backward(f, y.m(), kept, dy.m(), dx.m());
    int n = s.columns();
    b.check(
        "backward " + what,
        dx,
        (r, j) -> Bench.sum().plus(dy.at(r, j) * ReferenceMath.slope(f, before[r * n + j])));
    if (b.k instanceof SecondOrder k) {
      Operand tx = b.matrix(n, s.ones(), s.first());
      Operand ty = b.matrix(n, s.ones(), s.out());
      k.tangent(f, y.m(), kept, tx.m(), ty.m());
      b.check(
          "tangent " + what,
          ty,
          (r, j) -> Bench.sum().plus(tx.at(r, j) * ReferenceMath.slope(f, before[r * n + j])));
      Operand tdy = b.matrix(n, s.ones(), s.second());
      Operand tdx = inPlace ? tdy : b.matrix(n, s.ones(), s.first());
      k.tangentBackward(f, y.m(), kept, dx.m(), tx.m(), tdy.m(), tdx.m());
      b.check(
          "tangentBackward " + what,
          tdx,
          (r, j) -> {
            double z = before[r * n + j];
            return Bench.sum()
                .plus(tdy.at(r, j) * ReferenceMath.slope(f, z))
                .plus(delta[r * n + j] * ReferenceMath.bend(f, z) * tx.at(r, j));
          });
    }
  }

  private static Batch batch(Operand x) {
    return x.m().batch();
  }

  @ParameterizedTest
  @EnumSource
  void sumsAndProducts(Kind kind) {
    for (Shape s : Shape.all()) {
      for (int place = 0; place < 3; place++) {
        int at = place;
        try (Bench b = kind.bench(s.rows())) {
          Operand x = b.matrix(s.columns(), s.ones(), s.first());
          Operand y = b.matrix(s.columns(), !s.ones(), s.second());
          Operand out = at == 0 ? b.matrix(s.columns(), s.ones(), s.out()) : at == 1 ? x : y;
          b.k.combine(0.25, x.m(), y.m(), out.m());
          b.check(
              s.of(kind, "combine, out " + at),
              out,
              (r, j) -> Bench.sum().plus(0.25 * x.at(r, j)).plus(y.at(r, j)));
        }
        try (Bench b = kind.bench(s.rows())) {
          Operand x = b.matrix(s.columns(), s.ones(), s.first());
          Operand y = b.matrix(s.columns(), !s.ones(), s.second());
          Operand out = at == 0 ? b.matrix(s.columns(), s.ones(), s.out()) : at == 1 ? x : y;
          b.k.times(x.m(), y.m(), out.m());
          b.check(
              s.of(kind, "times, out " + at),
              out,
              (r, j) -> Bench.sum().plus(x.at(r, j) * y.at(r, j)));
        }
        try (Bench b = kind.bench(s.rows())) {
          Operand x = b.matrix(s.columns(), s.ones(), s.first());
          Operand out = at == 0 ? b.matrix(s.columns(), !s.ones(), s.out()) : x;
          b.k.scale(-1.5, x.m(), out.m());
          b.check(
              s.of(kind, "scale, out " + at), out, (r, j) -> Bench.sum().plus(-1.5 * x.at(r, j)));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void masks(Kind kind) {
    for (Shape s : Shape.all()) {
      try (Bench b = kind.bench(s.rows())) {
        Operand mask = b.matrix(s.columns(), s.ones(), s.out());
        b.k.mask(new Random(5), 0.3, mask.m());
        Random same = new Random(5);
        double[] drawn = same.doubles((long) s.rows() * s.columns()).toArray();
        b.check(
            s.of(kind, "mask"),
            mask,
            (r, j) -> Bench.sum().plus(drawn[r * s.columns() + j] < 0.3 ? 0 : 1 / 0.7));
      }
    }
  }

  // Normalization

  @ParameterizedTest
  @EnumSource
  void normalizations(Kind kind) {
    for (Shape s : Shape.all()) {
      for (Along along : Along.values()) {
        for (boolean centred : BOTH) {
          for (boolean inPlace : BOTH) {
            String what =
                s.of(kind, along + ", centred " + centred + (inPlace ? ", in place" : ", apart"));
            try (Bench b = kind.bench(s.rows())) {
              normalization(b, s, along, centred, inPlace, what);
            }
          }
        }
      }
    }
  }

  private static void normalization(
      Bench b, Shape s, Along along, boolean centred, boolean inPlace, String what) {
    int length = along == Along.COLUMN ? s.columns() : s.rows();
    Strips x = new Strips(along, s.rows(), s.columns());
    Operand in = b.matrix(s.columns(), s.ones(), s.first());
    double[] values = in.values().clone();
    Strip m = centred ? b.k.memory().strip(length) : null;
    Strip inverse = b.k.memory().strip(length);
    if (centred) {
      b.k.mean(along, in.m(), m);
    }
    b.k.inverseDeviation(along, in.m(), m, EPSILON, inverse);
    Operand out = inPlace ? in : b.matrix(s.columns(), !s.ones(), s.out());
    b.k.standardize(along, in.m(), m, inverse, out.m());
    double[] mean = centred ? x.means(values, null) : new double[length];
    double[] deviations = x.less(values, mean);
    double[] factor = x.means(deviations, deviations);
    Arrays.setAll(factor, i -> 1 / Math.sqrt(factor[i] + EPSILON));
    double[] normal = x.times(deviations, factor);
    b.check("standardize " + what, out, (r, j) -> near(normal[r * s.columns() + j], factor));

    Operand u = b.matrix(s.columns(), s.ones(), s.second());
    double[] slope = u.values().clone();
    Operand projected = inPlace ? u : b.matrix(s.columns(), s.ones(), s.out());
    Strip c = b.k.memory().strip(length);
    b.k.project(along, centred, u.m(), out.m(), inverse, c, projected.m());
    double[] slant = x.means(slope, normal);
    double[] level = centred ? x.means(slope, null) : new double[length];
    double[] leaning = x.times(normal, slant);
    double[] expected = x.less(slope, level);
    Arrays.setAll(expected, i -> (expected[i] - leaning[i]) * factor[x.at(i)]);
    b.check("project " + what, projected, (r, j) -> near(expected[r * s.columns() + j], factor));
    if (b.k instanceof SecondOrder k) {
      Operand a = b.matrix(s.columns(), !s.ones(), s.first());
      Operand from = b.matrix(s.columns(), s.ones(), s.second());
      k.meanProduct(along, a.m(), from.m(), c);
      double[] product = x.means(a.values(), from.values());
      k.subtract(along, inverse, c, a.m(), from.m());
      double[] less = x.times(x.times(a.values(), product), factor);
      b.check(
          "subtract " + what,
          from,
          (r, j) -> near(from.at(r, j) - less[r * s.columns() + j], factor));
    }
  }

  private static Sum near(double value, double[] factor) {
    double largest = Arrays.stream(factor).max().orElse(0);
    return Bench.sum().plus(value).plus(50 * largest).plus(-50 * largest); // sums of some terms
  }

  /** Plain loops along rows or columns. */
  private record Strips(Along along, int rows, int columns) {
    int at(int i) {
      return along == Along.COLUMN ? i % columns : i / columns;
    }

    double[] means(double[] a, double[] b) {
      double[] means = new double[along == Along.COLUMN ? columns : rows];
      for (int i = 0; i < a.length; i++) {
        means[at(i)] += a[i] * (b == null ? 1 : b[i]) * means.length / a.length;
      }
      return means;
    }

    double[] less(double[] a, double[] b) {
      double[] less = new double[a.length];
      Arrays.setAll(less, i -> a[i] - b[at(i)]);
      return less;
    }

    double[] times(double[] a, double[] strip) {
      double[] times = new double[a.length];
      Arrays.setAll(times, i -> a[i] * strip[at(i)]);
      return times;
    }
  }

  // A scale and a shift

  @ParameterizedTest
  @EnumSource
  void scalesAndShifts(Kind kind) {
    for (Shape s : Shape.all()) {
      for (boolean add : BOTH) {
        for (boolean shift : BOTH) {
          for (boolean inPlace : BOTH) {
            try (Bench b = kind.bench(s.rows())) {
              Operand x = b.matrix(s.columns(), s.ones(), s.first());
              Operand y = inPlace ? x : b.matrix(s.columns(), !s.ones(), s.out());
              Whole gamma = b.vector(s.columns());
              Whole beta = b.vector(s.columns());
              b.k.scaleShift(
                  x.m(),
                  gamma.strip(s.columns()),
                  shift ? beta.strip(s.columns()) : null,
                  add,
                  y.m());
              b.check(
                  s.of(kind, "scaleShift, add " + add + ", shift " + shift + ", " + inPlace),
                  y,
                  (r, j) ->
                      start(add, y, r, j)
                          .plus(gamma.at(j) * x.at(r, j))
                          .plus(shift ? beta.at(j) : 0));
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void columnSums(Kind kind) {
    for (Shape s : Shape.all()) {
      for (boolean add : BOTH) {
        for (boolean two : BOTH) {
          try (Bench b = kind.bench(s.rows())) {
            Operand x = b.matrix(s.columns(), s.ones(), s.first());
            Operand y = b.matrix(s.columns(), !s.ones(), s.second());
            Whole g = b.vector(s.columns());
            b.k.columnSums(x.m(), two ? y.m() : null, add, g.strip(s.columns()));
            b.check(
                s.of(kind, "columnSums, add " + add + ", of a product " + two),
                g,
                s.columns(),
                (none, j) -> {
                  Sum sum = Bench.sum().plus(add ? g.at(j) : 0);
                  for (int r = 0; r < s.rows(); r++) {
                    sum.plus(x.at(r, j) * (two ? y.at(r, j) : 1));
                  }
                  return sum;
                });
          }
        }
      }
    }
  }
}

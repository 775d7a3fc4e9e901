package org.saddlemap.arithmetic;

import static org.saddlemap.arithmetic.ArithmeticContractTest.BOTH;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.saddlemap.arithmetic.Bench.Operand;
import org.saddlemap.arithmetic.Bench.Sum;
import org.saddlemap.arithmetic.Bench.Whole;

/**
 * The linear maps of every arithmetic, their adjoints and gradients, against plain loops over rows
 * and columns.
 */
class LinearMapsContractTest {
  private interface Linear {
    void check(Bench b, int in, int out, boolean ones, boolean add, Side side, String what);
  }

  private static void linear(Kind kind, Linear check) {
    for (int rows : Kind.SIZES) {
      for (int in : Kind.SIZES) {
        for (int out : Kind.SIZES) {
          try (Bench b = kind.bench(rows)) {
            for (boolean ones : BOTH) {
              for (boolean add : BOTH) {
                for (Side side : Side.values()) {
                  check.check(
                      b,
                      in,
                      out,
                      ones,
                      add,
                      side,
                      "%s: [%d][%d]·[%d][%d], ones %s, add %s, %s"
                          .formatted(kind, rows, in, in, out, ones, add, side));
                }
              }
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void affineMaps(Kind kind) {
    linear(
        kind,
        (b, in, out, bias, add, side, what) -> {
          Operand x = b.matrix(in, bias, Side.PRODUCTS);
          Operand y = b.matrix(out, bias, side);
          Whole w = b.vector(in * out + out);
          b.k.affine(x.m(), w.weights(in, out, bias), add, y.m());
          b.check(
              "affine " + what,
              y,
              (r, j) -> {
                Sum sum = start(add, y, r, j).plus(bias ? w.at(in * out + j) : 0);
                for (int i = 0; i < in; i++) {
                  sum.plus(x.at(r, i) * w.at(i * out + j));
                }
                return sum;
              });
          b.k.linear(x.m(), w.weights(in, out, bias), false, y.m());
          b.check(
              "linear " + what,
              y,
              (r, j) -> {
                Sum sum = Bench.sum();
                for (int i = 0; i < in; i++) {
                  sum.plus(x.at(r, i) * w.at(i * out + j));
                }
                return sum;
              });
        });
  }

  @ParameterizedTest
  @EnumSource
  void adjoints(Kind kind) {
    linear(
        kind,
        (b, in, out, ones, add, side, what) -> {
          Operand dy = b.matrix(out, ones, Side.PRODUCTS);
          Operand dx = b.matrix(in, ones, side);
          Whole w = b.vector(in * out + out);
          b.k.adjoint(dy.m(), w.weights(in, out, ones), add, dx.m());
          b.check(
              "adjoint " + what,
              dx,
              (r, i) -> {
                Sum sum = start(add, dx, r, i);
                for (int j = 0; j < out; j++) {
                  sum.plus(dy.at(r, j) * w.at(i * out + j));
                }
                return sum;
              });
        });
  }

  @ParameterizedTest
  @EnumSource
  void gradients(Kind kind) {
    linear(
        kind,
        (b, in, out, bias, add, side, what) -> {
          Operand x = b.matrix(in, bias, Side.PRODUCTS);
          Operand dy = b.matrix(out, side == Side.LOOPS, Side.PRODUCTS);
          Whole g = b.vector(in * out + out);
          b.k.affineGradient(x.m(), dy.m(), add, g.weights(in, out, bias));
          gradient(b, "affineGradient " + what, x, dy, g, in, bias, add);
          if (b.k instanceof SecondOrder k) {
            Whole without = b.vector(in * out + out);
            k.linearGradient(x.m(), dy.m(), add, without.weights(in, out, bias));
            gradient(b, "linearGradient " + what, x, dy, without, in, false, add);
          }
        });
  }

  private static void gradient(
      Bench b, String what, Operand x, Operand dy, Whole g, int in, boolean bias, boolean add) {
    int out = dy.m().columns();
    b.check(
        what,
        g,
        (bias ? in + 1 : in) * out,
        (none, at) -> {
          int i = at / out;
          Sum sum = Bench.sum().plus(add ? g.at(at) : 0);
          for (int r = 0; r < x.m().rows(); r++) {
            sum.plus((i < in ? x.at(r, i) : 1) * dy.at(r, at % out));
          }
          return sum;
        });
  }

  static Sum start(boolean add, Operand out, int row, int column) {
    return Bench.sum().plus(add ? out.at(row, column) : 0);
  }
}

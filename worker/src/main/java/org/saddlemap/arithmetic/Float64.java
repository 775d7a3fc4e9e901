package org.saddlemap.arithmetic;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.saddlemap.space.Activation;

/**
 * The examination's arithmetic: float64, exact derivatives of both orders. Products by BLAS off the
 * heap, everything between them in loops over heap arrays.
 */
public final class Float64 extends SecondOrder implements Memory, AutoCloseable {
  private final Float64Room room;

  /** Rows or columns of the largest strip, for means. */
  private double[] means = new double[0];

  /**
   * @param expected what its natives will be asked for, counted before; 0 where no one did
   */
  public Float64(Sizing expected) {
    BlasRuntime.ensure();
    room = new Float64Room(expected.natives());
  }

  /** Values, slopes and bends of activations whose derivatives do not follow from their value. */
  private static final class Derivatives extends Kept {
    final double[] z;
    final double[] slope;
    final double[] bend;

    Derivatives(int length) {
      z = new double[length];
      slope = new double[length];
      bend = new double[length];
    }
  }

  private static final Kept NOTHING = new Kept() {};

  @Override
  public Memory memory() {
    return this;
  }

  @Override
  public Vector vector(int length) {
    return new Float64Vector(room.natives(), length);
  }

  @Override
  public Matrix matrix(Batch batch, int columns, boolean ones, Side side) {
    Float64Matrix m = new Float64Matrix(room, batch, columns, ones, side);
    room.fits(m.capacity());
    return m;
  }

  @Override
  public Matrix data(Batch batch, int columns, boolean ones) {
    return new Float64Matrix(room, batch, columns, ones, Side.PRODUCTS);
  }

  @Override
  public Strip strip(int length) {
    means = means.length < length ? new double[length] : means;
    return new Float64Strip(length);
  }

  @Override
  public Kept kept(Activation f, Batch batch, int columns, boolean ones, int order) {
    return ActivationKernel.byValue(f)
        ? NOTHING
        : new Derivatives(batch.capacity() * (columns + (ones ? 1 : 0)));
  }

  /** Lays rows of a row-major matrix into the batch. */
  public void set(Matrix x, double[] source, int fromRow) {
    of(x).set(source, fromRow);
  }

  NativeDoubles natives() {
    return room.natives();
  }

  private static Float64Matrix of(Matrix m) {
    return (Float64Matrix) m;
  }

  private static double[] read(Strip s) {
    return ((Float64Strip) s).read();
  }

  @Override
  public void affine(Matrix x, Weights w, boolean add, Matrix y) {
    product(of(x), w, w.rows(), add, of(y));
  }

  @Override
  public void linear(Matrix x, Weights w, boolean add, Matrix y) {
    product(of(x), w, w.in(), add, of(y));
  }

  private static void product(
      Float64Matrix x, Weights weights, int inner, boolean add, Float64Matrix y) {
    Float64Vector.Part w = (Float64Vector.Part) weights;
    Matrices.multiply(
        x.rows(),
        w.out(),
        inner,
        x.pointer(),
        x.stride(),
        w.pointer(),
        w.out(),
        add ? 1 : 0,
        y.target(add),
        y.stride());
  }

  @Override
  public void adjoint(Matrix dy, Weights weights, boolean add, Matrix dx) {
    Float64Vector.Part w = (Float64Vector.Part) weights;
    Float64Matrix d = of(dy);
    Float64Matrix result = of(dx);
    Matrices.multiplyTransposed(
        d.rows(),
        w.in(),
        w.out(),
        d.pointer(),
        d.stride(),
        w.pointer(),
        w.out(),
        add ? 1 : 0,
        result.target(add),
        result.stride());
  }

  @Override
  public void affineGradient(Matrix x, Matrix dy, boolean add, Weights w) {
    gradient(of(x), of(dy), w.rows(), add, w);
  }

  @Override
  public void linearGradient(Matrix x, Matrix dy, boolean add, Weights w) {
    gradient(of(x), of(dy), w.in(), add, w);
  }

  private static void gradient(
      Float64Matrix x, Float64Matrix dy, int rows, boolean add, Weights weights) {
    Float64Vector.Part w = (Float64Vector.Part) weights;
    Matrices.transposedMultiply(
        rows,
        w.out(),
        x.rows(),
        x.pointer(),
        x.stride(),
        dy.pointer(),
        dy.stride(),
        add ? 1 : 0,
        w.pointer(),
        w.out());
  }

  @Override
  public void apply(Activation f, Matrix x, Kept kept, Matrix y) {
    int n = of(x).length();
    double[] z = of(x).in(0);
    if (kept instanceof Derivatives d) {
      System.arraycopy(z, 0, d.z, 0, n);
    }
    double[] a = x == y ? z : of(y).out(1);
    ActivationKernel.value(f, z, a, n);
    of(y).wrote(a);
  }

  @Override
  public void backward(Activation f, Matrix y, Kept kept, Matrix dy, Matrix dx) {
    int n = of(y).length();
    double[] d = of(dy).in(1);
    double[] out = dx == dy ? d : of(dx).out(2);
    if (kept instanceof Derivatives k) {
      ActivationKernel.bends(f, k.z, d, k.slope, k.bend, n);
      for (int i = 0; i < n; i++) {
        out[i] = d[i] * k.slope[i];
      }
    } else {
      ActivationKernel.times(f, of(y).in(0), d, out, n);
    }
    of(dx).wrote(out);
  }

  @Override
  public void tangent(Activation f, Matrix y, Kept kept, Matrix tx, Matrix ty) {
    int n = of(y).length();
    double[] rz = of(tx).in(1);
    double[] ra = of(ty).out(2);
    if (kept instanceof Derivatives k) {
      for (int i = 0; i < n; i++) {
        ra[i] = k.slope[i] * rz[i];
      }
    } else {
      ActivationKernel.times(f, of(y).in(0), rz, ra, n);
    }
    of(ty).wrote(ra);
  }

  @Override
  public void tangentBackward(
      Activation f, Matrix y, Kept kept, Matrix dx, Matrix tx, Matrix tdy, Matrix tdx) {
    int n = of(y).length();
    double[] given = of(tdy).in(1);
    double[] rd = tdx == tdy ? given : of(tdx).out(1);
    System.arraycopy(given, 0, rd, 0, rd == given ? 0 : n);
    double[] rz = of(tx).in(2);
    if (kept instanceof Derivatives k) {
      for (int i = 0; i < n; i++) {
        rd[i] = rd[i] * k.slope[i] + k.bend[i] * rz[i];
      }
    } else {
      ActivationKernel.turn(f, of(y).in(0), of(dx).in(3), rz, rd, n);
    }
    of(tdx).wrote(rd);
  }

  @Override
  public void scale(double c, Matrix a, Matrix out) {
    combine(c, a, null, out);
  }

  @Override
  public void combine(double c, Matrix a, Matrix b, Matrix out) {
    double[] x = of(a).in(0);
    double[] y = b == null ? null : of(b).in(1);
    double[] o = out == a ? x : out == b ? y : of(out).out(2);
    Float64Loops.combine(
        c,
        x,
        of(a).stride(),
        y,
        b == null ? 0 : of(b).stride(),
        o,
        of(out).stride(),
        out.rows(),
        out.columns());
    of(out).wrote(o);
  }

  @Override
  public void times(Matrix a, Matrix b, Matrix out) {
    double[] x = of(a).in(0);
    double[] y = of(b).in(1);
    double[] o = out == a ? x : out == b ? y : of(out).out(2);
    Float64Loops.times(
        x, of(a).stride(), y, of(b).stride(), o, of(out).stride(), out.rows(), out.columns());
    of(out).wrote(o);
  }

  @Override
  public void mask(RandomGenerator random, double rate, Matrix mask) {
    double[] m = of(mask).out(0);
    for (int r = 0; r < mask.rows(); r++) {
      for (int j = 0, k = r * of(mask).stride(); j < mask.columns(); j++, k++) {
        m[k] = random.nextDouble() < rate ? 0 : 1 / (1 - rate);
      }
    }
    of(mask).wrote(m);
  }

  @Override
  public void mean(Along along, Matrix x, Strip m) {
    Float64Loops.means(along, of(x).in(0), of(x).stride(), null, 0, read(m), x.rows(), x.columns());
  }

  @Override
  public void inverseDeviation(Along along, Matrix x, Strip m, double epsilon, Strip s) {
    Float64Loops.inverseDeviations(
        along,
        of(x).in(0),
        of(x).stride(),
        m == null ? null : read(m),
        epsilon,
        read(s),
        x.rows(),
        x.columns());
  }

  @Override
  public void standardize(Along along, Matrix x, Strip m, Strip s, Matrix out) {
    double[] a = of(x).in(0);
    double[] o = x == out ? a : of(out).out(1);
    Float64Loops.standardize(
        along,
        a,
        of(x).stride(),
        m == null ? null : read(m),
        read(s),
        o,
        of(out).stride(),
        x.rows(),
        x.columns());
    of(out).wrote(o);
  }

  @Override
  public void project(
      Along along, boolean centred, Matrix u, Matrix normal, Strip s, Strip c, Matrix out) {
    double[] d = of(u).in(0);
    double[] x = of(normal).in(1);
    double[] o = u == out ? d : of(out).out(2);
    int rows = u.rows();
    int columns = u.columns();
    if (centred) {
      Float64Loops.means(along, d, of(u).stride(), null, 0, means, rows, columns);
    } else {
      Arrays.fill(means, 0);
    }
    Float64Loops.means(along, d, of(u).stride(), x, of(normal).stride(), read(c), rows, columns);
    Float64Loops.project(
        along,
        d,
        of(u).stride(),
        x,
        of(normal).stride(),
        means,
        read(c),
        read(s),
        o,
        of(out).stride(),
        rows,
        columns);
    of(out).wrote(o);
  }

  @Override
  public void meanProduct(Along along, Matrix a, Matrix b, Strip e) {
    Float64Loops.means(
        along,
        of(a).in(0),
        of(a).stride(),
        of(b).in(1),
        of(b).stride(),
        read(e),
        a.rows(),
        a.columns());
  }

  @Override
  public void subtract(Along along, Strip s, Strip e, Matrix a, Matrix out) {
    double[] o = of(out).in(1);
    Float64Loops.subtract(
        along,
        read(s),
        read(e),
        of(a).in(0),
        of(a).stride(),
        o,
        of(out).stride(),
        a.rows(),
        a.columns());
    of(out).wrote(o);
  }

  @Override
  public void scaleShift(Matrix x, Strip gamma, Strip beta, boolean add, Matrix y) {
    double[] a = of(x).in(0);
    double[] o = x == y ? a : add ? of(y).in(1) : of(y).out(1);
    Float64Loops.scaleShift(
        a,
        of(x).stride(),
        read(gamma),
        beta == null ? null : read(beta),
        add,
        o,
        of(y).stride(),
        x.rows(),
        x.columns());
    of(y).wrote(o);
  }

  @Override
  public void columnSums(Matrix a, Matrix b, boolean add, Strip g) {
    double[] sums = read(g);
    if (!add) {
      Arrays.fill(sums, 0);
    }
    Float64Loops.addColumnSums(
        of(a).in(0),
        of(a).stride(),
        b == null ? null : of(b).in(1),
        b == null ? 0 : of(b).stride(),
        sums,
        a.rows(),
        a.columns());
    ((Float64Strip) g).write();
  }

  /** Frees native memory. */
  @Override
  public void close() {
    room.close();
  }
}

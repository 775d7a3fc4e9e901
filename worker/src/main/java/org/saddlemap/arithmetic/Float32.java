package org.saddlemap.arithmetic;

import static org.bytedeco.openblas.global.openblas_full.cblas_somatcopy;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/**
 * The fast arithmetic of training: float32, products by BLAS off the heap, everything between them
 * in loops over heap arrays, which flush subnormal numbers to 0.
 */
public final class Float32 extends Trainable implements Trainable.TrainingMemory {
  /**
   * Up to so many multiplications OpenBLAS's AVX-512 kernels take twice as long for A·Bᵀ as for A·B
   * (32×64·64×64: 2.4 and 1.1 µs), and transposing B first pays (0.3 µs); others lose 2 % by it.
   */
  private static final long SMALL_PRODUCT = 1_000_000;

  private final NativeFloats natives;
  private final Float32Losses losses = new Float32Losses();
  private NativeFloats.Slice transposed;

  /** What activations need while they are computed, and slopes that no one asks for later. */
  private float[] scratch = new float[0];

  private float[] spare = new float[0];

  /** As long as the longest strip. */
  private float[] means = new float[0];

  /**
   * @param natives where everything off the heap is taken from
   */
  public Float32(NativeFloats natives) {
    BlasRuntime.ensure();
    this.natives = natives;
  }

  /** The slope of an activation, where it does not follow from its value. */
  private static final class Slope extends Kept {
    final float[] slope;

    Slope(float[] slope) {
      this.slope = slope;
    }
  }

  private static final Slope NO_SLOPE = new Slope(null);

  @Override
  public TrainingMemory memory() {
    return this;
  }

  @Override
  public Float32Vector vector(int length) {
    return new Float32Vector(natives.take(length));
  }

  @Override
  public Matrix matrix(Batch batch, int columns, boolean ones, Side side) {
    return new Float32Matrix(natives, batch, columns, ones, ones);
  }

  @Override
  public Matrix derivatives(Batch batch, int columns, boolean ones, Side side) {
    return new Float32Matrix(natives, batch, columns, ones, false);
  }

  @Override
  public Strip strip(int length) {
    means = means.length < length ? new float[length] : means;
    return new Float32Strip(length);
  }

  @Override
  public Kept kept(Activation f, Batch batch, int columns, boolean ones, int order) {
    int length = batch.capacity() * (columns + (ones ? 1 : 0));
    if (FloatFunctions.needsScratch(f) && scratch.length < length) {
      scratch = new float[length];
    }
    if (!FloatFunctions.keepsSlope(f)) {
      return NO_SLOPE;
    }
    if (order > 0) {
      return new Slope(new float[length]);
    }
    spare = spare.length < length ? new float[length] : spare;
    return new Slope(spare);
  }

  private static Float32Matrix of(Matrix m) {
    return (Float32Matrix) m;
  }

  private static float[] read(Strip s) {
    return ((Float32Strip) s).read();
  }

  @Override
  public void set(Matrix x, float[] source, int fromRow) {
    of(x).set(source, fromRow);
  }

  @Override
  public void gather(Matrix x, float[] source, int[] order, int from) {
    of(x).gather(source, order, from);
  }

  @Override
  public double loss(Loss loss, Matrix y, int[] labels, float[] targets, Matrix dy) {
    return losses.value(loss, of(y), labels, targets, dy == null ? null : of(dy));
  }

  @Override
  public void affine(Matrix x, Weights w, boolean add, Matrix y) {
    product(of(x), w, w.rows(), add, of(y));
  }

  @Override
  public void linear(Matrix x, Weights w, boolean add, Matrix y) {
    product(of(x), w, w.in(), add, of(y));
  }

  private static void product(Float32Matrix x, Weights w, int inner, boolean add, Float32Matrix y) {
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasNoTrans,
        x.rows(),
        w.out(),
        inner,
        1f,
        x.pointer(),
        x.stride(),
        ((Float32Vector.Part) w).pointer(),
        w.out(),
        add ? 1f : 0f,
        add ? y.sum() : y.target(),
        y.stride());
  }

  /** Small W are transposed first. */
  @Override
  public void adjoint(Matrix dy, Weights w, boolean add, Matrix dx) {
    Float32Matrix d = of(dy);
    Float32Matrix result = of(dx);
    Float32Vector.Part part = (Float32Vector.Part) w;
    boolean small = (long) d.rows() * w.in() * w.out() <= SMALL_PRODUCT;
    if (small) {
      transpose(part);
    }
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        small ? CblasNoTrans : CblasTrans,
        d.rows(),
        w.in(),
        w.out(),
        1f,
        d.pointer(),
        d.stride(),
        small ? transposed.pointer() : part.pointer(),
        small ? w.in() : w.out(),
        add ? 1f : 0f,
        add ? result.sum() : result.target(),
        result.stride());
  }

  private void transpose(Float32Vector.Part w) {
    int size = w.in() * w.out();
    if (transposed == null || transposed.length() < size) {
      transposed = natives.take(size); // in the first step, and never again
    }
    cblas_somatcopy(
        CblasRowMajor,
        CblasTrans,
        w.in(),
        w.out(),
        1f,
        w.pointer(),
        w.out(),
        transposed.pointer(),
        w.in());
  }

  @Override
  public void affineGradient(Matrix x, Matrix dy, boolean add, Weights w) {
    Float32Matrix a = of(x);
    Float32Matrix d = of(dy);
    cblas_sgemm(
        CblasRowMajor,
        CblasTrans,
        CblasNoTrans,
        w.rows(),
        w.out(),
        a.rows(),
        1f,
        a.pointer(),
        a.stride(),
        d.pointer(),
        d.stride(),
        add ? 1f : 0f,
        ((Float32Vector.Part) w).pointer(),
        w.out());
  }

  @Override
  public void apply(Activation f, Matrix x, Kept kept, Matrix y) {
    FloatFunctions.activate(f, changed(x, y), ((Slope) kept).slope, scratch, of(y).length());
  }

  @Override
  public void backward(Activation f, Matrix y, Kept kept, Matrix dy, Matrix dx) {
    FloatFunctions.backward(
        f, of(y).values(), ((Slope) kept).slope, changed(dy, dx), of(y).length());
  }

  /** What is to be changed in place: a matrix itself, or a copy in another of the same stride. */
  private static float[] changed(Matrix from, Matrix to) {
    if (from == to) {
      return of(to).change();
    }
    float[] copy = of(to).overwrite();
    System.arraycopy(of(from).values(), 0, copy, 0, of(from).length());
    return copy;
  }

  @Override
  public void scale(double c, Matrix a, Matrix out) {
    combine(c, a, null, out);
  }

  @Override
  public void combine(double c, Matrix a, Matrix b, Matrix out) {
    float[] x = of(a).values();
    float[] y = b == null ? null : of(b).values();
    float[] o = out == a || out == b ? of(out).change() : of(out).overwrite();
    Float32Loops.combine(
        (float) c,
        x,
        of(a).stride(),
        y,
        b == null ? 0 : of(b).stride(),
        o,
        of(out).stride(),
        out.rows(),
        out.columns());
  }

  @Override
  public void times(Matrix a, Matrix b, Matrix out) {
    float[] x = of(a).values();
    float[] y = of(b).values();
    float[] o = out == a || out == b ? of(out).change() : of(out).overwrite();
    Float32Loops.times(
        x, of(a).stride(), y, of(b).stride(), o, of(out).stride(), out.rows(), out.columns());
  }

  @Override
  public void mask(RandomGenerator random, double rate, Matrix mask) {
    float[] m = of(mask).overwrite();
    float on = (float) (1 / (1 - rate));
    for (int r = 0; r < mask.rows(); r++) {
      for (int j = 0, k = r * of(mask).stride(); j < mask.columns(); j++, k++) {
        m[k] = random.nextDouble() < rate ? 0 : on;
      }
    }
  }

  @Override
  public void mean(Along along, Matrix x, Strip m) {
    Float32Loops.means(
        along, of(x).values(), of(x).stride(), null, 0, read(m), x.rows(), x.columns());
  }

  @Override
  public void inverseDeviation(Along along, Matrix x, Strip m, double epsilon, Strip s) {
    Float32Loops.inverseDeviations(
        along,
        of(x).values(),
        of(x).stride(),
        m == null ? null : read(m),
        (float) epsilon,
        read(s),
        x.rows(),
        x.columns());
  }

  @Override
  public void standardize(Along along, Matrix x, Strip m, Strip s, Matrix out) {
    float[] a = of(x).values();
    float[] o = x == out ? of(out).change() : of(out).overwrite();
    Float32Loops.standardize(
        along,
        a,
        of(x).stride(),
        m == null ? null : read(m),
        read(s),
        o,
        of(out).stride(),
        x.rows(),
        x.columns());
  }

  @Override
  public void project(
      Along along, boolean centred, Matrix u, Matrix normal, Strip s, Strip c, Matrix out) {
    float[] d = of(u).values();
    float[] x = of(normal).values();
    float[] o = u == out ? of(out).change() : of(out).overwrite();
    int rows = u.rows();
    int columns = u.columns();
    if (centred) {
      Float32Loops.means(along, d, of(u).stride(), null, 0, means, rows, columns);
    } else {
      Arrays.fill(means, 0);
    }
    Float32Loops.means(along, d, of(u).stride(), x, of(normal).stride(), read(c), rows, columns);
    Float32Loops.project(
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
  }

  @Override
  public void scaleShift(Matrix x, Strip gamma, Strip beta, boolean add, Matrix y) {
    float[] a = of(x).values();
    float[] o = x == y || add ? of(y).change() : of(y).overwrite();
    Float32Loops.scaleShift(
        a,
        of(x).stride(),
        read(gamma),
        beta == null ? null : read(beta),
        add,
        o,
        of(y).stride(),
        x.rows(),
        x.columns());
  }

  @Override
  public void columnSums(Matrix a, Matrix b, boolean add, Strip g) {
    float[] sums = read(g);
    if (!add) {
      Arrays.fill(sums, 0);
    }
    Float32Loops.addColumnSums(
        of(a).values(),
        of(a).stride(),
        b == null ? null : of(b).values(),
        b == null ? 0 : of(b).stride(),
        sums,
        a.rows(),
        a.columns());
    ((Float32Strip) g).write();
  }

  @Override
  public boolean finite(Matrix x) {
    float[] a = of(x).values();
    for (int r = 0; r < x.rows(); r++) {
      for (int j = 0, k = r * of(x).stride(); j < x.columns(); j++, k++) {
        if (!Float.isFinite(a[k])) {
          return false;
        }
      }
    }
    return true;
  }
}

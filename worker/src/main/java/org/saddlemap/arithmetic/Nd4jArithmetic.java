package org.saddlemap.arithmetic;

import static org.nd4j.linalg.ops.transforms.Transforms.sqrt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/**
 * The arithmetic of training in plain ND4J: every array is an {@link INDArray} of float32, every
 * kernel a line or two of ND4J's own operations, and nothing else computes. It is the reference to
 * read, and to hold {@link Float32} against, which is many times faster.
 *
 * <p>θ is one flat array; W, b, γ, β are views of it. Statistics along rows or columns keep their
 * dimension, so that they broadcast. What an operation makes on its way lies in one workspace,
 * which the next begins anew; what lasts is freed by {@link #close}.
 */
public final class Nd4jArithmetic extends Trainable
    implements Trainable.TrainingMemory, AutoCloseable {
  private final List<INDArray> owned = new ArrayList<>();
  private final Nd4jScratch scratch;

  /** [classes, classes], whose rows are one-hot labels. */
  private INDArray identity;

  public Nd4jArithmetic() {
    BlasRuntime.ensure();
    scratch = new Nd4jScratch();
  }

  /** The slopes of an activation; none where no one asks for them. */
  private static final class Slope extends Kept {
    final Nd4jMatrix slope;

    Slope(Nd4jMatrix slope) {
      this.slope = slope;
    }
  }

  // Handles

  @Override
  public TrainingMemory memory() {
    return this;
  }

  /** Where the arrays that operations make on their way lie. */
  public Nd4jScratch scratch() {
    return scratch;
  }

  private INDArray own(INDArray array) {
    owned.add(array);
    return array;
  }

  @Override
  public Nd4jVector vector(int length) {
    return new Nd4jVector(this, own(Nd4j.zeros(DataType.FLOAT, length)));
  }

  @Override
  public Nd4jMatrix matrix(Batch batch, int columns, boolean ones, Side side) {
    INDArray whole = own(Nd4j.zeros(DataType.FLOAT, batch.capacity(), columns));
    return new Nd4jMatrix(batch, columns, ones, whole, scratch);
  }

  @Override
  public Strip strip(int length) {
    return new Nd4jStrip(own(Nd4j.zeros(DataType.FLOAT, length)));
  }

  @Override
  public Kept kept(Activation f, Batch batch, int columns, boolean ones, int order) {
    return new Slope(order > 0 ? matrix(batch, columns, ones, Side.LOOPS) : null);
  }

  /** Frees all that it gave out. */
  @Override
  public void close() {
    scratch.close();
    owned.forEach(INDArray::close);
    owned.clear();
  }

  private static INDArray of(Matrix m) {
    return ((Nd4jMatrix) m).array();
  }

  private static INDArray w(Weights w) {
    return ((Nd4jVector.Part) w).matrix();
  }

  private static INDArray b(Weights w) {
    return ((Nd4jVector.Part) w).shift();
  }

  /** Statistics of a matrix: [1, columns] down its columns, [rows, 1] across its rows. */
  private static INDArray of(Strip s, Along along, Matrix x) {
    Nd4jStrip strip = (Nd4jStrip) s;
    return along == Along.COLUMN ? strip.row(x.columns()) : strip.column(x.rows());
  }

  /** The dimension that statistics are taken over. */
  private static int over(Along along) {
    return along == Along.COLUMN ? 0 : 1;
  }

  /** to = value, or to = to + value; what the value is made of is gone afterwards. */
  private void put(INDArray to, boolean add, Supplier<INDArray> value) {
    scratch.run(() -> put(to, add, value.get()));
  }

  private void put(INDArray to, Supplier<INDArray> value) {
    put(to, false, value);
  }

  private static void put(INDArray to, boolean add, INDArray value) {
    if (add) {
      to.addi(value);
    } else {
      to.assign(value);
    }
  }

  // Linear maps

  @Override
  public void affine(Matrix x, Weights w, boolean add, Matrix y) {
    put(of(y), add, () -> w.bias() ? of(x).mmul(w(w)).addiRowVector(b(w)) : of(x).mmul(w(w)));
  }

  @Override
  public void linear(Matrix x, Weights w, boolean add, Matrix y) {
    put(of(y), add, () -> of(x).mmul(w(w)));
  }

  @Override
  public void adjoint(Matrix dy, Weights w, boolean add, Matrix dx) {
    put(of(dx), add, () -> of(dy).mmul(w(w).transpose()));
  }

  @Override
  public void affineGradient(Matrix x, Matrix dy, boolean add, Weights w) {
    put(w(w), add, () -> of(x).transpose().mmul(of(dy)));
    if (w.bias()) {
      put(b(w), add, () -> of(dy).sum(true, 0));
    }
  }

  // Functions of single elements

  @Override
  public void apply(Activation f, Matrix x, Kept kept, Matrix y) {
    Nd4jMatrix slope = ((Slope) kept).slope;
    scratch.run(
        () -> {
          INDArray a = Nd4jActivations.value(f, of(x));
          if (slope != null) {
            of(slope).assign(Nd4jActivations.slope(f, of(x), a));
          }
          of(y).assign(a); // y may be x
        });
  }

  @Override
  public void backward(Activation f, Matrix y, Kept kept, Matrix dy, Matrix dx) {
    times(dy, ((Slope) kept).slope, dx);
  }

  @Override
  public void scale(double c, Matrix a, Matrix out) {
    put(of(out), () -> of(a).mul(c));
  }

  @Override
  public void combine(double c, Matrix a, Matrix b, Matrix out) {
    put(of(out), () -> of(a).mul(c).addi(of(b)));
  }

  @Override
  public void times(Matrix a, Matrix b, Matrix out) {
    put(of(out), () -> of(a).mul(of(b)));
  }

  @Override
  public void mask(RandomGenerator random, double rate, Matrix mask) {
    float[] m = new float[mask.rows() * mask.columns()];
    for (int i = 0; i < m.length; i++) {
      m[i] = random.nextDouble() < rate ? 0 : (float) (1 / (1 - rate));
    }
    put(of(mask), () -> rows(m, mask.columns()));
  }

  // Normalization

  @Override
  public void mean(Along along, Matrix x, Strip m) {
    put(of(m, along, x), () -> of(x).mean(true, over(along)));
  }

  @Override
  public void inverseDeviation(Along along, Matrix x, Strip m, double epsilon, Strip s) {
    put(
        of(s, along, x),
        () -> {
          INDArray e = centred(along, x, m);
          return sqrt(e.mul(e).mean(true, over(along)).addi(epsilon), false).rdivi(1);
        });
  }

  @Override
  public void standardize(Along along, Matrix x, Strip m, Strip s, Matrix out) {
    put(of(out), () -> centred(along, x, m).mul(of(s, along, x)));
  }

  /** x − m. */
  private static INDArray centred(Along along, Matrix x, Strip m) {
    return m == null ? of(x) : of(x).sub(of(m, along, x));
  }

  @Override
  public void project(
      Along along, boolean centred, Matrix u, Matrix normal, Strip s, Strip c, Matrix out) {
    put(of(c, along, u), () -> of(u).mul(of(normal)).mean(true, over(along)));
    put(
        of(out),
        () -> {
          INDArray level = centred ? of(u).sub(of(u).mean(true, over(along))) : of(u);
          return level.sub(of(normal).mul(of(c, along, u))).mul(of(s, along, u));
        });
  }

  @Override
  public void scaleShift(Matrix x, Strip gamma, Strip beta, boolean add, Matrix y) {
    put(
        of(y),
        add,
        () -> {
          INDArray scaled = of(x).mul(of(gamma, Along.COLUMN, x));
          return beta == null ? scaled : scaled.add(of(beta, Along.COLUMN, x));
        });
  }

  @Override
  public void columnSums(Matrix a, Matrix b, boolean add, Strip g) {
    put(
        of(g, Along.COLUMN, a),
        add,
        () -> b == null ? of(a).sum(true, 0) : of(a).mul(of(b)).sum(true, 0));
  }

  // What training takes beside

  /** An array [rows, columns] of row-major values. */
  private static INDArray rows(float[] values, int columns) {
    return Nd4j.createFromArray(values).reshape(values.length / columns, columns);
  }

  @Override
  public void set(Matrix x, float[] source, int fromRow) {
    int d = x.columns();
    put(of(x), () -> rows(Arrays.copyOfRange(source, fromRow * d, (fromRow + x.rows()) * d), d));
  }

  @Override
  public void gather(Matrix x, float[] source, int[] order, int from) {
    int d = x.columns();
    float[] chosen = new float[x.rows() * d];
    for (int r = 0; r < x.rows(); r++) {
      System.arraycopy(source, order[from + r] * d, chosen, r * d, d);
    }
    put(of(x), () -> rows(chosen, d));
  }

  @Override
  public double loss(Loss loss, Matrix y, int[] labels, float[] targets, Matrix dy) {
    int n = y.rows();
    int columns = y.columns();
    if (loss == Loss.CROSS_ENTROPY && (identity == null || identity.rows() != columns)) {
      identity = own(Nd4j.eye(columns).castTo(DataType.DOUBLE));
    }
    return scratch.number(
        () -> {
          Nd4jLosses at =
              switch (loss) {
                case MSE ->
                    Nd4jLosses.squares(of(y), rows(Arrays.copyOf(targets, n * columns), columns));
                case CROSS_ENTROPY ->
                    Nd4jLosses.crossEntropy(
                        of(y), Nd4jLosses.oneHot(Arrays.copyOf(labels, n), identity));
                case BINARY_CROSS_ENTROPY ->
                    Nd4jLosses.binaryCrossEntropy(
                        of(y),
                        Nd4j.createFromArray(Arrays.copyOf(labels, n))
                            .castTo(DataType.DOUBLE)
                            .reshape(n, 1));
              };
          if (dy != null) {
            of(dy).assign(at.slope().div(n));
          }
          return at.sum() / n;
        });
  }

  @Override
  public boolean finite(Matrix x) {
    return Double.isFinite(scratch.number(() -> Nd4jVector.norm(of(x))));
  }
}

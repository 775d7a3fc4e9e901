package org.saddlemap.arithmetic;

import java.util.random.RandomGenerator;
import org.saddlemap.space.Activation;

/**
 * The operations that layers are written in, in one precision and one kind of memory: {@link
 * Float32} trains fast, {@link Float64} examines, {@link Nd4jArithmetic} trains in ND4J's own
 * operations. A handle works with the arithmetic that made it alone, and one arithmetic with one
 * thread.
 *
 * <p>Every operation covers the rows that the batch has at the moment. Where one has {@code add},
 * its result is added to what is there, else it takes its place. Where operations go element by
 * element, the result may be one of the operands.
 *
 * <p>W is [in][out]. Where it has a bias b, an affine map is one product [x, 1]·[W; b].
 */
public abstract class Arithmetic {
  /** Where its handles come from. */
  public abstract Memory memory();

  // Linear maps

  /** y = x·W, and + b where W has a bias. */
  public abstract void affine(Matrix x, Weights w, boolean add, Matrix y);

  /** y = x·W, without the bias. */
  public abstract void linear(Matrix x, Weights w, boolean add, Matrix y);

  /** dx = dy·Wᵀ. */
  public abstract void adjoint(Matrix dy, Weights w, boolean add, Matrix dx);

  /** W = xᵀ·dy, and b = Σ dy over the rows where W has a bias. */
  public abstract void affineGradient(Matrix x, Matrix dy, boolean add, Weights w);

  // Functions of single elements

  /** y = φ(x), and into {@code kept} what the derivatives will need beside y. */
  public abstract void apply(Activation f, Matrix x, Kept kept, Matrix y);

  /** dx = dy ⊙ φ′. */
  public abstract void backward(Activation f, Matrix y, Kept kept, Matrix dy, Matrix dx);

  /** out = c·a. */
  public abstract void scale(double c, Matrix a, Matrix out);

  /** out = c·a + b. */
  public abstract void combine(double c, Matrix a, Matrix b, Matrix out);

  /** out = a ⊙ b. */
  public abstract void times(Matrix a, Matrix b, Matrix out);

  /** 0 with probability {@code rate}, else 1/(1 − rate), drawn row by row. */
  public abstract void mask(RandomGenerator random, double rate, Matrix mask);

  // Normalization along rows or columns, with x̂ = s(x − m), and m = 0 where m is null

  /** m = mean of x. */
  public abstract void mean(Along along, Matrix x, Strip m);

  /** s = 1/√(mean of (x − m)² + ε). */
  public abstract void inverseDeviation(Along along, Matrix x, Strip m, double epsilon, Strip s);

  /** out = s(x − m). */
  public abstract void standardize(Along along, Matrix x, Strip m, Strip s, Matrix out);

  /**
   * The derivative of x̂, which is symmetric and so serves both ways: c = mean of u ⊙ x̂, then out
   * = s(u − mean of u − x̂c), without the mean where not {@code centred}.
   */
  public abstract void project(
      Along along, boolean centred, Matrix u, Matrix normal, Strip s, Strip c, Matrix out);

  // A scale and a shift for each column

  /** y = γ ⊙ x + β; β may be null. */
  public abstract void scaleShift(Matrix x, Strip gamma, Strip beta, boolean add, Matrix y);

  /** g = Σ over the rows of a ⊙ b; of a alone where b is null. */
  public abstract void columnSums(Matrix a, Matrix b, boolean add, Strip g);
}

package org.saddlemap.spec;

import java.util.OptionalLong;

/**
 * Which data a sweep trains on, and how they are prepared.
 *
 * @param source where they come from
 * @param task what the label column holds
 * @param scale what is done to the features, with statistics of the training part alone
 * @param holdout share of the rows held out for testing, in [0, 1)
 * @param seed of the split and of synthetic data; the sweep's seed where the spec is silent
 * @param limit at most so many rows are used, the first ones; empty for all
 */
public record DataSpec(
    Source source, Task task, Scale scale, double holdout, long seed, OptionalLong limit) {
  public DataSpec {
    if (!(holdout >= 0 && holdout < 1)) {
      throw new IllegalArgumentException("needs holdout in [0, 1), got " + holdout);
    }
    if (limit.isPresent() && limit.getAsLong() < 1) {
      throw new IllegalArgumentException("needs limit >= 1, got " + limit.getAsLong());
    }
  }

  /** What the label column holds. */
  public enum Task {
    /**
     * Class names or numbers; one-hot targets under cross entropy and MSE, 0/1 under binary cross
     * entropy.
     */
    CLASSIFICATION,
    /** Numbers; MSE only. */
    REGRESSION
  }

  /** What is done to each feature. */
  public enum Scale {
    NONE,
    /** Mean 0, variance 1; a constant feature becomes 0. */
    STANDARD,
    /** Into [0, 1]; a constant feature becomes 0. */
    MINMAX
  }

  /**
   * Where data come from. Paths are read through Hadoop's file systems; a relative one is looked
   * for in the spec's folder, then in the working folder.
   */
  public sealed interface Source {}

  /**
   * Numbers in text, gzipped where the name ends in {@code .gz}.
   *
   * @param label {@code last}, {@code first}, a position from 0, or a name of the header
   * @param separator between cells; no part of a number, no quote, no blank
   * @param decimal {@code .} or {@code ,}; not the separator
   * @param missing what becomes of cells without a value
   */
  public record Csv(
      String path, String label, Header header, char separator, char decimal, Missing missing)
      implements Source {
    /** Between cells, where a spec is silent. */
    public static final char SEPARATOR = ',';

    /** Between a number's whole part and its fraction, where a spec is silent. */
    public static final char DECIMAL = '.';

    /** RFC 4180, and nothing is missing. */
    public Csv(String path, String label, Header header) {
      this(path, label, header, SEPARATOR, DECIMAL, Missing.REFUSE);
    }
  }

  /** What becomes of cells without a value. */
  public enum Missing {
    /** They are an error. */
    REFUSE,
    /** A feature's becomes its mean over the training rows that have one; a label's is an error. */
    MEAN,
    /** Their rows are left out. */
    DROP
  }

  /** Whether a CSV file's first line holds names. */
  public enum Header {
    /**
     * It does where its feature cells are names, or its label cell is one and the next line's is a
     * number, or the label is given by name. A line of names and numbers is an error.
     */
    AUTO,
    YES,
    NO
  }

  /** MNIST's own format, gzipped or not; pixels become value/255. */
  public record Idx(String images, String labels) implements Source {}

  /** LIBSVM's sparse text. */
  public record Libsvm(String path) implements Source {}

  /** Parquet with numeric columns, one of them the label. */
  public record Parquet(String path, String label) implements Source {}

  /**
   * Drawn from a seed.
   *
   * @param problem what is drawn
   * @param rows at least 2
   * @param features inputs; 2 for {@link Problem#SPIRALS}, at least 2 for {@link Problem#XOR}
   * @param classes at least 2, or the target columns of a regression ({@link Problem#TEACHER} and
   *     {@link Problem#DEEP_LINEAR}; 0 for one)
   * @param noise standard deviation of Gaussian noise
   */
  public record Synthetic(Problem problem, int rows, int features, int classes, double noise)
      implements Source {
    /**
     * @throws IllegalArgumentException where the numbers do not fit the problem
     */
    void requireSound() {
      boolean plane = problem == Problem.SPIRALS;
      if (plane && features != 2) {
        throw new IllegalArgumentException(
            "spirals lie in the plane; needs features: 2, got " + features);
      }
      if (problem == Problem.XOR && (features < 2 || classes != 2)) {
        throw new IllegalArgumentException(
            "xor is the sign of the product of two inputs; needs features >= 2 and classes: 2, got %d and %d"
                .formatted(features, classes));
      }
      if (problem.task() == Task.CLASSIFICATION && classes < 2) {
        throw new IllegalArgumentException("needs classes >= 2, got " + classes);
      }
      if (rows < classes) {
        throw new IllegalArgumentException(
            "needs at least one row a class, got %d rows and %d classes".formatted(rows, classes));
      }
    }
  }

  /** A synthetic problem. */
  public enum Problem {
    /** {@code classes} interleaved arms in the plane, with noise in the position. */
    SPIRALS,
    /** One Gaussian of standard deviation {@code noise} for each class, centres standard normal. */
    BLOBS,
    /**
     * Standard normal inputs; targets of a random tanh network with one hidden layer, plus noise.
     */
    TEACHER,
    /**
     * Standard normal inputs; targets of a random linear map with singular values 1, 2, …, plus
     * noise.
     */
    DEEP_LINEAR,
    /** Sign of the product of the first two of {@code features} inputs in {−1, 1}, with noise. */
    XOR;

    /** What its labels are. */
    public Task task() {
      return this == TEACHER || this == DEEP_LINEAR ? Task.REGRESSION : Task.CLASSIFICATION;
    }

    /** A usual size of it, where a spec is silent. */
    public Synthetic standard() {
      return switch (this) {
        case SPIRALS -> new Synthetic(this, 600, 2, 3, 0.05);
        case BLOBS -> new Synthetic(this, 1000, 10, 3, 0.5);
        case TEACHER -> new Synthetic(this, 1000, 10, 1, 0);
        case DEEP_LINEAR -> new Synthetic(this, 500, 8, 4, 0);
        case XOR -> new Synthetic(this, 1000, 2, 2, 0.1);
      };
    }
  }
}

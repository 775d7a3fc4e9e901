package org.saddlemap.curvature;

import java.util.Arrays;
import org.saddlemap.network.Architecture;

/**
 * Batch normalization of one layer over some rows: y = γ⊙x̂ + β with x̂ = (z − mean z)/σ, its
 * backward pass, and the derivatives of both along a direction. The rows of all matrices are {@link
 * ParameterLayout#stride} apart.
 */
final class Normalization {
  private final int width;
  private final int stride;
  private final double epsilon;

  /** Where γ and β lie in θ; −1 where there are none. */
  private final int scales;

  private final int biases;

  /** x̂, ∂f/∂y, σ, the mean of ∂f/∂x̂ ⊙ x̂; Rx̂ and Rσ. */
  private final double[] normal;

  private final double[] deltaY;
  private final double[] deviation;
  private final double[] slant;
  private final double[] rNormal;
  private final double[] rDeviation;

  /** Of the direction's backward pass: ∂f/∂x̂. */
  private final double[] deltaNormal;

  Normalization(Architecture net, ParameterLayout layout, int layer, int rows) {
    width = net.fanOut(layer);
    stride = layout.stride(layer);
    epsilon = net.batchNorm().orElseThrow().epsilon();
    scales = net.scaled(layer) ? layout.scales(layer) : -1;
    biases = net.scaled(layer) && net.bias() ? layout.biases(layer) : -1;
    normal = new double[rows * stride];
    deltaY = new double[rows * stride];
    rNormal = new double[rows * stride];
    deltaNormal = new double[rows * stride];
    deviation = new double[width];
    slant = new double[width];
    rDeviation = new double[width];
  }

  /** ∂f/∂y of the last backward pass. */
  double[] deltaY() {
    return deltaY;
  }

  /** z to y in place; keeps x̂ and σ. */
  void forward(double[] z, double[] theta, int rows) {
    double[] mean = new double[width];
    columnMeans(z, null, mean, rows);
    Arrays.fill(deviation, 0);
    for (int i = 0; i < rows; i++) {
      for (int j = 0, k = i * stride; j < width; j++, k++) {
        double c = z[k] - mean[j];
        normal[k] = c;
        deviation[j] += c * c;
      }
    }
    double[] inverse = mean;
    for (int j = 0; j < width; j++) {
      deviation[j] = Math.sqrt(deviation[j] / rows + epsilon);
      inverse[j] = 1 / deviation[j];
    }
    multiplyColumns(normal, inverse, 0, rows);
    if (scales < 0) {
      System.arraycopy(normal, 0, z, 0, rows * stride);
      return;
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0, k = i * stride; j < width; j++, k++) {
        z[k] = theta[scales + j] * normal[k];
      }
    }
    addShift(z, theta, rows);
  }

  /**
   * ∂f/∂y to ∂f/∂z in place: dz = (dx̂ − mean dx̂ − x̂·mean(dx̂⊙x̂))/σ.
   *
   * @param sums the gradients of γ and β are added to
   */
  void backward(double[] d, double[] theta, double[] sums, int rows) {
    System.arraycopy(d, 0, deltaY, 0, rows * stride);
    if (scales >= 0) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0, k = i * stride; j < width; j++, k++) {
          sums[scales + j] += d[k] * normal[k];
        }
      }
      addShiftSums(d, sums, rows);
      multiplyColumns(d, theta, scales, rows);
    }
    double[] mean = new double[width];
    columnMeans(d, null, mean, rows);
    columnMeans(d, normal, slant, rows);
    for (int i = 0; i < rows; i++) {
      for (int j = 0, k = i * stride; j < width; j++, k++) {
        d[k] = (d[k] - mean[j] - normal[k] * slant[j]) / deviation[j];
      }
    }
  }

  /** Rz to Ry in place; keeps Rx̂ and Rσ. */
  void tangent(double[] rz, double[] theta, double[] v, int rows) {
    double[] mean = new double[width];
    columnMeans(rz, null, mean, rows);
    columnMeans(rz, normal, rDeviation, rows);
    for (int i = 0; i < rows; i++) {
      for (int j = 0, k = i * stride; j < width; j++, k++) {
        rNormal[k] = (rz[k] - mean[j] - normal[k] * rDeviation[j]) / deviation[j];
      }
    }
    if (scales < 0) {
      System.arraycopy(rNormal, 0, rz, 0, rows * stride);
      return;
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0, k = i * stride; j < width; j++, k++) {
        rz[k] = theta[scales + j] * rNormal[k] + v[scales + j] * normal[k];
      }
    }
    addShift(rz, v, rows);
  }

  /**
   * R(∂f/∂y) to R(∂f/∂z) in place.
   *
   * @param sums the derivatives of the gradients of γ and β are added to
   */
  void tangentBackward(double[] rd, double[] theta, double[] v, double[] sums, int rows) {
    double[] dx = deltaNormal;
    System.arraycopy(deltaY, 0, dx, 0, rows * stride);
    if (scales >= 0) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0, k = i * stride; j < width; j++, k++) {
          sums[scales + j] += rd[k] * normal[k] + deltaY[k] * rNormal[k];
        }
      }
      addShiftSums(rd, sums, rows);
      for (int i = 0; i < rows; i++) {
        for (int j = 0, k = i * stride; j < width; j++, k++) {
          rd[k] = theta[scales + j] * rd[k] + v[scales + j] * deltaY[k];
          dx[k] = theta[scales + j] * deltaY[k];
        }
      }
    }
    double[] meanR = new double[width];
    double[] meanRx = new double[width];
    double[] meanD = new double[width];
    double[] meanXr = new double[width];
    columnMeans(rd, null, meanR, rows);
    columnMeans(rd, normal, meanRx, rows);
    columnMeans(dx, null, meanD, rows);
    columnMeans(dx, rNormal, meanXr, rows);
    for (int i = 0; i < rows; i++) {
      for (int j = 0, k = i * stride; j < width; j++, k++) {
        double dz = (dx[k] - meanD[j] - normal[k] * slant[j]) / deviation[j];
        rd[k] =
            (rd[k]
                    - meanR[j]
                    - rNormal[k] * slant[j]
                    - normal[k] * (meanRx[j] + meanXr[j])
                    - rDeviation[j] * dz)
                / deviation[j];
      }
    }
  }

  /** Means over the rows of m, or of m ⊙ by. */
  private void columnMeans(double[] m, double[] by, double[] mean, int rows) {
    Arrays.fill(mean, 0);
    for (int i = 0; i < rows; i++) {
      if (by == null) {
        for (int j = 0, k = i * stride; j < width; j++, k++) {
          mean[j] += m[k];
        }
      } else {
        for (int j = 0, k = i * stride; j < width; j++, k++) {
          mean[j] += m[k] * by[k];
        }
      }
    }
    for (int j = 0; j < width; j++) {
      mean[j] /= rows;
    }
  }

  private void multiplyColumns(double[] m, double[] by, int offset, int rows) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0, k = i * stride; j < width; j++, k++) {
        m[k] *= by[offset + j];
      }
    }
  }

  private void addShift(double[] m, double[] vector, int rows) {
    if (biases >= 0) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0, k = i * stride; j < width; j++, k++) {
          m[k] += vector[biases + j];
        }
      }
    }
  }

  private void addShiftSums(double[] m, double[] sums, int rows) {
    if (biases >= 0) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0, k = i * stride; j < width; j++, k++) {
          sums[biases + j] += m[k];
        }
      }
    }
  }
}

package org.saddlemap.arithmetic;

import static org.nd4j.linalg.ops.transforms.Transforms.abs;
import static org.nd4j.linalg.ops.transforms.Transforms.atanh;
import static org.nd4j.linalg.ops.transforms.Transforms.cosh;
import static org.nd4j.linalg.ops.transforms.Transforms.exp;
import static org.nd4j.linalg.ops.transforms.Transforms.leakyRelu;
import static org.nd4j.linalg.ops.transforms.Transforms.max;
import static org.nd4j.linalg.ops.transforms.Transforms.min;
import static org.nd4j.linalg.ops.transforms.Transforms.relu;
import static org.nd4j.linalg.ops.transforms.Transforms.sigmoid;
import static org.nd4j.linalg.ops.transforms.Transforms.sinh;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.clip.ClipByValue;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erfc;
import org.nd4j.linalg.factory.Nd4j;
import org.saddlemap.space.Activation;

/**
 * Activations and their slopes in ND4J's operations. Some of its own are not used: {@code tanh},
 * {@code expm1}, {@code log1p} and {@code elu} lose all digits of small numbers (tanh 10⁻⁵ is off
 * by a thousandth), where networks whose signals vanish live; {@code gelu} is an approximation;
 * {@code softPlus} overflows; {@code relu6} makes a number of NaN. What they are is written in
 * those that are exact: sinh, cosh, exp, atanh, erfc.
 */
final class Nd4jActivations {
  /** tanh is ±1 beyond it, in float32. */
  private static final double TANH_FAR = 20;

  /** The normal density is 0 beyond it. */
  private static final double NORMAL_FAR = 14;

  /** e^−x is 0 beyond it, and e^x infinite. */
  private static final double EXP_FAR = 89;

  private static final double ROOT_HALF = Math.sqrt(0.5);
  private static final double INV_SQRT_TWO_PI = 0.3989422804014327;

  private Nd4jActivations() {}

  /** φ(x). */
  static INDArray value(Activation f, INDArray x) {
    return switch (f) {
      case IDENTITY -> x;
      case TANH -> tanh(x);
      case SIGMOID -> sigmoid(x, true);
      case RELU -> relu(x, true);
      case LEAKY_RELU -> leakyRelu(x, Activation.LEAKY_SLOPE, true);
      case GELU -> clip(x, -NORMAL_FAR, Double.MAX_VALUE).muli(normal(clip(x, NORMAL_FAR)));
      case SOFTPLUS -> max(x, 0, true).addi(log1p(exp(abs(x, true).negi(), false)));
      case ELU -> relu(x, true).addi(expm1(x));
      case SELU ->
          relu(x, true).muli(Activation.SELU_SCALE).addi(expm1(x).muli(Activation.SELU_DEPTH));
      case SILU -> clip(x, -EXP_FAR, Double.MAX_VALUE).muli(sigmoid(x, true));
      case SOFTSIGN -> softsign(clip(x, 0x1p30));
      case RELU6 -> clip(x, 0, f.most());
      case EXPONENTIAL -> exp(x, true);
    };
  }

  /** φ′(x), by a = φ(x) where it follows from that; at kinks the smaller one-sided slope. */
  static INDArray slope(Activation f, INDArray x, INDArray a) {
    return switch (f) {
      case IDENTITY -> Nd4j.onesLike(x);
      case TANH -> a.mul(a).rsubi(1);
      case SIGMOID -> a.rsub(1).muli(a);
      case RELU -> where(a.gt(0));
      case LEAKY_RELU -> max(where(a.gt(0)), Activation.LEAKY_SLOPE, false);
      case GELU -> {
        INDArray z = clip(x, NORMAL_FAR);
        yield normal(z).addi(exp(z.mul(z).muli(-0.5), false).muli(z).muli(INV_SQRT_TWO_PI));
      }
      case SOFTPLUS -> sigmoid(x, true);
      case ELU -> min(a, 0, true).addi(1);
      case SELU -> {
        INDArray below = min(a, 0, true).addi(Activation.SELU_DEPTH);
        INDArray on = where(a.gt(0));
        yield on.mul(Activation.SELU_SCALE).addi(on.rsub(1).muli(below));
      }
      case SILU -> {
        INDArray z = clip(x, EXP_FAR);
        yield sigmoid(z.neg(), false).muli(z).addi(1).muli(sigmoid(z, true));
      }
      case SOFTSIGN -> {
        INDArray r = abs(a, true).rsubi(1);
        yield r.muli(r);
      }
      case RELU6 -> where(a.gt(0)).muli(where(a.lt(f.most())));
      case EXPONENTIAL -> a;
    };
  }

  /** sinh x / cosh x. */
  private static INDArray tanh(INDArray x) {
    INDArray z = clip(x, TANH_FAR);
    return sinh(z, true).divi(cosh(z, true));
  }

  /** e^x − 1 = 2 sinh(x/2) e^(x/2), for the part of x below 0. */
  private static INDArray expm1(INDArray x) {
    INDArray half = clip(x, -EXP_FAR, 0).muli(0.5);
    return sinh(half, true).muli(exp(half, true)).muli(2);
  }

  /** log(1 + t) = 2 artanh(t/(2 + t)), for t from 0 on. */
  static INDArray log1p(INDArray t) {
    return atanh(t.div(t.add(2)), false).muli(2);
  }

  /** The normal distribution function: ½ erfc(−x/√2), which keeps its digits where it is small. */
  private static INDArray normal(INDArray x) {
    INDArray z = x.mul(-ROOT_HALF);
    return Nd4j.exec(new Erfc(z, z)).muli(0.5);
  }

  private static INDArray softsign(INDArray x) {
    return x.div(abs(x, true).addi(1));
  }

  /** 1 where that is so, else 0. */
  private static INDArray where(INDArray is) {
    return is.castTo(DataType.FLOAT);
  }

  private static INDArray clip(INDArray x, double far) {
    return clip(x, -far, far);
  }

  /** Into [least, most]; unlike minimum and maximum it leaves NaN as it is. */
  static INDArray clip(INDArray x, double least, double most) {
    return Nd4j.exec(new ClipByValue(x, least, most))[0];
  }
}

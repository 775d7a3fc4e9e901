package org.saddlemap.arithmetic;

import static org.nd4j.linalg.ops.transforms.Transforms.abs;
import static org.nd4j.linalg.ops.transforms.Transforms.exp;
import static org.nd4j.linalg.ops.transforms.Transforms.max;
import static org.nd4j.linalg.ops.transforms.Transforms.sigmoid;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Losses of outputs, summed over the rows, with their derivatives by the outputs; in float64, so
 * that losses are exact however small they are.
 *
 * @param sum over the rows
 * @param slope derivatives of the sum, of the outputs' shape
 */
record Nd4jLosses(double sum, INDArray slope) {
  /** ½ Σ (y − t)². */
  static Nd4jLosses squares(INDArray y, INDArray targets) {
    INDArray error = y.sub(targets);
    double norm = Nd4jVector.norm(error);
    return new Nd4jLosses(norm * norm / 2, error);
  }

  /**
   * −log softmax of each row's own class. With d the outputs less the row's own, and m = max d ≥ 0:
   * m + log(1 + t), where 1 + t = Σ e^(d − m), and t is summed without the own class's 1 where that
   * is the largest.
   *
   * @param own one-hot, a row for each of the outputs'
   */
  static Nd4jLosses crossEntropy(INDArray y, INDArray own) {
    INDArray z = y.castTo(DataType.DOUBLE);
    INDArray d = z.sub(z.mul(own).sum(true, 1));
    INDArray m = d.max(true, 1);
    INDArray others = exp(d.sub(m), false).muli(own.rsub(1));
    INDArray sum = others.sum(true, 1);
    INDArray t = sum.add(exp(m.neg(), false).subi(1));
    double loss = m.add(Nd4jActivations.log1p(t)).sumNumber().doubleValue();
    return new Nd4jLosses(loss, others.sub(own.mul(sum)).divi(t.add(1)));
  }

  /** max(z, 0) − z·label + log(1 + e^−|z|); the slope is σ(z) − label. */
  static Nd4jLosses binaryCrossEntropy(INDArray y, INDArray labels) {
    INDArray z = y.castTo(DataType.DOUBLE);
    INDArray far = Nd4jActivations.log1p(exp(abs(z, true).negi(), false));
    double loss = far.add(max(z, 0, true)).sub(z.mul(labels)).sumNumber().doubleValue();
    return new Nd4jLosses(loss, sigmoid(z, true).sub(labels));
  }

  /** A row for each label, 1 in its column. */
  static INDArray oneHot(int[] labels, INDArray identity) {
    return Nd4j.pullRows(identity, 1, labels, 'c');
  }
}

package org.saddlemap.arithmetic;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A matrix as an array [capacity, columns], of which the rows in hand are a view. */
final class Nd4jMatrix extends Matrix {
  private final INDArray whole;
  private final Nd4jScratch scratch;
  private INDArray view;

  Nd4jMatrix(Batch batch, int columns, boolean ones, INDArray whole, Nd4jScratch scratch) {
    super(batch, columns, ones);
    this.whole = whole;
    this.scratch = scratch;
    this.view = whole;
  }

  /** The rows in hand. */
  @SuppressWarnings("try") // a scope
  INDArray array() {
    if (view.size(0) != rows()) {
      try (MemoryWorkspace out = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        view = rows() == whole.size(0) ? whole : whole.get(interval(0, rows()), all());
      }
    }
    return view;
  }

  @Override
  public void get(double[] target) {
    scratch.run(
        () -> {
          double[] values = array().castTo(DataType.DOUBLE).ravel().toDoubleVector();
          System.arraycopy(values, 0, target, 0, values.length);
        });
  }
}

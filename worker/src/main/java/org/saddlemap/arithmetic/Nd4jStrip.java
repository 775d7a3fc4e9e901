package org.saddlemap.arithmetic;

import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Numbers of their own, or a view of a vector. */
final class Nd4jStrip extends Strip {
  private final INDArray all;
  private INDArray view;

  Nd4jStrip(INDArray all) {
    this.all = all;
    this.view = all;
  }

  /** A row [1, n], which broadcasts down the rows of a matrix. */
  INDArray row(int n) {
    return shaped(1, n);
  }

  /** A column [n, 1], which broadcasts across the columns of a matrix. */
  INDArray column(int n) {
    return shaped(n, 1);
  }

  @SuppressWarnings("try") // a scope
  private INDArray shaped(int rows, int columns) {
    if (view.rank() != 2 || view.size(0) != rows || view.size(1) != columns) {
      try (MemoryWorkspace out = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        view = all.get(interval(0, (long) rows * columns)).reshape(rows, columns);
      }
    }
    return view;
  }
}

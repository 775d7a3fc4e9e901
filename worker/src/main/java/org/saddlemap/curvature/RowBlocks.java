package org.saddlemap.curvature;

import java.util.ArrayList;
import java.util.List;
import org.saddlemap.arithmetic.Float64;
import org.saddlemap.arithmetic.Sizing;
import org.saddlemap.layer.Planner;
import org.saddlemap.network.Network;
import org.saddlemap.network.Stage;
import org.saddlemap.network.Workspace;

/**
 * The rows of a surface in blocks that fit the processor's cache, or in one where rows have
 * influence on each other. What passes leave in a block stays there, unless only one is kept, which
 * takes the rows in turn.
 */
final class RowBlocks implements AutoCloseable {
  /** Beyond it nothing is kept from call to call. */
  static final long CACHE_BYTES = 512L << 20;

  /** What a block's products go through twice shall fit a core's second-level cache. */
  private static final int BLOCK_BYTES = 1 << 20;

  /** Fewer rows waste the products' start, and more are of no use to them. */
  private static final int MIN_ROWS = 64;

  private static final int MAX_ROWS = 512;

  /** The point, and vectors that callers have beside it. */
  private static final int CALLERS_VECTORS = 4;

  private final double[] inputs;
  private final int rows;
  private final Cut cut;
  private final Float64 arithmetic;
  private final RowBlock.Shared shared;
  private final List<RowBlock> blocks = new ArrayList<>();

  /** What is done with a block whose rows are loaded. */
  interface Visitor {
    /**
     * @param first whether it is the first of all
     */
    void visit(RowBlock block, boolean first);
  }

  /**
   * How rows are cut.
   *
   * @param rows of each but the last
   * @param kept blocks whose caches stay: all or one
   */
  record Cut(int rows, int count, int kept) {
    /**
     * @param rowsPerBlock 0 for as many as the cache holds
     * @param cacheBytes beyond which nothing is kept
     */
    static Cut of(Network net, int all, int rowsPerBlock, long cacheBytes) {
      int rows =
          net.couplesRows()
              ? all
              : Math.min(all, rowsPerBlock > 0 ? rowsPerBlock : rowsThatFit(net));
      int count = (all + rows - 1) / rows;
      Cut everything = new Cut(rows, count, count);
      return count == 1 || everything.bytes(net) <= cacheBytes
          ? everything
          : new Cut(rows, count, 1);
    }

    /** Predicted memory of a surface that is cut so, in bytes. */
    long bytes(Network net) {
      return sizing(net).bytes() + Double.BYTES * CALLERS_VECTORS * (long) net.parameters();
    }

    private Sizing sizing(Network net) {
      Sizing sizing = Sizing.float64();
      RowBlock.Shared shared = RowBlock.Shared.of(sizing, rows, net.parameters());
      for (int b = 0; b < kept; b++) {
        Workspace.plan(net, sizing, shared.batch(), Planner.Purpose.EXAMINE, shared.plan());
      }
      return sizing;
    }

    private static int rowsThatFit(Network net) {
      long perRow = 0; // what a Hessian-vector product goes through twice
      for (Stage s : net.stages()) {
        boolean ones = s.number() + 1 < net.layers() && net.stage(s.number() + 1).dense().bias();
        perRow += 2L * Double.BYTES * (s.out() + (ones ? 1 : 0));
      }
      return (int) Math.max(MIN_ROWS, Math.min(MAX_ROWS, BLOCK_BYTES / perRow));
    }
  }

  RowBlocks(Network net, Objective objective, double[] inputs, int rows, Cut cut) {
    this.inputs = inputs;
    this.rows = rows;
    this.cut = cut;
    this.arithmetic = new Float64(cut.sizing(net));
    this.shared = RowBlock.Shared.of(arithmetic, cut.rows(), net.parameters());
    for (int b = 0; b < cut.kept(); b++) {
      blocks.add(new RowBlock(net, arithmetic, objective, shared));
    }
    reload();
  }

  RowBlock.Shared shared() {
    return shared;
  }

  /** Whether all blocks keep what their passes left. */
  boolean kept() {
    return cut.kept() == cut.count();
  }

  /** Takes the inputs as they are now. */
  void reload() {
    for (int b = 0; b < cut.count() && kept(); b++) {
      load(blocks.get(b), b);
    }
  }

  /** Goes through all rows, from the first. */
  void each(Visitor visitor) {
    for (int b = 0; b < cut.count(); b++) {
      RowBlock block = blocks.get(kept() ? b : 0);
      if (!kept()) {
        load(block, b);
      }
      visitor.visit(block, b == 0);
    }
  }

  /** The same with δ of all layers in each, computed anew where it is not kept. */
  void eachWithSlopes(Visitor visitor) {
    each(
        (block, first) -> {
          if (!kept()) {
            block.forward();
            block.backward();
          }
          visitor.visit(block, first);
        });
  }

  private void load(RowBlock block, int number) {
    int from = number * cut.rows();
    block.load(inputs, from, Math.min(cut.rows(), rows - from));
  }

  /** Frees native memory. */
  @Override
  public void close() {
    arithmetic.close();
  }
}

package org.saddlemap.layer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.saddlemap.arithmetic.Batch;
import org.saddlemap.arithmetic.Kept;
import org.saddlemap.arithmetic.Matrix;
import org.saddlemap.arithmetic.Memory;
import org.saddlemap.arithmetic.Side;
import org.saddlemap.arithmetic.Strip;
import org.saddlemap.space.Activation;

/**
 * Gives the frames of a network their matrices: the only place that thinks about what may lie where
 * something else lay. In evaluation outputs go as soon as the next layer has read them; in training
 * δ do; the examination keeps both, and shares among its blocks of rows what its tangents need.
 */
public final class Planner {
  private final Memory memory;
  private final Batch batch;
  private final Purpose purpose;
  private final Shared shared;

  /** What may neither be overwritten nor used again. */
  private final Set<Matrix> held = Collections.newSetFromMap(new IdentityHashMap<>());

  /** The data, which nothing is differentiated by. */
  private Matrix input;

  private int nextTangent;

  /** What a network's memory is for. */
  public enum Purpose {
    /** Forward passes alone. */
    PREDICT(0),
    /** Gradients. */
    TRAIN(1),
    /** Gradients, and products with the Hessian. */
    EXAMINE(2);

    /** Of the highest derivative that it takes. */
    private final int order;

    Purpose(int order) {
      this.order = order;
    }
  }

  /** What planners of one network in one memory share, as their blocks take turns. */
  public static final class Shared {
    private record Shape(int columns, boolean ones, Side side) {}

    private final Map<Shape, Deque<Matrix>> free = new HashMap<>();
    private final IdentityHashMap<Matrix, Shape> shapes = new IdentityHashMap<>();
    private final List<Matrix> tangents = new ArrayList<>();
  }

  public Planner(Memory memory, Batch batch, Purpose purpose, Shared shared) {
    this.memory = memory;
    this.batch = batch;
    this.purpose = purpose;
    this.shared = shared;
  }

  /** Fills the frame of a whole network, whose layer has to stand on data. */
  public void plan(Frame f) {
    Layer net = f.layer;
    if (!net.needs().weights()) {
      throw new IllegalArgumentException("Invalid network: its first layer has no weights");
    }
    f.x = memory.data(batch, net.inputs(), net.ones(false));
    held.add(f.x);
    net.planForward(this, f, false, Side.LOOPS);
    if (purpose == Purpose.PREDICT) {
      return;
    }
    input = f.x;
    f.dy = delta(f.y, net.deltaSide(Side.PRODUCTS));
    net.planBackward(this, f, Side.PRODUCTS);
    if (purpose == Purpose.TRAIN) {
      return;
    }
    net.planTangent(this, f, Side.LOOPS);
    f.tdy = tangentDelta(f.y);
    net.planTangentBackward(this, f, Side.PRODUCTS);
  }

  /** Most rows of a batch. */
  int capacity() {
    return batch.capacity();
  }

  /** y of a layer without others within. */
  void forward(Layer layer, Frame f, boolean ones, Side side) {
    Needs needs = layer.needs();
    boolean inPlace = needs.inPlace() && !held.contains(f.x);
    f.y = inPlace ? f.x : output(layer.outputs(), ones, side);
    if (needs.keepsOutput() && purpose != Purpose.PREDICT) {
      held.add(f.y);
    }
    if (f.y != f.x) {
      passed(f.x);
    }
  }

  /** y of a sum of x and what a branch gave. */
  void sum(Frame f, boolean ones, Side side, Matrix branch) {
    f.y = output(f.layer.outputs(), ones, side);
    passed(branch);
    passed(f.x);
  }

  private Matrix output(int columns, boolean ones, Side side) {
    return purpose == Purpose.PREDICT
        ? take(columns, ones, side)
        : memory.matrix(batch, columns, ones, side);
  }

  /** An output that has been read by all that read it on the way forward. */
  private void passed(Matrix m) {
    if (purpose == Purpose.PREDICT) {
      free(m);
    }
  }

  /** δx of a layer without others within. */
  void backward(Layer layer, Frame f, Side side) {
    Needs needs = layer.needs();
    boolean kept = purpose == Purpose.EXAMINE;
    if (f.x == input) {
      f.dx = null;
    } else {
      boolean inPlace = !needs.weights() && !(kept && needs.keepsDelta()) && !held.contains(f.dy);
      f.dx = inPlace ? f.dy : delta(f.x, side);
    }
    if (kept && needs.keepsBack()) {
      held.add(f.dx);
    }
    if (f.dx != f.dy && !kept) {
      free(f.dy);
    }
  }

  /** δx of a sum. */
  void sumBack(Frame f, Side side, Matrix branch) {
    if (purpose == Purpose.EXAMINE) {
      f.dx = delta(f.x, side);
    } else {
      f.dx = branch;
      free(f.dy);
    }
  }

  /** A matrix for ∂f/∂ another one. */
  Matrix delta(Matrix of, Side side) {
    return purpose == Purpose.EXAMINE
        ? memory.derivatives(batch, of.columns(), of.ones(), side)
        : take(of.columns(), of.ones(), side);
  }

  /** Ry of any layer. */
  void tangent(Layer layer, Frame f, Side side) {
    if (nextTangent == shared.tangents.size()) {
      shared.tangents.add(memory.derivatives(batch, layer.outputs(), f.y.ones(), side));
    }
    f.ty = shared.tangents.get(nextTangent++);
  }

  /** Rδx of a layer without others within. */
  void tangentBackward(Layer layer, Frame f, Side side) {
    if (f.dx == null) {
      f.tdx = null;
    } else {
      boolean inPlace = !layer.needs().weights() && !held.contains(f.tdy);
      f.tdx = inPlace ? f.tdy : tangentDelta(f.x);
    }
    if (f.tdx != f.tdy) {
      free(f.tdy);
    }
  }

  /** A matrix for R∂f/∂ another one. */
  Matrix tangentDelta(Matrix of) {
    return take(of.columns(), of.ones(), Side.PRODUCTS);
  }

  /** Keeps a matrix from being overwritten; whether it was not kept before. */
  boolean hold(Matrix m) {
    return held.add(m);
  }

  /** Ends that, where it was ours to end. */
  void release(Matrix m, boolean mine) {
    if (mine) {
      held.remove(m);
    }
  }

  /** Outputs where these alone are asked for, else derivatives. */
  private Matrix take(int columns, boolean ones, Side side) {
    Shared.Shape shape = new Shared.Shape(columns, ones, side);
    Deque<Matrix> free = shared.free.get(shape);
    if (free != null && !free.isEmpty()) {
      return free.pop();
    }
    Matrix m =
        purpose == Purpose.PREDICT
            ? memory.matrix(batch, columns, ones, side)
            : memory.derivatives(batch, columns, ones, side);
    shared.shapes.put(m, shape);
    return m;
  }

  /** Gives back what may be used again, unless it is held. */
  void free(Matrix m) {
    Shared.Shape shape = shared.shapes.get(m);
    if (shape != null && !held.contains(m)) {
      shared.free.computeIfAbsent(shape, s -> new ArrayDeque<>()).push(m);
    }
  }

  /** What an activation's passes need beside its matrices. */
  Kept kept(Activation f, int columns, boolean ones) {
    return memory.kept(f, batch, columns, ones, purpose.order);
  }

  Strip[] strips(int count, int length) {
    Strip[] strips = new Strip[count];
    for (int i = 0; i < count; i++) {
      strips[i] = memory.strip(length);
    }
    return strips;
  }

  /** Whether passes are those of training. */
  boolean training() {
    return purpose == Purpose.TRAIN;
  }

  /** A matrix of a layer's own. */
  Matrix own(int columns, boolean ones) {
    return memory.matrix(batch, columns, ones, Side.LOOPS);
  }
}

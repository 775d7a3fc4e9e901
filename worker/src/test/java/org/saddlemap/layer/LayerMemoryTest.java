package org.saddlemap.layer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.arithmetic.Matrix;
import org.saddlemap.arithmetic.SecondOrder;
import org.saddlemap.arithmetic.Sizing;
import org.saddlemap.arithmetic.Taken;
import org.saddlemap.layer.Planner.Purpose;

/** What layers take of memory, for every one of {@link Samples}: as predicted, and then nothing. */
class LayerMemoryTest {
  private static final int ROWS = 7;
  private static final long SEED = 20_260_722;
  private static final int PASSES = 20;

  /** The machine itself allocates now and then, and in the first passes; a pass does in all. */
  private static final int ROUNDS = 5;

  private static final int MANY_ROWS = 1024;

  /** Handles and frames, in bytes. */
  private static final int OBJECTS = 1 << 16;

  /** What {@link org.saddlemap.arithmetic.Float32} may transpose, and a line. */
  private static final int LARGEST_WEIGHTS = 7 * 7 + 16;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static List<Layer> all() {
    return Samples.all();
  }

  static List<Layer> certain() {
    return Samples.certain();
  }

  @ParameterizedTest
  @MethodSource("all")
  void aStepAllocatesNothing(Layer layer) {
    try (Driven d = Driven.float32(layer, ROWS, Purpose.TRAIN)) {
      d.frame.pass.gradients = true;
      start(d);
      assertNothing(
          () -> {
            d.layer.forward(d.k, d.frame);
            d.layer.backward(d.k, d.frame);
          },
          "forward and backward in float32",
          layer);
    }
  }

  @ParameterizedTest
  @MethodSource("certain")
  void aPredictionAllocatesNothing(Layer layer) {
    try (Driven d = Driven.float32(layer, ROWS, Purpose.PREDICT)) {
      start(d);
      assertNothing(() -> d.layer.forward(d.k, d.frame), "PREDICT's forward in float32", layer);
    }
  }

  @ParameterizedTest
  @MethodSource("certain")
  void aProductWithTheHessianAllocatesNothing(Layer layer) {
    try (Driven d = Driven.float64(layer, ROWS, Purpose.EXAMINE)) {
      start(d);
      SecondOrder k = (SecondOrder) d.k;
      assertNothing(
          () -> {
            d.layer.forward(k, d.frame);
            d.layer.backward(k, d.frame);
            d.layer.gradient(k, d.frame);
            d.layer.tangent(k, d.frame);
            d.layer.tangentBackward(k, d.frame);
          },
          "all passes in float64",
          layer);
    }
  }

  private static void start(Driven d) {
    Point p = Point.of(d.layer, ROWS, SEED);
    d.forward(p.x(), p.theta());
  }

  private static void assertNothing(Runnable passes, String what, Layer layer) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least > 0; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < PASSES; i++) {
        passes.run();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).as("bytes allocated by %d of %s; %s", PASSES, what, layer).isZero();
  }

  /** To the last byte off the heap, whatever the passes lend. */
  @ParameterizedTest
  @MethodSource("certain")
  void anExaminationTakesWhatIsPredicted(Layer layer) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try (Driven d = Driven.float64(layer, MANY_ROWS, Purpose.EXAMINE)) {
      SecondOrder k = (SecondOrder) d.k;
      d.layer.forward(k, d.frame);
      d.layer.backward(k, d.frame);
      d.layer.gradient(k, d.frame);
      d.layer.tangent(k, d.frame);
      d.layer.tangentBackward(k, d.frame);
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      Sizing sizing = Sizing.float64();
      Driven.count(layer, MANY_ROWS, Purpose.EXAMINE, sizing);
      Set<Matrix> matrices = Frames.matrices(d.frame);
      long predicted = Taken.natives(sizing);
      assertThat(Taken.doubles(k))
          .as("doubles off the heap; %s", layer)
          .isIn(predicted, predicted - Taken.lent(matrices));
      long heap = Taken.heap(sizing, Double.BYTES) + Taken.filled(matrices);
      assertThat(allocated)
          .as("bytes on the heap; %s", layer)
          .isLessThan(Double.BYTES * heap + OBJECTS);
    }
  }

  /** But for the transposed weights, and for what activations compute in: a matrix or two. */
  @ParameterizedTest
  @MethodSource("all")
  void trainingTakesWhatIsPredicted(Layer layer) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try (Driven d = Driven.float32(layer, MANY_ROWS, Purpose.TRAIN)) {
      d.frame.pass.gradients = true;
      d.layer.forward(d.k, d.frame);
      d.layer.backward(d.k, d.frame);
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      Sizing sizing = Sizing.float32();
      Driven.count(layer, MANY_ROWS, Purpose.TRAIN, sizing);
      Set<Matrix> matrices = Frames.matrices(d.frame);
      long predicted = Taken.natives(sizing);
      assertThat(Taken.floats(d.natives32()))
          .as("floats off the heap; %s", layer)
          .isBetween(predicted, predicted + LARGEST_WEIGHTS + Taken.rounding(matrices, 4));
      long heap = Taken.heap(sizing, Float.BYTES) + 2 * Taken.largest(matrices);
      assertThat(allocated)
          .as("bytes on the heap; %s", layer)
          .isLessThan(Float.BYTES * heap + OBJECTS);
    }
  }
}

package org.saddlemap.bench.peer;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.saddlemap.bench.Peer;
import org.saddlemap.bench.Workload;
import org.saddlemap.arithmetic.BlasRuntime;

/**
 * The floor: the matrix products of a training step and nothing else, by cblas_sgemm on memory laid
 * out once. Forward A·W, backward Aᵀ·D for the weights and, above the first layer, D·Wᵀ for the
 * layer below. A step that does its products the same way cannot be faster.
 */
public final class FloorPeer implements Peer {
  private final Workload work;
  private final FloatPointer[] activations;
  private final FloatPointer[] errors;
  private final FloatPointer[] weights;
  private final FloatPointer[] gradients;

  private FloorPeer(Workload work) {
    this.work = work;
    int layers = work.layers();
    activations = new FloatPointer[layers + 1];
    errors = new FloatPointer[layers + 1];
    weights = new FloatPointer[layers];
    gradients = new FloatPointer[layers];
    Random random = new Random(1);
    for (int l = 0; l <= layers; l++) {
      int width = l == layers ? work.classes() : work.fanIn(l);
      activations[l] = filled(work.batch() * width, random);
      errors[l] = filled(work.batch() * width, random);
      if (l < layers) {
        weights[l] = new FloatPointer(work.part(work.weights(l), width * work.fanOut(l)));
        gradients[l] = filled(width * work.fanOut(l), random);
      }
    }
  }

  private static FloatPointer filled(int length, Random random) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new FloatPointer(values);
  }

  @Override
  public String about() {
    return "cblas_sgemm of %s, 1 thread".formatted(BlasRuntime.start().text());
  }

  @Override
  public void train() {
    int b = work.batch();
    int layers = work.layers();
    for (int step = 0; step < work.steps(); step++) {
      for (int l = 0; l < layers; l++) {
        int in = work.fanIn(l);
        int out = work.fanOut(l);
        cblas_sgemm(
            CblasRowMajor,
            CblasNoTrans,
            CblasNoTrans,
            b,
            out,
            in,
            1,
            activations[l],
            in,
            weights[l],
            out,
            0,
            activations[l + 1],
            out);
      }
      for (int l = layers - 1; l >= 0; l--) {
        int in = work.fanIn(l);
        int out = work.fanOut(l);
        cblas_sgemm(
            CblasRowMajor,
            CblasTrans,
            CblasNoTrans,
            in,
            out,
            b,
            1,
            activations[l],
            in,
            errors[l + 1],
            out,
            0,
            gradients[l],
            out);
        if (l > 0) {
          cblas_sgemm(
              CblasRowMajor,
              CblasNoTrans,
              CblasTrans,
              b,
              in,
              out,
              1,
              errors[l + 1],
              out,
              weights[l],
              out,
              0,
              errors[l],
              in);
        }
      }
    }
  }

  /** Nothing is trained. */
  @Override
  public double loss() {
    return Double.NaN;
  }

  public static void main(String[] args) throws IOException {
    Workload work = Workload.read(Path.of(args[0]));
    Peer.serve(new FloorPeer(work), work);
  }
}

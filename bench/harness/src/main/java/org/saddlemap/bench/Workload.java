package org.saddlemap.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * One training run, the same for every peer: a network of tanh layers and softmax with cross
 * entropy, its data, initial weights and batch order, under plain SGD with clipping by the global
 * norm.
 *
 * <p>The file is little-endian: depth, width, batch, inputs, classes, rows, steps as int32; rate
 * and clip as float32; then the arrays in the order of the components.
 *
 * @param depth hidden layers
 * @param rate learning rate
 * @param clip largest norm of a gradient
 * @param features rows × inputs, row-major
 * @param labels a class from 0 for each row
 * @param theta for each layer W [in][out] row-major, then b
 * @param order steps × batch row numbers
 */
@SuppressWarnings("ArrayRecordComponent") // large arrays, never compared
public record Workload(
    int depth,
    int width,
    int batch,
    int inputs,
    int classes,
    int rows,
    int steps,
    float rate,
    float clip,
    float[] features,
    int[] labels,
    float[] theta,
    int[] order) {

  /** Layers with weights. */
  public int layers() {
    return depth + 1;
  }

  public int fanIn(int layer) {
    return layer == 0 ? inputs : width;
  }

  public int fanOut(int layer) {
    return layer == depth ? classes : width;
  }

  /** Where the layer's W starts in θ. */
  public int weights(int layer) {
    int offset = 0;
    for (int l = 0; l < layer; l++) {
      offset += (fanIn(l) + 1) * fanOut(l);
    }
    return offset;
  }

  /** Where the layer's b starts in θ. */
  public int biases(int layer) {
    return weights(layer) + fanIn(layer) * fanOut(layer);
  }

  /** A part of θ. */
  public float[] part(int from, int length) {
    float[] part = new float[length];
    System.arraycopy(theta, from, part, 0, length);
    return part;
  }

  /**
   * Classes as Gaussian clouds around random centres, close enough to overlap, and Xavier uniform
   * weights with biases 0.
   */
  public static Workload generate(
      int depth, int width, int batch, int inputs, int rows, int steps, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    int classes = 10;
    double spread = 4 / Math.sqrt(inputs);
    double[] centres = random.doubles(classes * (long) inputs, -spread, spread).toArray();
    float[] features = new float[rows * inputs];
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = i % classes;
      for (int j = 0; j < inputs; j++) {
        features[i * inputs + j] =
            (float) (centres[labels[i] * inputs + j] + random.nextGaussian());
      }
    }
    Workload empty =
        new Workload(
            depth, width, batch, inputs, classes, rows, steps, 0.1f, 1f, features, labels, null,
            null);
    float[] theta = new float[empty.weights(depth + 1)];
    for (int l = 0; l <= depth; l++) {
      double bound = Math.sqrt(6.0 / (empty.fanIn(l) + empty.fanOut(l)));
      for (int i = empty.weights(l); i < empty.biases(l); i++) {
        theta[i] = (float) random.nextDouble(-bound, bound);
      }
    }
    return empty.with(theta, null);
  }

  /** Mean cross entropy over all rows, plainly, for a peer without an evaluation of its own. */
  public double loss(double[] parameters) {
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      double[] a = new double[inputs];
      for (int j = 0; j < inputs; j++) {
        a[j] = features[row * inputs + j];
      }
      for (int l = 0; l < layers(); l++) {
        double[] z = new double[fanOut(l)];
        for (int k = 0; k < z.length; k++) {
          z[k] = parameters[biases(l) + k];
          for (int j = 0; j < a.length; j++) {
            z[k] += a[j] * parameters[weights(l) + j * z.length + k];
          }
          z[k] = l < depth ? Math.tanh(z[k]) : z[k];
        }
        a = z;
      }
      double total = 0;
      for (double logit : a) {
        total += Math.exp(logit);
      }
      sum += Math.log(total) - a[labels[row]];
    }
    return sum / rows;
  }

  public Workload withOrder(int[] newOrder) {
    return with(theta, newOrder);
  }

  private Workload with(float[] newTheta, int[] newOrder) {
    return new Workload(
        depth, width, batch, inputs, classes, rows, steps, rate, clip, features, labels, newTheta,
        newOrder);
  }

  public void write(Path file) throws IOException {
    int words = 9 + features.length + labels.length + theta.length + order.length;
    ByteBuffer buffer = ByteBuffer.allocate(4 * words).order(ByteOrder.LITTLE_ENDIAN);
    for (int v : new int[] {depth, width, batch, inputs, classes, rows, steps}) {
      buffer.putInt(v);
    }
    buffer.putFloat(rate).putFloat(clip);
    for (float v : features) {
      buffer.putFloat(v);
    }
    for (int v : labels) {
      buffer.putInt(v);
    }
    for (float v : theta) {
      buffer.putFloat(v);
    }
    for (int v : order) {
      buffer.putInt(v);
    }
    Files.write(file, buffer.array());
  }

  public static Workload read(Path file) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int[] head = ints(buffer, 7);
    float[] settings = floats(buffer, 2);
    int rows = head[5];
    float[] features = floats(buffer, rows * head[3]);
    int[] labels = ints(buffer, rows);
    Workload shape =
        new Workload(
            head[0],
            head[1],
            head[2],
            head[3],
            head[4],
            rows,
            head[6],
            settings[0],
            settings[1],
            features,
            labels,
            null,
            null);
    float[] theta = floats(buffer, shape.weights(shape.layers()));
    int[] order = ints(buffer, head[6] * head[2]);
    return shape.with(theta, order);
  }

  private static int[] ints(ByteBuffer buffer, int count) {
    int[] values = new int[count];
    buffer.asIntBuffer().get(values);
    buffer.position(buffer.position() + 4 * count);
    return values;
  }

  private static float[] floats(ByteBuffer buffer, int count) {
    float[] values = new float[count];
    buffer.asFloatBuffer().get(values);
    buffer.position(buffer.position() + 4 * count);
    return values;
  }
}

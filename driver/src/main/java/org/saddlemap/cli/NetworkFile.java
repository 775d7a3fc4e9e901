package org.saddlemap.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Network;
import org.saddlemap.network.Stage;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.train.Trajectory;

/**
 * A trained network as a file: NumPy's {@code .npz} by its extension, else the JSON that {@code
 * examine} reads. The same network gives the same bytes.
 */
final class NetworkFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The time of every entry, so that an archive's bytes follow from its content. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private static final int NPY_ALIGNMENT = 64;

  private NetworkFile() {}

  /**
   * @param name of the case
   * @param data as {@code examine} takes them: inputs and targets, or the section {@code data} of a
   *     spec
   */
  static void write(
      Path file, String name, Configuration c, Trajectory trained, Map<String, Object> data)
      throws IOException {
    List<Parameter> parameters = parameters(trained.network());
    byte[] bytes =
        isNumPy(file)
            ? npz(parameters, trained.last())
            : JSON.writeValueAsBytes(json(name, c, trained, parameters, data));
    OutputFile.write(file, bytes);
  }

  static boolean isNumPy(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".npz");
  }

  /** The training part's rows, as they were trained on. */
  static Map<String, Object> data(Dataset data, Loss loss) {
    return Map.of(
        "inputs", rows(data.train().inputs(), data.features()),
        "targets", rows(data.targets(data.train(), loss), data.outputs(loss)));
  }

  /** Widened, since the shortest text of a float is that of another double. */
  private static List<double[]> rows(float[] values, int columns) {
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < values.length; i += columns) {
      double[] row = new double[columns];
      for (int j = 0; j < columns; j++) {
        row[j] = values[i + j];
      }
      rows.add(row);
    }
    return rows;
  }

  /**
   * A part of θ.
   *
   * @param key W, b, gamma or beta
   * @param rows 0 for a vector
   */
  private record Parameter(int layer, String key, int offset, int rows, int columns) {
    int size() {
      return Math.max(1, rows) * columns;
    }
  }

  private static List<Parameter> parameters(Network net) {
    List<Parameter> all = new ArrayList<>();
    for (Stage s : net.stages()) {
      all.add(new Parameter(s.number(), "W", s.from(), s.in(), s.out()));
      boolean biased = s.block("b").isPresent();
      for (Stage.Block strip : s.strips()) {
        String name = strip.parameter().name();
        // A shift that has the bias's place is called by its name.
        String key = name.equals("beta") && !biased ? "b" : name;
        all.add(new Parameter(s.number(), key, strip.from(), 0, s.out()));
      }
    }
    return all;
  }

  private static Map<String, Object> json(
      String name,
      Configuration c,
      Trajectory trained,
      List<Parameter> parameters,
      Map<String, Object> data) {
    Network net = trained.network();
    Map<String, Object> network = new LinkedHashMap<>();
    network.put("sizes", net.sizes());
    List<String> functions = c.activations().stream().map(NetworkFile::word).toList();
    if (!functions.isEmpty()) {
      boolean equal = functions.stream().distinct().count() == 1;
      network.put("activation", equal ? functions.get(0) : functions);
    }
    network.put("output_activation", word(net.output()));
    network.put("loss", word(net.loss()));
    network.put("bias", net.biases(net.layers() - 1).isPresent());
    if (c.normalization().equals(Normalization.BATCH)) {
      network.put("batch_norm", Map.of("affine", true, "epsilon", Normalization.EPSILON));
    } else if (!c.normalization().isNone()) {
      network.put("normalization", c.normalization().text());
    }
    if (!c.residual().isNone()) {
      network.put("residual", c.residual().text());
    }
    network.put("l2", c.l2());
    List<Map<String, Object>> weights = new ArrayList<>();
    for (Parameter p : parameters) {
      if (p.layer() == weights.size()) {
        weights.add(new LinkedHashMap<>());
      }
      weights.get(p.layer()).put(p.key(), values(p, trained.last()));
    }
    Map<String, Object> train = new LinkedHashMap<>();
    train.put("steps", 0);
    train.put("learning_rate", trained.learningRate());
    train.put("batch_size", c.stepSize().text());
    train.put("clipping", c.clipping().text());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", name);
    all.put("network", network);
    all.put("data", data);
    all.put("weights", weights);
    all.put("train", train);
    return all;
  }

  private static Object values(Parameter p, double[] theta) {
    List<Object> rows = new ArrayList<>();
    for (int i = 0; i < Math.max(1, p.rows()); i++) {
      List<Double> row = new ArrayList<>();
      for (int j = 0; j < p.columns(); j++) {
        row.add(theta[p.offset() + i * p.columns() + j]);
      }
      rows.add(row);
    }
    return p.rows() == 0 ? rows.get(0) : rows;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** Nothing is rounded, since training runs in float32. */
  private static byte[] npz(List<Parameter> parameters, double[] theta) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Parameter p : parameters) {
        ZipEntry entry = new ZipEntry(p.key() + p.layer() + ".npy");
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
        writeNpy(zip, p, theta);
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** Version 1.0 of NumPy's format: magic, length of the header, header, values in C order. */
  private static void writeNpy(OutputStream out, Parameter p, double[] theta) throws IOException {
    String shape =
        p.rows() == 0
            ? "(%s,)".formatted(p.columns())
            : "(%s, %s)".formatted(p.rows(), p.columns());
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }".formatted(shape);
    int before = 10; // magic, version and length
    int padded =
        (before + header.length() + 1 + NPY_ALIGNMENT - 1) / NPY_ALIGNMENT * NPY_ALIGNMENT - before;
    header = header + " ".repeat(padded - header.length() - 1) + "\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(before + padded + Float.BYTES * p.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) 1).put((byte) 0).putShort((short) padded);
    bytes.put(header.getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < p.size(); i++) {
      bytes.putFloat((float) theta[p.offset() + i]);
    }
    out.write(bytes.array());
  }
}

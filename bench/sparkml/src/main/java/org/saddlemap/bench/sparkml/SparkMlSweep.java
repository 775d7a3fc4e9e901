package org.saddlemap.bench.sparkml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.LabeledPoint;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What Spark ML can do of the sweep: depth × initializer × learning rate with sigmoid layers and
 * steps over all rows (solver {@code gd}), by {@link CrossValidator} with two folds. It has no
 * mini-batches, no clipping and no other activations. {@code log_loss} over the held-out fold is
 * what it compares by.
 *
 * <p>Arguments: the spec, and K: every K-th point of its grid is run.
 */
public final class SparkMlSweep {
  private static final int FOLDS = 2;
  private static final int CLASSES = 10;

  private SparkMlSweep() {}

  public static void main(String[] args) throws IOException {
    JsonNode spec = new ObjectMapper().readTree(Path.of(args[0]).toFile());
    int every = Integer.parseInt(args[1]);
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 1)
            .getOrCreate()) {
      spark.sparkContext().setLogLevel("ERROR");
      List<LabeledPoint> points = read(Path.of(spec.at("/data/csv").asText()));
      Dataset<Row> rows = spark.createDataFrame(points, LabeledPoint.class).coalesce(1).cache();
      MultilayerPerceptronClassifier classifier =
          new MultilayerPerceptronClassifier()
              .setSolver("gd")
              .setTol(0)
              .setMaxIter(spec.at("/train/max_steps").asInt());
      ParamMap[] grid = grid(spec, classifier, points.get(0).features().size(), every);
      CrossValidator validator =
          new CrossValidator()
              .setEstimator(classifier)
              .setEstimatorParamMaps(grid)
              .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("logLoss"))
              .setNumFolds(FOLDS);
      CrossValidatorModel model = validator.fit(rows);
      double[] best =
          ((MultilayerPerceptronClassificationModel) model.bestModel())
              .summary()
              .objectiveHistory();
      System.out.printf(
          Locale.ROOT,
          "{\"trials\": %d, \"losses\": [%s], \"inside\": \"%d points of its grid, %d folds and the"
              + " best one again; its losses are of held-out folds, the best one's own ended at"
              + " %.4f\"}%n",
          grid.length * FOLDS + 1,
          IntStream.range(0, grid.length)
              .mapToObj(i -> Double.toString(model.avgMetrics()[i]))
              .map(text -> text.equals("NaN") || text.equals("Infinity") ? "null" : text)
              .collect(Collectors.joining(", ")),
          grid.length,
          FOLDS,
          best[best.length - 1]);
    }
  }

  /** Layers and initial weights belong together, so the grid is put together by hand. */
  private static ParamMap[] grid(
      JsonNode spec, MultilayerPerceptronClassifier classifier, int inputs, int every) {
    List<ParamMap> maps = new ArrayList<>();
    int index = 0;
    for (JsonNode depth : spec.at("/grid/depth")) {
      int[] layers = new int[depth.asInt() + 2];
      java.util.Arrays.fill(layers, spec.at("/network/width").asInt());
      layers[0] = inputs;
      layers[layers.length - 1] = CLASSES;
      for (JsonNode initializer : spec.at("/grid/initializer")) {
        Vector weights = weights(layers, initializer.asText());
        for (JsonNode rate : spec.at("/grid/learning_rate")) {
          if (index++ % every == every / 2) {
            maps.add(
                new ParamMap()
                    .put(classifier.layers(), layers)
                    .put(classifier.initialWeights(), weights)
                    .put(classifier.stepSize(), rate.asDouble()));
          }
        }
      }
    }
    return maps.toArray(new ParamMap[0]);
  }

  /** Weights with the initializer's variance; biases 0. Orthogonal matrices stand in as normal. */
  private static Vector weights(int[] layers, String initializer) {
    Random random = new Random(7);
    List<Double> values = new ArrayList<>();
    for (int l = 0; l + 1 < layers.length; l++) {
      double a = layers[l];
      double b = layers[l + 1];
      double deviation =
          switch (initializer) {
            case "zeros" -> 0;
            case "normal(0.01)" -> 0.01;
            case "xavier_uniform" -> Math.sqrt(2 / (a + b));
            case "he_normal" -> Math.sqrt(2 / a);
            case "orthogonal" -> Math.sqrt(1 / Math.max(a, b));
            default -> throw new IllegalArgumentException("Invalid initializer: " + initializer);
          };
      for (int i = 0; i < layers[l] * layers[l + 1]; i++) {
        values.add(deviation * random.nextGaussian());
      }
      for (int i = 0; i < layers[l + 1]; i++) {
        values.add(0.0);
      }
    }
    return Vectors.dense(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** The first four fifths of the rows, standardized. */
  private static List<LabeledPoint> read(Path csv) throws IOException {
    List<double[]> rows = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(csv)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (Character.isDigit(line.charAt(0))) {
          rows.add(
              java.util.Arrays.stream(line.split(",", -1))
                  .mapToDouble(Double::parseDouble)
                  .toArray());
        }
      }
    }
    List<double[]> training = rows.subList(0, rows.size() * 4 / 5);
    int features = training.get(0).length - 1;
    for (int j = 0; j < features; j++) {
      int column = j;
      double mean = training.stream().mapToDouble(r -> r[column]).average().orElse(0);
      double deviation =
          Math.sqrt(
              training.stream()
                  .mapToDouble(r -> Math.pow(r[column] - mean, 2))
                  .average()
                  .orElse(0));
      for (double[] row : training) {
        row[column] = deviation > 0 ? (row[column] - mean) / deviation : 0;
      }
    }
    return training.stream()
        .map(
            r -> new LabeledPoint(r[features], Vectors.dense(java.util.Arrays.copyOf(r, features))))
        .toList();
  }
}

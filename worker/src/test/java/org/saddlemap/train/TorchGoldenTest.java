package org.saddlemap.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Network;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.space.Configuration;
import org.saddlemap.trial.Seeds;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Twenty steps as PyTorch 1.13 takes them in float64: src/test/python/golden_training.py made the
 * numbers.
 */
class TorchGoldenTest {
  @SuppressWarnings("unchecked")
  static Stream<Map<String, Object>> cases() throws IOException {
    try (InputStream in = TorchGoldenTest.class.getResourceAsStream("torch-golden.json")) {
      Object read = new Load(LoadSettings.builder().build()).loadFromInputStream(in);
      return ((List<Map<String, Object>>) read).stream();
    }
  }

  private static double[] numbers(Map<String, Object> golden, String key) {
    return ((List<?>) golden.get(key))
        .stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray();
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void trainsAsPyTorch(Map<String, Object> golden) {
    String text = (String) golden.get("configuration");
    Configuration c = Configuration.parse(text);
    float[] x = floats(numbers(golden, "inputs"));
    float[] values = floats(numbers(golden, "values"));
    double[] labelNumbers = numbers(golden, "labels");
    int[] labels = new int[labelNumbers.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) labelNumbers[i];
    }
    int rows = x.length / 4;
    int classes = labels.length == 0 ? 0 : text.contains("binary") ? 2 : 3;
    Dataset dataset =
        new Dataset(
            4,
            classes,
            values.length / rows,
            new Dataset.Part(rows, x, labels, values),
            new Dataset.Part(0, new float[0], new int[0], new float[0]),
            "",
            "");
    Network architecture = Network.of(c, 4, dataset.outputs(c.loss()));
    BlasRuntime.start();
    Trajectory run;
    try (NativeFloats memory = new NativeFloats()) {
      run =
          Trainer.train(
              new TrainingTask(
                  architecture,
                  c,
                  dataset,
                  ((Number) golden.get("rate")).doubleValue(),
                  numbers(golden, "initial"),
                  new Seeds(1, 0)),
              Interruption.NEVER,
              memory);
    }
    double[] losses = numbers(golden, "losses");
    double[] norms = numbers(golden, "norms");
    assertThat(run.history()).as(text).hasSize(losses.length);
    for (int i = 0; i < losses.length; i++) {
      assertThat(run.history()[i])
          .as("%s: loss at %d", text, i)
          .isCloseTo(losses[i], within(2e-5 * Math.max(1, losses[i])));
    }
    for (CurvePoint point : run.curve()) {
      double norm = norms[point.step()];
      assertThat(point.gradientNorm())
          .as("%s: gradient norm at %d", text, point.step())
          .isCloseTo(norm, within(2e-4 * Math.max(0.1, norm)));
    }
    double[] last = numbers(golden, "last");
    for (int i = 0; i < last.length; i++) {
      assertThat(run.last()[i])
          .as("%s: θ[%d]", text, i)
          .isCloseTo(last[i], within(1e-4 * Math.max(1, Math.abs(last[i]))));
    }
  }
}

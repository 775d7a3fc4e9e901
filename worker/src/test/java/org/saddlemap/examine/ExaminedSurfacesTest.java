package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.curvature.ExactSpectrum;
import org.saddlemap.curvature.HessianOperator;
import org.saddlemap.curvature.NetworkSurface;
import org.saddlemap.data.Dataset;
import org.saddlemap.data.Preparation;
import org.saddlemap.data.SyntheticData;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SyntheticSource;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trainer;
import org.saddlemap.train.TrainingTask;
import org.saddlemap.trial.Seeds;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Thresholds;

/** Examination on a subset of the rows, and of training that is not plain gradient descent. */
class ExaminedSurfacesTest {
  private static final DataSpec BLOBS =
      new DataSpec(
          new SyntheticSource(SyntheticSource.Problem.BLOBS, 400, 5, 3, 1.5),
          DataSpec.Task.CLASSIFICATION,
          DataSpec.Scale.STANDARD,
          0,
          0,
          OptionalLong.empty());

  @BeforeAll
  static void start() {
    BlasRuntime.start();
  }

  private static ExaminationSpec rows(int rows) {
    return new ExaminationSpec(
        false, rows, OptionalDouble.empty(), 0, false, 12345, Thresholds.DEFAULT);
  }

  private static Configuration configuration(
      String depth, String initializer, String optimizer, String rate, String steps) {
    EnumMap<Hyperparameter, Object> values = new EnumMap<>(Hyperparameter.class);
    Map.of(
            Hyperparameter.DEPTH, depth,
            Hyperparameter.WIDTH, "8",
            Hyperparameter.INITIALIZER, initializer,
            Hyperparameter.OPTIMIZER, optimizer,
            Hyperparameter.LEARNING_RATE, rate,
            Hyperparameter.BATCH_SIZE, "full",
            Hyperparameter.MAX_STEPS, steps)
        .forEach((h, text) -> values.put(h, h.parse(text)));
    return Configuration.of(values);
  }

  private static Dataset blobs() {
    return Preparation.prepare(
        SyntheticData.draw((SyntheticSource) BLOBS.source(), BLOBS.task(), BLOBS.seed()), BLOBS);
  }

  private static Network net(Configuration c, Dataset data) {
    return Network.of(c, data.features(), data.outputs(c.loss()));
  }

  private static Examination examine(Dataset data, Configuration c, int rows) {
    return examine(data, c, rows(rows));
  }

  private static Examination examine(Dataset data, Configuration c, ExaminationSpec spec) {
    Network net = net(c, data);
    Seeds seeds = new Seeds(3, 0);
    try (NativeFloats memory = new NativeFloats();
        ExaminedSurfaces surfaces =
            ExaminedSurfaces.of(ExaminedRows.of(data, c.loss(), spec), net, c.l2())) {
      return new Examiner(spec)
          .examine(
              surfaces,
              Trainer.train(
                  new TrainingTask(
                      net,
                      c,
                      data,
                      ((org.saddlemap.space.LearningRate.Absolute) c.learningRate()).eta(),
                      Initialization.draw(net, c.initializer(), seeds),
                      seeds),
                  Interruption.NEVER,
                  memory),
              Interruption.NEVER);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, zeros, 1, 200, saddle",
    "2, zeros, 1, 200, saddle",
    "8, normal(0.01), 1, 200, plateau",
    "1, xavier_uniform, 0.1, 30, descending",
  })
  void aSubsetGivesTheSameVerdictAndAllRowsConfirmIt(
      String depth, String initializer, String rate, String steps, String category) {
    Dataset data = blobs();
    Configuration c = configuration(depth, initializer, "sgd", rate, steps);

    Examination whole = examine(data, c, 400);
    Examination part = examine(data, c, 150);

    assertThat(whole.verdict().category().orElseThrow().text()).isEqualTo(category);
    assertThat(part.verdict().category())
        .as("%s %s", part.verdict(), part.evidence())
        .isEqualTo(whole.verdict().category());
    assertThat(part.verdict().subCategory()).isEqualTo(whole.verdict().subCategory());
    assertThat(whole.evidence().is(Measure.SUBSAMPLED)).isFalse();
    assertThat(part.evidence().is(Measure.SUBSAMPLED)).isTrue();
    assertThat(part.evidence().get(Measure.EXAMINED_ROWS)).isEqualTo(150);
    for (Measure m :
        new Measure[] {Measure.LOSS, Measure.GRADIENT_NORM, Measure.F_BASE, Measure.F_LB}) {
      assertThat(part.evidence().get(m))
          .as("%s is that of all rows", m)
          .isCloseTo(whole.evidence().get(m), within(1e-12));
    }
  }

  /** Wherever the verdict looked at curvature, or the spec asks; whatever the optimizer. */
  @ParameterizedTest
  @CsvSource({
    "sgd, 0.1, 500, 400, false",
    "momentum, 0.05, 30, 400, true",
    "momentum, 0.3, 200, 400, true",
    "adam, 0.01, 100, 150, true",
    "sgd, 1.0e-30, 1, 150, true",
  })
  void sharpnessIsTheLargestEigenvalueAtTheJudgedPoint(
      String optimizer, String rate, String steps, int rows, boolean moving) {
    Dataset data = blobs();
    Configuration c = configuration("2", "xavier_uniform", optimizer, rate, steps);

    Examination x = examine(data, c, rows(rows).withSharpness());

    try (ExaminedSurfaces surfaces =
        ExaminedSurfaces.of(ExaminedRows.of(data, c.loss(), rows(rows)), net(c, data), c.l2())) {
      NetworkSurface surface = surfaces.examined();
      surface.moveTo(x.judged().orElseThrow());
      double exact = ExactSpectrum.of(HessianOperator.raw(surface)).largest();
      assertThat(x.evidence().get(Measure.SHARPNESS)).isCloseTo(exact, within(1e-3 * exact));
      assertThat(x.evidence().get(Measure.SHARPNESS_RESIDUAL)).isBetween(0.0, 1e-2);
    }
    if (moving) {
      assertThat(examine(data, c, rows(rows)).evidence().has(Measure.SHARPNESS))
          .as("nobody asked, and a moving trial's curvature is not looked at")
          .isFalse();
    }
  }

  @Test
  void theTiltedSubsetAgreesWithAllRowsAtTheAnchorAndItsGradientIsItsOwnValuesSlope() {
    Dataset data = blobs();
    Configuration c = configuration("2", "xavier_uniform", "sgd", "0.1", "1");
    Network net = net(c, data);
    Random random = new Random(5);
    double[] theta = random.doubles(net.parameters(), -0.5, 0.5).toArray();
    double[] to = random.doubles(net.parameters(), -0.5, 0.5).toArray();
    double[] g = new double[theta.length];
    double[] tilted = new double[theta.length];
    try (ExaminedSurfaces surfaces =
        ExaminedSurfaces.of(ExaminedRows.of(data, c.loss(), rows(100)), net, 0)) {
      NetworkSurface all = surfaces.full().orElseThrow();
      double value = all.gradient(theta, g);
      TiltedSurface t = new TiltedSurface(surfaces.examined(), all, theta, value, g);

      assertThat(surfaces.examined().value(theta)).isNotCloseTo(value, within(1e-4));
      assertThat(t.value(theta)).isCloseTo(value, within(1e-14));
      assertThat(t.gradient(theta, tilted)).isCloseTo(value, within(1e-14));
      assertThat(tilted).usingComparatorWithPrecision(1e-14).containsExactly(g);

      assertThat(t.gradient(to, tilted)).isCloseTo(t.value(to), within(1e-14));
      double h = 1e-5;
      double slope =
          (t.value(Vectors.moved(to, theta, Vectors.scaled(ones(theta.length), h)))
                  - t.value(Vectors.moved(to, theta, Vectors.scaled(ones(theta.length), -h))))
              / (2 * h);
      assertThat(slope).isCloseTo(Vectors.dot(tilted, theta), within(1e-7));
    }
  }

  private static double[] ones(int n) {
    double[] v = new double[n];
    java.util.Arrays.fill(v, 1);
    return v;
  }

  /**
   * Constant outputs: whatever the subset's labels are, its own slope there is that of all rows.
   */
  @Test
  void aConstantPredictorIsTheSameOnASubsetBeforeAnyTilt() {
    Dataset data = blobs();
    Configuration c = configuration("2", "zeros", "sgd", "0.1", "1");
    Network net = net(c, data);
    double[] theta = new double[net.parameters()];
    theta[theta.length - 1] = 0.3; // a bias of the output
    theta[net.biases(1).getAsInt()] = 0.2; // of the last hidden layer
    double[] g = new double[theta.length];
    double[] sub = new double[theta.length];
    double[] hg = new double[theta.length];
    double[] hsub = new double[theta.length];
    double[] v = new Random(2).doubles(theta.length, -1, 1).toArray();
    for (int i = 0; i < net.biases(0).getAsInt(); i++) {
      v[i] = 0; // the weights that see the inputs
    }
    try (ExaminedSurfaces surfaces =
        ExaminedSurfaces.of(ExaminedRows.of(data, c.loss(), rows(50)), net, 0)) {
      NetworkSurface all = surfaces.full().orElseThrow();
      assertThat(surfaces.examined().gradient(theta, sub))
          .isCloseTo(all.gradient(theta, g), within(1e-14));
      assertThat(sub).usingComparatorWithPrecision(1e-14).containsExactly(g);
      all.moveTo(theta);
      surfaces.examined().moveTo(theta);
      all.hessianProduct(v, hg);
      surfaces.examined().hessianProduct(v, hsub);
      assertThat(hsub).usingComparatorWithPrecision(1e-14).containsExactly(hg);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "momentum, 1e-6, rate-limited",
    "adam, 1e-6, rate-limited",
    "momentum, 0.03, in progress",
    "adam, 0.01, in progress"
  })
  void progressOfOtherOptimizersIsMeasured(String optimizer, String rate, String subCategory) {
    Examination x =
        examine(blobs(), configuration("2", "xavier_uniform", optimizer, rate, "40"), 400);
    assertThat(x.evidence().is(Measure.P_MEASURED)).as("%s", x.evidence()).isTrue();
    assertThat(x.evidence().get(Measure.NEXT_GAIN))
        .isBetween(0.0, x.evidence().get(Measure.GAP) * (1 + 1e-12));
    assertThat(x.verdict().subCategory())
        .as("%s %s", x.verdict(), x.evidence())
        .isEqualTo(subCategory);
  }
}

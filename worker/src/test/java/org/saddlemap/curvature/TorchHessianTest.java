package org.saddlemap.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.examine.Case;
import org.saddlemap.examine.CaseReader;

/**
 * Loss, gradient and Hessian as PyTorch's double backward and LAPACK have them
 * (bench/pytorch/golden_hessians.py), at trained, untrained, saturated, dead and symmetric weights.
 * All is held to 1e-9 of itself; what is nearly 0 by cancellation, to what float64 can know of it.
 */
class TorchHessianTest {
  private static final double RELATIVE = 1e-9;

  /** Of what cancelled: some thousand roundings. */
  private static final double ROUNDING = 1e-12;

  /** A case, and its row of the table. */
  record Golden(Case c, Map<String, String> row) {
    double get(String column) {
      return Double.parseDouble(row.get(column));
    }

    /** ‖H‖. */
    double magnitude() {
      return Math.max(Math.abs(get("lambda_min")), Math.abs(get("lambda_max")));
    }

    Case.Trained network() {
      return (Case.Trained) c.subject();
    }

    NetworkSurface surface() {
      Case.Trained n = network();
      return new NetworkSurface(n.network(), n.inputs(), n.targets(), n.rows(), n.l2());
    }

    @Override
    public String toString() {
      return c.name();
    }
  }

  static Stream<Golden> goldens() throws IOException {
    List<Case> cases;
    try (InputStream in = open("hessians.json")) {
      cases = new CaseReader().read(in, "hessians.json");
    }
    List<String[]> table;
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(open("hessians.csv"), StandardCharsets.UTF_8))) {
      table = in.lines().filter(l -> !l.startsWith("#")).map(l -> l.split(";", -1)).toList();
    }
    assertThat(table).hasSize(cases.size() + 1);
    String[] header = table.get(0);
    List<Golden> goldens = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      Map<String, String> row = new HashMap<>();
      for (int j = 0; j < header.length; j++) {
        row.put(header[j], table.get(i + 1)[j]);
      }
      assertThat(row).containsEntry("name", cases.get(i).name());
      goldens.add(new Golden(cases.get(i), row));
    }
    return goldens.stream();
  }

  private static InputStream open(String file) {
    return Objects.requireNonNull(TorchHessianTest.class.getResourceAsStream("/golden/" + file));
  }

  private static void assertIs(String what, double value, double golden, double scale) {
    assertThat(value)
        .as(what)
        .isCloseTo(golden, within(RELATIVE * Math.abs(golden) + ROUNDING * scale));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void lossAndGradientArePyTorchs(Golden golden) {
    try (NetworkSurface f = golden.surface()) {
      double[] theta = golden.network().weights();
      double[] gradient = new double[theta.length];
      assertIs("loss", f.gradient(theta, gradient), golden.get("loss"), 0);
      assertIs("value", f.value(theta), golden.get("loss"), 0);
      assertIs(
          "gradient's norm",
          RandomNetworks.norm(gradient),
          golden.get("gradient_norm"),
          golden.magnitude() * RandomNetworks.norm(theta));
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void spectrumIsPyTorchs(Golden golden) {
    try (NetworkSurface f = golden.surface()) {
      f.moveTo(golden.network().weights());
      HessianOperator h = HessianOperator.raw(f);
      double magnitude = golden.magnitude();
      ExactSpectrum spectrum = ExactSpectrum.of(h);
      assertIs("λmin", spectrum.smallest(), golden.get("lambda_min"), magnitude);
      assertIs("λmax", spectrum.largest(), golden.get("lambda_max"), magnitude);
      assertThat(spectrum.negative()).as("index").isEqualTo((int) golden.get("negative"));
      assertThat(spectrum.zero()).as("nullity").isEqualTo((int) golden.get("zero"));

      int n = h.dimension();
      double[] matrix = ExactSpectrum.dense(h);
      double trace = 0;
      for (int i = 0; i < n; i++) {
        trace += matrix[i * n + i];
      }
      assertIs("trace", trace, golden.get("trace"), n * magnitude);
      assertIs("Frobenius norm", RandomNetworks.norm(matrix), golden.get("frobenius"), 0);
    }
  }

  /** To the end, and as far as an examination goes: there within the residuals of its own. */
  @ParameterizedTest
  @MethodSource("goldens")
  void extremesByLanczosArePyTorchs(Golden golden) {
    double smallest = golden.get("lambda_min");
    double largest = golden.get("lambda_max");
    double magnitude = golden.magnitude();
    try (NetworkSurface f = golden.surface()) {
      f.moveTo(golden.network().weights());
      HessianOperator h = HessianOperator.raw(f);
      for (long seed = 1; seed <= 3; seed++) {
        try (Lanczos lanczos = Lanczos.random(h, new Random(seed), h.dimension())) {
          lanczos.advanceTo(60);
          RitzPairs early = lanczos.pairs();
          int top = early.size() - 1;
          double slack = RELATIVE * magnitude;
          assertThat(early.smallest())
              .as("λmin after %d products, seed %d", early.size(), seed)
              .isBetween(smallest - slack, smallest + early.residuals()[0] + slack);
          assertThat(early.largest())
              .as("λmax after %d products, seed %d", early.size(), seed)
              .isBetween(largest - early.residuals()[top] - slack, largest + slack);
          assertThat(early.converged(top, RELATIVE) || early.converged(0, RELATIVE))
              .as("an extreme known after %d products, seed %d", early.size(), seed)
              .isTrue();

          lanczos.advanceTo(h.dimension());
          assertIs("λmin, seed " + seed, lanczos.pairs().smallest(), smallest, magnitude);
          assertIs("λmax, seed " + seed, lanczos.pairs().largest(), largest, magnitude);
        }
      }
    }
  }
}

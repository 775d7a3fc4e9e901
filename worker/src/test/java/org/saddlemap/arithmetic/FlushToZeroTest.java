package org.saddlemap.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.train.Interrupted;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.RandomData;
import org.saddlemap.train.Trainer;
import org.saddlemap.train.TrainingTask;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.Seeds;

@SuppressWarnings("try") // scopes
class FlushToZeroTest {
  private static final int N = 64;

  @BeforeEach
  void canBeSet() {
    String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    assumeTrue(List.of("Linux amd64", "Linux aarch64").contains(platform), platform);
    assertThat(FlushToZero.warning()).isEmpty();
    assertThat(FlushToZero.isOn()).isFalse();
  }

  @Test
  void holdsInsideAndNotAfter() {
    try (FlushToZero outer = FlushToZero.open()) {
      assertThat(FlushToZero.isOn()).isTrue();
      try (FlushToZero inner = FlushToZero.open()) {
        assertThat(FlushToZero.isOn()).isTrue();
      }
      assertThat(FlushToZero.isOn()).isTrue();
    }
    assertThat(FlushToZero.isOn()).isFalse();
  }

  /** Threads of the system inherit the register of whoever starts them. */
  @Test
  void threadsThatAreStartedMeanwhileDoNotFlush() throws InterruptedException {
    AtomicBoolean elsewhere = new AtomicBoolean(true);
    Thread other = new Thread(() -> elsewhere.set(FlushToZero.isOn()));
    try (FlushToZero mode = FlushToZero.open()) {
      other.start();
      other.join();
    }
    assertThat(elsewhere).isFalse();
  }

  private static float[] filled(float value) {
    float[] x = new float[N * N];
    Arrays.fill(x, value);
    return x;
  }

  /** An element of the product of two matrices, one of 1e-20 and one of 1e-21. */
  private static float blas() {
    try (FloatPointer a = new FloatPointer(filled(1e-20f));
        FloatPointer b = new FloatPointer(filled(1e-21f));
        FloatPointer c = new FloatPointer(filled(7f))) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, N, N, N, 1f, a, N, b, N, 0f, c, N);
      return c.get(N + 1);
    }
  }

  /** The same in a loop of Java's, often enough to be compiled. */
  private static float loop() {
    float[] a = filled(1e-20f);
    float[] b = filled(1e-21f);
    float[] c = filled(7f);
    for (int again = 0; again < 2_000; again++) {
      multiply(a, b, c);
    }
    return c[N + 1];
  }

  private static void multiply(float[] a, float[] b, float[] c) {
    for (int i = 0; i < c.length; i++) {
      c[i] = a[i] * b[i];
    }
  }

  /** A subnormal operand, whose product would be normal. */
  private static float operand() {
    float[] a = filled(1e-40f);
    float[] b = filled(1e10f);
    float[] c = filled(7f);
    multiply(a, b, c);
    return c[N + 1];
  }

  @Test
  void productsThatWouldBeSubnormalAreZeroInBlasAndInJava() {
    for (int round = 0; round < 3; round++) { // compiled code that was made in the other mode
      assertThat(blas()).isBetween(63e-41f, 65e-41f);
      assertThat(loop()).isEqualTo(1e-41f);
      assertThat(operand()).isBetween(0.9e-30f, 1.1e-30f);
      try (FlushToZero mode = FlushToZero.open()) {
        assertThat(blas()).isZero();
        assertThat(loop()).isZero();
        assertThat(operand()).isZero();
      }
    }
    double[] tiny = {1e-300, 1e-10};
    assertThat(tiny[0] * tiny[1]).isEqualTo(1e-310);
  }

  /** Asks of the register whenever the training asks whether to stop, then does as told. */
  private static final class Watcher {
    private final Supplier<Throwable> end;
    private final int after;
    private int asked;
    private boolean always = true;

    Watcher(int after, Supplier<Throwable> end) {
      this.after = after;
      this.end = end;
    }

    Interruption interruption() {
      return new Interruption(this::stopped, System.nanoTime() + Long.MAX_VALUE / 2);
    }

    private boolean stopped() {
      always &= FlushToZero.isOn();
      if (++asked > after) {
        FlushToZeroTest.<RuntimeException>raise(end.get());
      }
      return false;
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void raise(Throwable e) throws E {
    throw (E) e;
  }

  /** Wide enough for the question to be asked at every step. */
  private static final Configuration WIDE =
      Configuration.parse(
          "depth=1;width=700;max_steps=5;batch_size=64;loss=cross_entropy;initializer=he_normal");

  private static Trajectory train(Interruption interruption, NativeFloats memory) {
    Dataset data = RandomData.classes(64, 80, 2, 3);
    Seeds seeds = new Seeds(7, 0);
    Network architecture = Network.of(WIDE, data.features(), data.outputs(WIDE.loss()));
    double[] initial = Initialization.draw(architecture, WIDE.initializer(), seeds);
    return Trainer.train(
        new TrainingTask(architecture, WIDE, data, 0.1, initial, seeds), interruption, memory);
  }

  @Test
  void holdsWhileATrialTrainsAndWhileItGoesOn() {
    try (NativeFloats memory = new NativeFloats()) {
      Watcher watcher = new Watcher(Integer.MAX_VALUE, () -> null);
      Trajectory trajectory = train(watcher.interruption(), memory);
      assertThat(watcher.asked).isGreaterThanOrEqualTo(5);
      assertThat(FlushToZero.isOn()).isFalse();
      int before = watcher.asked;
      trajectory.continuation().advance(5);
      assertThat(watcher.asked).isGreaterThan(before);
      assertThat(watcher.always).isTrue();
      assertThat(FlushToZero.isOn()).isFalse();
    }
  }

  static Stream<Supplier<Throwable>> abnormalEnds() {
    return Stream.of(
        () -> new Interrupted(false),
        () -> new Interrupted(true),
        () -> new IllegalStateException("a fault"),
        () -> new AssertionError("a fault"),
        () -> {
          try {
            List<long[]> all = new ArrayList<>();
            for (int i = 0; i < Integer.MAX_VALUE; i++) {
              all.add(new long[Integer.MAX_VALUE - 8]);
            }
            return new AssertionError("memory without end: " + all.size());
          } catch (OutOfMemoryError e) {
            return e;
          }
        },
        () -> {
          try {
            return new AssertionError("a stack without end: " + deep(1));
          } catch (StackOverflowError e) {
            return e;
          }
        });
  }

  private static int deep(int n) {
    return n < 0 ? n : 1 + deep(n + 1);
  }

  @ParameterizedTest
  @MethodSource("abnormalEnds")
  void isTakenBackHoweverTheTrainingEnds(Supplier<Throwable> end) {
    try (NativeFloats memory = new NativeFloats()) {
      for (int after : new int[] {0, 2}) {
        Watcher watcher = new Watcher(after, end);
        assertThatThrownBy(() -> train(watcher.interruption(), memory))
            .isInstanceOf(end.get().getClass());
        assertThat(watcher.always).isTrue();
        assertThat(FlushToZero.isOn()).isFalse();
      }
      Watcher watcher = new Watcher(6, end);
      Trajectory trajectory = train(watcher.interruption(), memory);
      assertThatThrownBy(() -> trajectory.continuation().advance(5))
          .isInstanceOf(end.get().getClass());
      assertThat(FlushToZero.isOn()).isFalse();
    }
  }

  /**
   * Where JNA's library cannot be unpacked everything works, and one sentence says what is lost.
   */
  @Test
  void whereItCannotBeSetTrainingGoesOnWithAWarning() throws Exception {
    List<String> command =
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Djna.nounpack=true",
            "-cp",
            System.getProperty("java.class.path"),
            Without.class.getName());
    File errors = File.createTempFile("saddlemap", "errors");
    Process process = new ProcessBuilder(command).redirectError(errors).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors.toPath())).isZero();
    assertThat(errors.delete()).isTrue();
    assertThat(out.lines())
        .satisfiesExactly(
            warning ->
                assertThat(warning)
                    .startsWith("Subnormal numbers cannot be flushed to zero here (")
                    .contains("up to a hundred times slower"),
            off -> assertThat(off).isEqualTo("false"),
            steps -> assertThat(steps).isEqualTo("5"));
  }

  /** A process that may not load JNA's library. */
  static final class Without {
    private Without() {}

    public static void main(String[] args) {
      BlasRuntime.start();
      System.out.println(FlushToZero.warning().orElse("no warning"));
      try (NativeFloats memory = new NativeFloats();
          FlushToZero mode = FlushToZero.open()) {
        System.out.println(FlushToZero.isOn());
        System.out.println(train(Interruption.NEVER, memory).steps());
      }
    }
  }
}

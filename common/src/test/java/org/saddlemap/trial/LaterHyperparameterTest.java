package org.saddlemap.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.record.Tables;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.spec.EffectiveSpec;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SpecReader;

/**
 * A later version's registry, with one hyperparameter more: what stands in warehouses keeps its
 * identity, and reads as that hyperparameter's default.
 */
class LaterHyperparameterTest {
  private static final Path SOURCE =
      Path.of("src/main/java/org/saddlemap/space/Hyperparameter.java");

  private static final String YAML =
      """
      name: s
      data: {synthetic: {problem: xor}}
      train: {optimizer: momentum, momentum: 0.5}
      grid: {depth: [0, 2], learning_rate: [0.1, 1]}
      exclude: [where: {depth: 0, learning_rate: 1}]
      examine: {rows: 100}
      """;

  /** Ids as they stand in warehouses: this list may grow, and none of it may ever change. */
  private static final Map<String, String> IDS =
      Map.of(
          "",
          "500d69c36e537161f422732393dd60573d9e6d4bedf38c9c08c1adb170ec62ce",
          "depth=0;optimizer=adam;epochs=3",
          "6cdf4a4c0ba8e876ed24ec58c3fea5430e152eb20b1efa5413c84e32594053ce",
          "depth=3;initializer=normal(0.01);learning_rate=sharpness(2);l2=1.0E-4",
          "b270ac0c19069fe46df040d6d39143f0b01fc880e32319d64031a628336b5e91");

  /** Those of the first version of the tables' schema; none is ever added here. */
  private static final Set<String> FIRST =
      Set.of(
          "depth",
          "width",
          "activation",
          "output_activation",
          "loss",
          "initializer",
          "batch_norm",
          "bias",
          "optimizer",
          "learning_rate",
          "batch_size",
          "clipping",
          "momentum",
          "beta1",
          "beta2",
          "rho",
          "epsilon",
          "l2",
          "max_steps",
          "epochs");

  @TempDir Path folder;

  @Test
  void oldIdsStayAndOldRowsReadAsItsDefault() throws Exception {
    assertThat(Probe.ids(List.copyOf(IDS.keySet()))).isEqualTo(List.copyOf(IDS.values()));
    try (URLClassLoader later = withOneMore()) {
      Class<?> probe = later.loadClass(Probe.class.getName());
      assertThat(call(probe, "registry", "LABEL_SMOOTHING"))
          .isEqualTo("0 of label_smoothing at first");
      assertThat(call(probe, "ids", List.copyOf(IDS.keySet())))
          .isEqualTo(List.copyOf(IDS.values()));
      assertThat(call(probe, "identity", YAML)).isEqualTo(Probe.identity(YAML));
      // The spec that an older version stored says nothing of it.
      assertThat(call(probe, "identity", Probe.effective(YAML))).isEqualTo(Probe.identity(YAML));
      assertThat((String) call(probe, "effective", YAML)).contains("label_smoothing: 0");
      List<?> other =
          (List<?>) call(probe, "ids", List.of("label_smoothing=0.5", "label_smoothing=0"));
      assertThat(other.get(0)).isNotEqualTo(IDS.get(""));
      assertThat(other.get(1)).isEqualTo(IDS.get(""));
    }
  }

  /** Without it, old rows would have no value of it in SQL. */
  @Test
  void whatComesLaterSaysSinceWhen() {
    for (Hyperparameter h : Hyperparameter.values()) {
      assertThat(h.since() == 1).as(h.key()).isEqualTo(FIRST.contains(h.key()));
      assertThat(h.since()).as(h.key()).isBetween(1, Tables.SCHEMA_VERSION);
    }
  }

  private static Object call(Class<?> probe, String name, Object argument) throws Exception {
    for (Method method : probe.getDeclaredMethods()) {
      if (method.getName().equals(name)) {
        return method.invoke(null, argument);
      }
    }
    throw new NoSuchMethodException(name);
  }

  /** This module's classes, but the registry has a constant more, in its midst. */
  private URLClassLoader withOneMore() throws IOException {
    String source = Files.readString(SOURCE, StandardCharsets.UTF_8);
    String more =
        source.replace(
            "  L2(", "  LABEL_SMOOTHING(Section.TRAIN, number(0, 1), \"0\", \"added\"),\n  L2(");
    assertThat(more).isNotEqualTo(source);
    Path changed = Files.createDirectories(folder.resolve("source")).resolve("Hyperparameter.java");
    Files.writeString(changed, more, StandardCharsets.UTF_8);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-encoding",
                "UTF-8",
                "-cp",
                "target/classes",
                "-d",
                classes.toString(),
                changed.toString());
    assertThat(code).isZero();
    URL[] urls = {
      classes.toUri().toURL(),
      Path.of("target/classes").toUri().toURL(),
      Path.of("target/test-classes").toUri().toURL()
    };
    // Ours come from there alone; libraries from where the tests have them.
    ClassLoader libraries =
        new ClassLoader(LaterHyperparameterTest.class.getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.saddlemap.")) {
              throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
          }
        };
    return new URLClassLoader(urls, libraries);
  }

  /** What is asked of either registry. */
  public static final class Probe {
    private Probe() {}

    /** Ids of these configurations. */
    public static List<String> ids(List<String> configurations) {
      TrialContext context = new TrialContext(7, "data", ExaminationSpec.DEFAULT, "1", 2);
      return configurations.stream().map(c -> context.id(Configuration.parse(c), 1).hex()).toList();
    }

    /** What a sweep's id rests on. */
    public static String identity(String yaml) {
      return EffectiveSpec.identity(SpecReader.read(yaml, "s.yaml"));
    }

    /** What is stored with a sweep. */
    public static String effective(String yaml) {
      return EffectiveSpec.yaml(SpecReader.read(yaml, "s.yaml"));
    }

    /** Its value in a row that was written before it was known. */
    public static String registry(String name) {
      org.saddlemap.space.Hyperparameter h = org.saddlemap.space.Hyperparameter.valueOf(name);
      return Configuration.parse("depth=3").text(h).orElse("nothing")
          + " of "
          + h.key()
          + " at first";
    }
  }
}

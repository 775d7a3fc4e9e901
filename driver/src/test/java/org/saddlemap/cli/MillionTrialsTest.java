package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Build;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.run.Engine;
import org.saddlemap.schedule.SweepInput;
import org.saddlemap.schedule.TrialWork;
import org.saddlemap.schedule.Work;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.watch.LiveSweep;
import org.saddlemap.watch.WatchServer;

/**
 * A million trials, each of another configuration, are no more to a command than a heap of 1 GB
 * holds, executor and driver together: each command is a process of its own.
 */
@Tag("slow")
@Tag("scale")
class MillionTrialsTest {
  /**
   * So many times 152 trials, fewer than a million by default: 6,600 are a million. The heap stays.
   */
  private static final int RATES = Integer.getInteger("saddlemap.million.rates", 600);

  private static final String YAML =
      """
      name: million
      data: {synthetic: {problem: blobs, rows: 40, features: 2, classes: 2}}
      train: {max_steps: 1}
      grid:
        depth: {from: 0, to: 3, count: 4}
        width: {from: 2, to: 26, count: 25}
        batch_size: [16, full]
        learning_rate: {log: [1.0e-3, 10], count: %d}
      """;

  /** Compaction makes files of so many. */
  private static final int CHUNK = 50_000;

  /** What one trial in so many failed of is over now. */
  private static final int FAILED = 500;

  @TempDir private static Path folder;
  private static Path spec;
  private static SweepInput input;
  private static SweepPlan plan;

  @BeforeAll
  static void write() throws IOException {
    spec = Files.writeString(folder.resolve("million.yaml"), YAML.formatted(RATES));
    Configuration hadoop = new Configuration();
    input =
        SweepInput.read(
            spec.toString(),
            hadoop,
            () -> {
              throw new AssertionError("these data need no Spark");
            });
    plan = new SweepPlan(input.spec());
    Warehouse warehouse = Warehouse.open(folder.resolve("w").toString(), hadoop);
    new Catalogue(warehouse)
        .write(
            input.id(),
            new SweepRecord(
                "million",
                input.effectiveSpec(),
                spec.toString(),
                input.digest(),
                input.data().fingerprint(),
                input.data().summary(),
                (long) input.data().train().rows(),
                plan.planned(),
                Build.version(),
                Engine.VERSION,
                "2026-01-01T00:00:00Z",
                "2026-01-01T01:00:00Z"));
    TrialWork work = new TrialWork(input.effectiveSpec(), input.data());
    List<TrialRecord> trained = trained(work);
    LongStream.iterate(0, from -> from < plan.size(), from -> from + CHUNK)
        .mapToObj(from -> new ChunkRange(from, Math.min(plan.size(), from + CHUNK)))
        .parallel()
        .forEach(
            range -> {
              try {
                new Chunks(warehouse)
                    .write(
                        input.id(),
                        range,
                        range
                            .indices()
                            .boxed()
                            .flatMap(i -> plan.trial(i).stream())
                            .map(
                                t -> like(trained.get((int) (t.index() % trained.size())), t, work))
                            .toList());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  /** Some from all over the plan, as they really are. */
  private static List<TrialRecord> trained(Work work) {
    List<TrialRecord> records = new ArrayList<>();
    try (Work.Trials trials = work.open(1)) {
      for (int i = 0; i < 61; i++) {
        plan.trial(i * (plan.size() / 61))
            .ifPresent(t -> records.add(trials.run(t, 0, () -> false)));
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return records;
  }

  private static TrialRecord like(TrialRecord r, Trial trial, Work work) {
    boolean failed = trial.index() % FAILED == FAILED - 1;
    return new TrialRecord(
        work.id(trial),
        trial,
        failed ? TrialStatus.FAILED : r.status(),
        failed ? Optional.empty() : r.verdict(),
        failed ? Evidence.NONE : r.evidence(),
        failed ? Optional.empty() : r.outcome(),
        r.times(),
        failed ? Optional.of(new TrialRecord.Failure("The disk was full", "")) : r.failure(),
        r.curve().subList(0, 1),
        r.layers().subList(0, 1),
        r.provenance());
  }

  @TestFactory
  List<DynamicTest> commandsHoldNoMoreThanAHeapOfOneGigabyte() {
    return List.of(
        command("examine_measured", "calibrate", "million"),
        command("Times are those of ", "simulate", spec.toString(), "--executors", "1,10"),
        command("wrote ", "report", "million", "--out", folder.resolve("page.html").toString()),
        DynamicTest.dynamicTest("watch", this::watched),
        command(" trials to run", "run", spec.toString(), "--retry", "failed"),
        command("Nothing is amiss", "verify", "million"));
  }

  /** What a process keeps of a sweep that it serves: some bytes a trial, whatever is asked. */
  private void watched() throws IOException, InterruptedException {
    Warehouse warehouse = Warehouse.open(folder.resolve("w").toString(), new Configuration());
    long before = used();
    try (WatchServer server = WatchServer.start(WatchServer.LOOPBACK, 0, Optional.empty())) {
      server.show(new LiveSweep(warehouse, input.id(), input.spec()));
      HttpRequest state = HttpRequest.newBuilder(URI.create(server.url() + "state")).build();
      JsonNode says;
      long started = System.nanoTime();
      do {
        HttpResponse<String> answer =
            HttpClient.newHttpClient().send(state, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        says = new ObjectMapper().readTree(answer.body());
      } while (says.get("unread").asInt() > 0);
      System.out.printf(
          Locale.ROOT,
          "MillionTrialsTest: watch of %,d trials had read all after %.0f s%n",
          plan.planned(),
          (System.nanoTime() - started) / 1e9);
      assertThat(says.get("done").asLong()).isEqualTo(plan.planned());
      assertThat(says.toString().length()).as("characters of an answer").isLessThan(4_000_000);
      assertThat(used() - before).as("bytes kept").isLessThan(4 * plan.planned() + 16_000_000);
    }
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private DynamicTest command(String said, String... arguments) {
    return DynamicTest.dynamicTest(
        arguments[0],
        () -> {
          Path out = folder.resolve("out");
          List<String> command = new ArrayList<>();
          command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
          command.add("-Xmx1g");
          ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
              .filter(argument -> argument.startsWith("--add-opens"))
              .forEach(command::add);
          command.addAll(
              List.of(
                  "-Dspark.master=local[2]",
                  "-Dspark.app.name=million",
                  "-Dspark.ui.enabled=false",
                  "-Dspark.driver.host=127.0.0.1",
                  "-Dspark.driver.bindAddress=127.0.0.1",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  Saddlemap.class.getName()));
          command.addAll(List.of(arguments));
          command.addAll(List.of("--warehouse", folder.resolve("w").toString()));
          long started = System.nanoTime();
          Process process =
              new ProcessBuilder(command)
                  .redirectErrorStream(true)
                  .redirectOutput(out.toFile())
                  .start();
          try {
            assertThat(process.waitFor(15, TimeUnit.MINUTES)).isTrue();
          } finally {
            process.destroyForcibly();
          }
          String text = Files.readString(out, StandardCharsets.UTF_8);
          System.out.printf(
              Locale.ROOT,
              "MillionTrialsTest: %s of %,d trials took %.0f s%n",
              arguments[0],
              plan.planned(),
              (System.nanoTime() - started) / 1e9);
          assertThat(process.exitValue()).as(text).isZero();
          assertThat(text).contains(said);
        });
  }
}

package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.plan.Speed;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.Tables;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Removal;
import org.saddlemap.store.Replaced;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

/** Commands in this process, on sweeps that they have trained themselves. */
@Tag("slow")
@Tag("spark")
@ExtendWith(LocalSpark.class)
class CommandsTest {
  private static final String YAML =
      """
      name: small
      data: {synthetic: {problem: xor, rows: 100, features: 2, classes: 2, noise: 0.1}, holdout: 0.2}
      network: {width: 4}
      train: {max_steps: 20}
      grid:
        depth: [1, 2]
        initializer: [zeros, he_normal]
        learning_rate: [0.1, 1, 10]
      """;

  private static final int TRIALS = 12;

  @TempDir private static Path folder;
  private static Path trained;
  private static Path spec;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path work;
  private Path location;
  private Warehouse warehouse;

  @BeforeAll
  static void train() throws IOException {
    spec = Files.writeString(folder.resolve("small.yaml"), YAML);
    trained = folder.resolve("trained");
    assertThat(Saddlemap.run("run", spec.toString(), "--warehouse", trained.toString())).isZero();
  }

  /** Each test breaks its own copy. */
  @BeforeEach
  void copy() throws IOException {
    location = work.resolve("w");
    try (var files = Files.walk(trained)) {
      for (Path file : files.toList()) {
        Files.copy(file, location.resolve(trained.relativize(file).toString()));
      }
    }
    warehouse = Warehouse.open(location.toString(), new Configuration());
  }

  private int command(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Saddlemap.run(
        Saddlemap.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true)),
        arguments);
  }

  private int onWarehouse(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--warehouse";
    all[arguments.length + 1] = location.toString();
    return command(all);
  }

  private StoredSweep sweep() throws IOException {
    return new Catalogue(warehouse).find(Optional.of("small"));
  }

  /** All columns but times, by plan index; every trial stands once. */
  private Map<Long, String> rows() throws IOException {
    Map<Long, String> rows = new TreeMap<>();
    new TrialReader(warehouse)
        .forEach(
            sweep().id(),
            t -> assertThat(rows.put(t.trial().index(), withoutTimes(t))).as("once").isNull());
    return rows;
  }

  private static String withoutTimes(StoredTrial trial) {
    return Tables.TRIALS.columns().stream()
        .filter(c -> !c.name().endsWith("_ms"))
        .map(c -> c.name() + "=" + trial.row().find(c.name()).orElse(null))
        .collect(Collectors.joining("\n"));
  }

  /** Puts rows of that status in the place of these trials', as if they had ended so. */
  private void end(TrialStatus status, long... indices) throws IOException {
    Replaced.trials(
        warehouse,
        sweep().id(),
        r ->
            Arrays.stream(indices).noneMatch(i -> i == r.trial().index())
                ? r
                : new TrialRecord(
                    r.id(),
                    r.trial(),
                    status,
                    Optional.empty(),
                    Evidence.NONE,
                    Optional.empty(),
                    Times.NONE,
                    Optional.of(new TrialRecord.Failure("no room", "")),
                    List.of(),
                    List.of(),
                    r.provenance()));
  }

  @Test
  void retryTrainsWhatFailedOrTimedOutAndNothingElse() throws IOException {
    Map<Long, String> sound = rows();
    end(TrialStatus.FAILED, 1, 7);
    end(TrialStatus.TIMED_OUT, 4);
    Map<Long, String> broken = rows();
    assertThat(broken).hasSize(TRIALS).isNotEqualTo(sound);
    assertThat(onWarehouse("status", "--format", "csv")).isZero();
    assertThat(out.toString().lines().skip(1)).allMatch(l -> l.contains(",12,0,12,"));

    assertThat(onWarehouse("run", spec.toString())).isZero();
    assertThat(err.toString()).contains("Nothing to train");
    assertThat(rows()).isEqualTo(broken);

    assertThat(onWarehouse("run", spec.toString(), "--retry", "failed")).as("%s", err).isZero();
    assertThat(err.toString()).contains("2 of 12 trials to run");
    Map<Long, String> half = rows();
    assertThat(half.get(1L)).isEqualTo(sound.get(1L));
    assertThat(half.get(7L)).isEqualTo(sound.get(7L));
    assertThat(half.get(4L)).isEqualTo(broken.get(4L));

    assertThat(onWarehouse("run", spec.toString(), "--retry", "failed,timed_out")).isZero();
    assertThat(err.toString()).contains("1 of 12 trials to run");
    assertThat(rows()).isEqualTo(sound);
    assertThat(onWarehouse("verify")).as("%s", out).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"completed", "failed,completed", "broken"})
  void onlyUnfinishedTrialsAreRetried(String statuses) throws IOException {
    Map<Long, String> before = rows();
    assertThat(onWarehouse("run", spec.toString(), "--retry", statuses))
        .isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("--retry");
    assertThat(rows()).isEqualTo(before);
  }

  @Test
  void planWarnsOfTrialsThatTheirMemoryLimitWouldEnd() throws IOException {
    Path file = work.resolve("large.yaml");
    String text =
        "name: large\ndata: {synthetic: spirals}\ngrid: {width: [8, 2000]}\nnetwork: {depth: 3}\n";
    Files.writeString(file, text);
    assertThat(command("plan", file.toString())).isZero();
    assertThat(err.toString()).contains("limits.trial_megabytes: 4096").contains("would need");
    Files.writeString(file, text + "limits: {trial_megabytes: 100000}\n");
    assertThat(command("plan", file.toString())).isZero();
    assertThat(err.toString()).doesNotContain("trial_megabytes");
  }

  @Test
  void planCountsAndTrainsNothing() throws IOException {
    Path none = work.resolve("none");
    assertThat(command("plan", spec.toString(), "--cores", "4", "--format", "json")).isZero();
    assertThat(out.toString())
        .contains("\"trials\":12", "\"configurations\":12", "\"replicates\":1", "\"cores\":4");
    assertThat(command("plan", spec.toString())).isZero();
    assertThat(out.toString()).contains("peak trial bytes").contains(sweep().id());
    assertThat(command("plan", spec.toString(), "--cores", "0")).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("--cores needs at least 1");
    assertThat(none).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "run"})
  void stepsBeyondCountingAreNamedWithTheirLine(String name) throws IOException {
    Path file =
        Files.writeString(
            work.resolve("long.yaml"),
            YAML.replace("max_steps: 20", "epochs: 100000000, batch_size: 1"));
    String[] arguments =
        name.equals("run")
            ? new String[] {name, file.toString(), "--warehouse", work.resolve("x").toString()}
            : new String[] {name, file.toString()};
    assertThat(command(arguments)).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString())
        .contains(
            "long.yaml:4:17: key 'train.epochs': 100000000 epochs of 80 batches are 8000000000 steps");
    assertThat(work.resolve("x")).doesNotExist();
  }

  @Test
  void aLossThatDoesNotFitTheDataIsNamedWithItsLine() throws IOException {
    Path data = Files.writeString(work.resolve("data.csv"), "1,2,a\n3,4,b\n5,7,c\n".repeat(9));
    Path file =
        Files.writeString(
            work.resolve("loss.yaml"),
            """
            name: loss
            data: {csv: %s}
            network:
              loss: binary_cross_entropy
            """
                .formatted(data));
    assertThat(command("plan", file.toString())).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("loss.yaml:4:9: key 'network.loss': ", "exactly 2 classes");
  }

  @Test
  void reclassifyTellsWhatOtherThresholdsWouldChange() throws IOException {
    Map<Long, String> before = rows();
    Path same = Files.writeString(work.resolve("same.yaml"), "{}");
    assertThat(onWarehouse("reclassify", "small", "--thresholds", same.toString()))
        .as("%s", err)
        .isZero();
    assertThat(out.toString()).contains("0 of 12 verdicts change");
    Path other = Files.writeString(work.resolve("other.yaml"), "{eps: 0.9, blow_up: 1.0e-6}");
    assertThat(
            onWarehouse(
                "reclassify", "small", "--thresholds", other.toString(), "--format", "json"))
        .as("%s", err)
        .isZero();
    assertThat(out.toString()).contains("\"trials\" : 12").doesNotContain("\"changed\" : 0");
    assertThat(rows()).as("the tables stay").isEqualTo(before);
    Path wrong = Files.writeString(work.resolve("wrong.yaml"), "{epps: 0.9}");
    assertThat(onWarehouse("reclassify", "small", "--thresholds", wrong.toString()))
        .isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("wrong.yaml:1:2").contains("did you mean 'eps'");
  }

  @Test
  void reclassifyDecidesByThePresentRuleWithoutThresholds() throws IOException {
    Map<Long, String> before = rows();
    long caused = before.values().stream().filter(r -> !r.contains("\ncause=null")).count();
    assertThat(onWarehouse("reclassify", "small")).as("%s", err).isZero();
    assertThat(out.toString())
        .contains("0 of 12 verdicts change under the present rule.")
        .doesNotContain("causes change");
    Replaced.asOfOld(warehouse, sweep().id());
    assertThat(onWarehouse("reclassify", "small")).as("%s", err).isZero();
    assertThat(out.toString())
        .contains(
            "(version %d of the rule; stored are those of version %d)"
                .formatted(VerdictRule.VERSION, VerdictRule.VERSION - 1));
    JsonNode json = json("reclassify", "small", "--format", "json");
    assertThat(json.path("changed").asLong()).isZero();
    assertThat(json.path("changed_causes").asLong()).isZero();
    assertThat(json.path("new_causes").asLong()).isEqualTo(caused);
    assertThat(json.path("kept_for_want_of_evidence").asLong()).isZero();
    // Judged by another rule, they would have had other ids, in another sweep.
    assertThat(onWarehouse("verify")).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(out.toString())
        .contains("judged by rule %d, which are not".formatted(VerdictRule.VERSION - 1));
  }

  @Test
  void reclassifySaysWhichEvidenceIsMissing() throws IOException {
    Map<Long, String> before = rows();
    long open = before.values().stream().filter(r -> r.contains("\navail_complete=true")).count();
    assertThat(open).isPositive();
    Replaced.trials(
        warehouse,
        sweep().id(),
        r ->
            with(
                r,
                r.evidence().is(Measure.AVAIL_COMPLETE)
                    ? r.evidence().toBuilder()
                        .remove(Measure.AVAIL)
                        .remove(Measure.AVAIL_COMPLETE)
                        .build()
                    : r.evidence()));
    JsonNode json = json("reclassify", "small", "--format", "json");
    assertThat(json.path("kept_for_want_of_evidence").asLong()).isEqualTo(open);
    long sum = 0;
    for (JsonNode missing : json.path("missing")) {
      assertThat(missing.path("evidence").asText()).contains("avail");
      sum += missing.path("trials").asLong();
    }
    assertThat(sum).isEqualTo(open);
    assertThat(onWarehouse("reclassify")).isZero();
    assertThat(out.toString()).contains(open + " keep their verdict");
  }

  private static TrialRecord with(TrialRecord r, Evidence evidence) {
    return new TrialRecord(
        r.id(),
        r.trial(),
        r.status(),
        r.verdict(),
        evidence,
        r.outcome(),
        r.times(),
        r.failure(),
        r.curve(),
        r.layers(),
        r.provenance());
  }

  private JsonNode json(String... arguments) throws IOException {
    assertThat(onWarehouse(arguments)).as("%s", err).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  @Test
  void explainTellsWhatDecidedAndNothingThatHasNoEffect() throws IOException {
    List<TrialRecord> records = new ArrayList<>();
    TrialReader reader = new TrialReader(warehouse);
    reader.forEach(sweep().id(), t -> records.add(t.record(List.of(), List.of())));
    for (TrialRecord r : records) {
      String id = r.id().hex().substring(0, 16);
      Verdict verdict = r.verdict().orElseThrow();
      assertThat(onWarehouse("explain", id)).as("%s", err).isZero();
      assertThat(out.toString())
          .contains(verdict.name(), verdict.reason(), "Loss and accuracy", "Layers")
          .containsPattern("Without effect here: .*momentum, beta1, beta2, rho, epsilon")
          .doesNotContainPattern("(?m)^  momentum ")
          .containsPattern("(?m)^  loss where it stopped +[0-9]")
          .containsPattern("(?m)^  accuracy +[0-9.]+ % +[0-9.]+ %")
          .doesNotContainPattern("[0-9]{4,} %");
      verdict.cause().ifPresent(c -> assertThat(out.toString()).contains(c.doc()));
      JsonNode json = json("explain", id, "--format", "json");
      assertThat(json.path("cause").isNull()).isEqualTo(verdict.cause().isEmpty());
      assertThat(json.path("margin").isNull()).isEqualTo(verdict.margin().isEmpty());
      if (verdict.margin().isPresent()) {
        double nearest = Double.POSITIVE_INFINITY;
        for (JsonNode c : json.path("decided")) {
          if (c.path("decisive").asBoolean()) {
            nearest = Math.min(nearest, c.path("decades").asDouble());
          }
        }
        assertThat(nearest).isEqualTo(verdict.margin().getAsDouble());
      }
    }
    Replaced.asOfOld(warehouse, sweep().id());
    assertThat(onWarehouse("explain", records.get(0).id().hex())).as("%s", err).isZero();
    assertThat(out.toString())
        .contains("Version %d of the rule judged it".formatted(VerdictRule.VERSION - 1))
        .contains("says the same")
        .doesNotContain("  cause  ");
  }

  @Test
  void examineTellsTheSameOfANetworkFromOutside() throws IOException {
    Path file = Path.of("..", "docs", "examples", "saddle.json");
    assertThat(command("examine", file.toString())).as("%s", err).isZero();
    assertThat(out.toString()).contains("saddle (", "Evidence", "nc_dec");
    assertThat(command("examine", file.toString(), "--format", "json")).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.path("category").asText()).isEqualTo("saddle");
    assertThat(json.has("cause")).isTrue();
    assertThat(json.has("margin")).isTrue();
    assertThat(json.path("decided").isArray()).isTrue();
  }

  /** What another program measured says whether the file means the same here. */
  @Test
  void examineRefusesALossThatIsNotTheExpectedOne() throws IOException {
    String text =
        """
        {"name": "line", "network": {"sizes": [1, 1], "loss": "mse", "loss_factor": 2},
         "data": {"inputs": [[0], [1]], "targets": [[1], [4]]},
         "weights": [{"W": [[1]], "b": [0]}], "expected_loss": %s}
        """;
    Path file = work.resolve("line.json");
    // The mean square of (−1, −3), which float32 may have rounded.
    Files.writeString(file, text.formatted("5.0001"));
    assertThat(command("examine", file.toString(), "--format", "json")).as("%s", err).isZero();
    assertThat(new ObjectMapper().readTree(out.toString()).findPath("start_loss").doubleValue())
        .isEqualTo(5);
    Files.writeString(file, text.formatted("2.5"));
    assertThat(command("examine", file.toString())).isEqualTo(Saddlemap.INVALID);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .contains("case 'line': expected_loss: the loss at the given weights is 5.0, not 2.5")
        .hasLineCount(1);
  }

  @Test
  void statusCountsWhatWasNotExamined() throws IOException {
    Replaced.trials(
        warehouse,
        sweep().id(),
        r ->
            new TrialRecord(
                r.id(),
                r.trial(),
                r.status(),
                Optional.of(new Verdict(Optional.empty(), "not examined", "No look was taken.")),
                Evidence.NONE,
                r.outcome(),
                r.times(),
                r.failure(),
                r.curve(),
                r.layers(),
                r.provenance()));
    JsonNode status = json("status", "--format", "json").path(0);
    assertThat(status.path("trials").asLong()).isEqualTo(TRIALS);
    assertThat(status.path("unjudged").asLong()).isEqualTo(TRIALS);
    assertThat(status.path("optimum").asLong()).isZero();
  }

  @Test
  void aSweepWhoseRowIsDamagedStopsNoOther() throws IOException {
    Path second =
        Files.writeString(work.resolve("second.yaml"), YAML.replace("name: small", "name: second"));
    assertThat(onWarehouse("run", second.toString())).isZero();
    String id = sweep().id();
    Path row = location.resolve("sweeps/sweep=" + id + "/sweep.parquet");
    byte[] bytes = Files.readAllBytes(row);
    Files.write(row, Arrays.copyOf(bytes, bytes.length / 2));

    assertThat(onWarehouse("status", "--format", "csv")).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(out.toString()).contains("second-").doesNotContain("small-");
    assertThat(err.toString()).contains("Cannot read").contains(id + "/sweep.parquet");
    for (String reference : List.of("second", second.toString())) {
      assertThat(onWarehouse("verify", reference)).as("%s", err).isZero();
      assertThat(onWarehouse("status", reference)).as("%s", err).isZero();
    }
    for (String reference : List.of("small", id)) {
      assertThat(onWarehouse("verify", reference)).isEqualTo(Saddlemap.INCOMPLETE);
      assertThat(err.toString()).contains(id + "/sweep.parquet").hasLineCount(1);
    }
    assertThat(onWarehouse("run", spec.toString())).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(err.toString()).contains(id + "/sweep.parquet").contains("move this file away");
    Files.move(row, work.resolve("sweep.parquet"));
    assertThat(onWarehouse("run", spec.toString())).as("%s", err).isZero();
    assertThat(err.toString()).contains("Nothing to train");
    assertThat(onWarehouse("verify", id)).as("%s", out).isZero();
  }

  /** The sweep's row as that of a run that began then and has not ended. */
  private void unfinishedSince(String started) throws IOException {
    SweepRecord r = sweep().record();
    new Catalogue(warehouse)
        .write(
            sweep().id(),
            new SweepRecord(
                r.name(),
                r.spec(),
                r.specPath(),
                r.planDigest(),
                r.dataFingerprint(),
                r.dataSummary(),
                r.trainingRows(),
                r.plannedTrials(),
                r.version(),
                r.sparkVersion(),
                started,
                null));
  }

  /** As after a clock that was set back by decades: all that stands there is of the future. */
  @Test
  void aSweepOfTheFutureGoesOnAndKnowsItsSpeed() throws IOException {
    Map<Long, String> sound = rows();
    unfinishedSince("2100-01-01T00:00:00Z");
    for (Path chunk : chunkFiles()) {
      if (chunk.getFileName().equals(chunkFiles().get(0).getFileName())) {
        Files.delete(chunk);
      }
    }
    FileTime future = FileTime.from(Instant.parse("2100-01-01T00:00:00Z"));
    try (var files = Files.walk(location)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, future);
      }
    }
    assertThat(onWarehouse("verify")).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(onWarehouse("run", spec.toString())).as("%s", err).isZero();
    assertThat(rows()).isEqualTo(sound);
    assertThat(sweep().record().started()).isEqualTo("2100-01-01T00:00:00Z");
    assertThat(Instant.parse(sweep().record().finished())).isBefore(future.toInstant());
    assertThat(onWarehouse("status", "--format", "json")).isZero();
    assertThat(out.toString()).doesNotContain("\"trials_per_second\":null");
    assertThat(onWarehouse("verify")).as("%s", out).isZero();
  }

  /** It is the work that counts, not the nights between two runs. */
  @Test
  void statusLeavesTimeWithoutARunOutOfTheSpeed() throws IOException {
    unfinishedSince("2001-01-01T00:00:00Z");
    assertThat(onWarehouse("status", "--format", "json")).isZero();
    Matcher speed = Pattern.compile("\"trials_per_second\":([0-9.Ee-]+)").matcher(out.toString());
    assertThat(speed.find()).as("%s", out).isTrue();
    assertThat(Double.parseDouble(speed.group(1))).isGreaterThan(TRIALS / 3600.0);
  }

  @Test
  void aSweepOfSeveralKernelsSaysSoOnceWhereverItIsShown() throws IOException {
    String several = "Several BLAS kernels computed the trials of " + sweep().id();
    for (String engine : List.of("duckdb", "spark")) {
      assertThat(onWarehouse("status", "--engine", engine)).as("%s", err).isZero();
      assertThat(err.toString()).doesNotContain("kernels");
    }
    Replaced.trials(
        warehouse,
        sweep().id(),
        t -> t.trial().index() < 3 ? withKernel(t, "OpenBLAS 0.3.31 SapphireRapids") : t);
    String counts = ": 9 by OpenBLAS [^:]*, 3 by OpenBLAS 0.3.31 SapphireRapids. ";
    for (String engine : List.of("duckdb", "spark")) {
      assertThat(onWarehouse("status", "--engine", engine)).as("%s", err).isZero();
      assertThat(err.toString()).containsOnlyOnce(several).containsPattern(several + counts);
    }
    assertThat(onWarehouse("run", spec.toString())).as("%s", err).isZero();
    assertThat(err.toString()).containsOnlyOnce(several).containsPattern(several + counts);
    Path page = work.resolve("page.html");
    assertThat(onWarehouse("report", "small", "--out", page.toString())).as("%s", err).isZero();
    assertThat(Files.readString(page)).containsOnlyOnce(several).containsPattern(several + counts);
  }

  private static TrialRecord withKernel(TrialRecord t, String blas) {
    Provenance p = t.provenance();
    return Replaced.with(
        t,
        new Provenance(
            p.version(), p.engine(), p.java(), p.platform(), blas, p.blasThreads(), p.host()));
  }

  @Test
  void replayTellsOtherToolsFromOtherResults() throws IOException {
    List<StoredTrial> trials = new ArrayList<>();
    new TrialReader(warehouse).forEach(sweep().id(), trials::add);
    String id = trials.get(3).id().hex();
    assertThat(onWarehouse("replay", id)).as("%s", out).isZero();
    assertThat(out.toString()).contains("no difference").doesNotContain("other tools");

    Replaced.trials(
        warehouse,
        sweep().id(),
        t ->
            Replaced.with(
                t,
                new Provenance(
                    "0.0.1",
                    t.provenance().engine(),
                    "21.0.9",
                    "Plan 9",
                    "another kernel",
                    t.provenance().blasThreads(),
                    "elsewhere")));
    assertThat(onWarehouse("replay", id)).as("%s", out).isZero();
    assertThat(out.toString()).contains("no difference", "other tools", "21.0.9", "Plan 9");

    end(TrialStatus.FAILED, trials.get(3).trial().index());
    assertThat(onWarehouse("replay", id)).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(out.toString()).contains("status");
  }

  /** By SIGTERM: who starts a build in the background may have it ignore SIGINT. */
  private static void interruptThisProcess() {
    try {
      String process = Long.toString(ProcessHandle.current().pid());
      assertThat(new ProcessBuilder("kill", "-TERM", process).start().waitFor()).isZero();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anInterruptionBetweenTwoJobsEndsTheRunAndSaysHowToGoOn() throws IOException {
    // A core that is said to be so slow that a pilot comes first.
    Path speed = work.resolve("slow.properties");
    try (Writer file = Files.newBufferedWriter(speed)) {
      Speed.SHIPPED.slower(1e6).write(file);
    }
    Path copy = Files.writeString(work.resolve("a spec.yaml"), YAML + "replicates: 4\n");
    Path other = work.resolve("other [1]");
    StringWriter said = new StringWriter();
    PrintWriter interrupting =
        new PrintWriter(said, true) {
          @Override
          public PrintWriter printf(Locale locale, String format, Object... arguments) {
            if (format.startsWith("Trials take")) { // the pilot is over, and the rest not begun
              interruptThisProcess();
            }
            return super.printf(locale, format, arguments);
          }
        };
    int code =
        Saddlemap.run(
            Saddlemap.commandLine().setOut(new PrintWriter(out)).setErr(interrupting),
            "run",
            copy.toString(),
            "--speed",
            speed.toString(),
            "--warehouse",
            other.toString());
    assertThat(code).as("%s", said).isEqualTo(130);
    assertThat(said.toString())
        .contains("Interrupted", "saddlemap run '" + copy + "' --warehouse '" + other + "'");
    assertThat(Saddlemap.run("run", copy.toString(), "--warehouse", other.toString())).isZero();
    location = other;
    warehouse = Warehouse.open(location.toString(), new Configuration());
    assertThat(rows()).hasSize(4 * TRIALS);
  }

  /** One value and one replicate more, and another order of axes: a quarter is there already. */
  @Test
  void trialsThatStandInAnotherSweepAreTakenOver() throws IOException {
    Map<String, String> before = byId();
    assertThat(before).hasSize(TRIALS);
    end(TrialStatus.FAILED, 5);
    Path more =
        Files.writeString(
            work.resolve("more.yaml"),
            """
            name: more
            data: {synthetic: {problem: xor, rows: 100, features: 2, classes: 2, noise: 0.1}, holdout: 0.2}
            train: {max_steps: 20}
            grid:
              learning_rate: [10, 0.1, 1.0, 0.3]
              width: [4]
              initializer: [he_normal, zeros]
              depth: [1, 2, 3]
            replicates: 2
            """);
    assertThat(onWarehouse("plan", more.toString(), "--format", "json")).as("%s", err).isZero();
    assertThat(out.toString()).contains("\"trials\":48", "\"already_trained\":12");
    assertThat(onWarehouse("run", more.toString())).as("%s", err).isZero();
    assertThat(err.toString())
        .contains("48 of 48 trials to run", "12 of them stand in other sweeps already (small-")
        .contains("11 of them taken over");
    assertThat(onWarehouse("verify", "more")).as("%s%s", out, err).isZero();
    Map<String, StoredTrial> after = new TreeMap<>();
    new TrialReader(warehouse)
        .forEach(
            new Catalogue(warehouse).find(Optional.of("more")).id(),
            t -> after.put(t.id().hex(), t));
    assertThat(after).hasSize(48).containsKeys(before.keySet().toArray(String[]::new));
    long same =
        before.entrySet().stream()
            .filter(e -> whole(after.get(e.getKey())).equals(e.getValue()))
            .count();
    assertThat(same).as("rows that are the same to the millisecond").isEqualTo(11);
    TrialReader reader = new TrialReader(warehouse);
    for (StoredTrial trial : after.values()) {
      assertThat(reader.record(trial).curve()).isNotEmpty();
      assertThat(reader.record(trial).layers()).isNotEmpty();
    }
    assertThat(onWarehouse("plan", more.toString(), "--format", "json")).isZero();
    assertThat(out.toString()).contains("\"already_trained\":48");
    // Either sweep's row can be asked for.
    String shared = before.keySet().iterator().next();
    for (String sweep : List.of("small", "more", more.toString())) {
      assertThat(onWarehouse("replay", shared, "--sweep", sweep)).as("%s%s", out, err).isZero();
    }
    String own = after.keySet().stream().filter(id -> !before.containsKey(id)).findFirst().get();
    assertThat(onWarehouse("replay", own, "--sweep", "small")).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("in the sweep small-");
    // The same the other way round: nothing is trained for a part of it.
    Path less =
        Files.writeString(
            work.resolve("less.yaml"), YAML.replace("name: small", "name: less") + "replicates: 2");
    assertThat(onWarehouse("run", less.toString())).as("%s", err).isZero();
    assertThat(err.toString()).contains("24 of 24 trials to run", "24 of them taken over");
    Path all =
        Files.writeString(work.resolve("all.yaml"), YAML.replace("name: small", "name: all"));
    assertThat(onWarehouse("run", all.toString(), "--train-all")).as("%s", err).isZero();
    assertThat(err.toString()).doesNotContain("other sweeps", "taken over");
    // Rows that were taken over are copies: what becomes of their first sweep is all one.
    Path base = location;
    assertThat(onWarehouse("remove", "small", "--yes")).as("%s", err).isZero();
    assertThat(err.toString()).containsPattern("Removed small-\\w+ of .*: 12 trials, \\d+ files, ");
    try (var left = Files.walk(base)) {
      assertThat(left).noneMatch(f -> f.getFileName().toString().startsWith("sweep=small-"));
    }
    for (String sweep : List.of("more", "less")) {
      assertThat(onWarehouse("verify", sweep)).as("%s%s", out, err).isZero();
    }
    assertThat(onWarehouse("replay", shared)).as("%s%s", out, err).isZero();
    assertThat(onWarehouse("remove", "small", "--yes")).isEqualTo(Saddlemap.INVALID);
    // Other data, or another seed, give other trials.
    Path other =
        Files.writeString(
            work.resolve("other.yaml"), YAML.replace("name: small", "name: other") + "seed: 9");
    assertThat(onWarehouse("run", other.toString())).as("%s", err).isZero();
    assertThat(err.toString()).doesNotContain("other sweeps", "taken over");
  }

  @Test
  void tagsAndNoteStandWithTheSweepAndChangeNothingElse() throws IOException {
    String id = sweep().id();
    Map<Long, String> before = rows();
    assertThat(
            onWarehouse(
                "run",
                spec.toString(),
                "--tag",
                "owner=ada",
                "--tag",
                "draft",
                "--note",
                "für \"B\""))
        .as("%s", err)
        .isZero();
    assertThat(err.toString()).contains("Nothing to train");
    assertThat(sweep().id()).isEqualTo(id);
    assertThat(rows()).isEqualTo(before);
    assertThat(onWarehouse("status", "--format", "json")).isZero();
    assertThat(out.toString())
        .contains("\"tags\":\"draft, owner=ada\"", "\"note\":\"für \\\"B\\\"\"");

    // Others join them, the same key takes the place, and an interrupted sweep keeps them.
    for (Path chunk : chunkFiles()) {
      Files.delete(chunk);
    }
    assertThat(onWarehouse("run", spec.toString(), "--tag", "owner=bob")).as("%s", err).isZero();
    assertThat(
            onWarehouse(
                "sql",
                "--format",
                "csv",
                "SELECT tags, note FROM sweeps WHERE array_contains(split(tags, ', '), 'owner=bob')"))
        .isZero();
    assertThat(out.toString()).contains("\"draft, owner=bob\",\"für \"\"B\"\"\"");
    assertThat(onWarehouse("run", spec.toString(), "--note", "")).isZero();
    assertThat(sweep().record().note()).isNull();
    assertThat(sweep().record().tags()).isEqualTo("draft, owner=bob");

    for (String wrong : List.of("", "=x", "a,b", "a\nb")) {
      assertThat(onWarehouse("run", spec.toString(), "--tag", wrong)).isEqualTo(Saddlemap.INVALID);
      assertThat(err.toString()).contains("is no tag");
    }
    assertThat(onWarehouse("run", spec.toString(), "--tag", "a=1", "--tag", "a=2"))
        .isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("'a' is given twice");
  }

  @Test
  void readmeListsEveryCommand() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    String table = readme.split("(?m)^## Commands$", -1)[1].split("(?m)^## ", -1)[0];
    Set<String> listed =
        Pattern.compile("(?<=[|,] `)[a-z]+")
            .matcher(table.replaceAll("(?m)^(\\| .*?) \\| .*$", "$1"))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toSet());
    Set<String> commands = new HashSet<>(Saddlemap.commandLine().getSubcommands().keySet());
    commands.remove("help");
    assertThat(listed).isEqualTo(commands);
  }

  /** The list of commands shows the first line of each alone. */
  @Test
  void theFirstLineOfEveryCommandIsASentence() {
    Saddlemap.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) -> {
              if (!name.equals("help")) {
                assertThat(command.getCommandSpec().usageMessage().description()[0])
                    .as(name)
                    .endsWith(".");
              }
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"local;1", "local[1];1", "local[3];3", "local[6, 2];6", "spark://x:7077;0"})
  void planCountsTheCoresOfALocalMaster(String master, int cores) throws IOException {
    String before = System.setProperty("spark.master", master);
    try {
      int expected = cores > 0 ? cores : Runtime.getRuntime().availableProcessors();
      assertThat(json("plan", spec.toString(), "--format", "json").findValue("cores").asInt())
          .isEqualTo(expected);
      System.setProperty("spark.task.cpus", "3");
      assertThat(Spark.cores()).isEqualTo(Math.max(1, expected / 3));
    } finally {
      System.clearProperty("spark.task.cpus");
      System.setProperty("spark.master", before);
    }
  }

  @Test
  void placesThatCannotBeWrittenAreTheUsersErrorBeforeAnyWork() throws IOException {
    Path file = Files.writeString(work.resolve("file"), "");
    assertThat(command("run", spec.toString(), "--warehouse", file + "/w"))
        .isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString())
        .contains("Cannot write to the warehouse file:" + file + "/w: ")
        .satisfies(said -> assertThat(said.lines()).hasSize(1));
    for (String[] report :
        new String[][] {
          {"report", "small", "--out", "/proc/x.html"},
          {"report", "small", "--png-map", "/proc/x.png"},
          {"calibrate", "--out", "/proc/speed"}
        }) {
      assertThat(onWarehouse(report)).isEqualTo(Saddlemap.INVALID);
      assertThat(err.toString()).startsWith("saddlemap: Cannot write /proc/");
      assertThat(err.toString().lines()).hasSize(1);
    }
    Path kept = Files.writeString(work.resolve("page.html"), "mine");
    OutputFile.require(kept);
    assertThat(kept).hasContent("mine");
    OutputFile.require(work.resolve("new.html"));
    assertThat(work.resolve("new.html")).doesNotExist();
  }

  /** Batch normalization has three kinds of parameters, and data in a file may move. */
  @Test
  void replayWritesTheNetworkThatItTrainedAndFindsDataThatMoved() throws Exception {
    StringBuilder table = new StringBuilder();
    java.util.Random random = new java.util.Random(7);
    for (int i = 0; i < 60; i++) {
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      table.append("%s;%s;%s%n".formatted(x, y, x * y > 0 ? "a" : "b").replace('.', ','));
    }
    Path home = Files.createDirectories(work.resolve("home"));
    Files.writeString(home.resolve("t.csv"), table);
    Path own =
        Files.writeString(
            home.resolve("own.yaml"),
            """
            name: own
            data: {csv: t.csv, separator: ";", decimal: ",", holdout: 0.25}
            network: {width: 3, batch_norm: true, depth: 1}
            train: {max_steps: 30, l2: 0.001, batch_size: 15}
            grid: {learning_rate: [0.1, 0.3]}
            """);
    assertThat(onWarehouse("run", own.toString())).as("%s", err).isZero();
    List<StoredTrial> trials = new ArrayList<>();
    String id = new Catalogue(warehouse).find(Optional.of("own")).id();
    new TrialReader(warehouse).forEach(id, trials::add);
    StoredTrial trial = trials.get(0);
    String hex = trial.id().hex();
    Path json = work.resolve("network.json");
    assertThat(onWarehouse("replay", hex, "--out", json.toString())).as("%s%s", out, err).isZero();
    assertThat(err.toString()).contains("wrote " + json);

    // The network is the one that was judged: same loss on the same rows.
    assertThat(command("examine", json.toString(), "--format", "json")).as("%s", err).isZero();
    double judged =
        new ObjectMapper().readTree(out.toString()).findPath("start_loss").doubleValue();
    assertThat(judged)
        .isCloseTo(trial.row().number("final_loss"), org.assertj.core.data.Offset.offset(1e-12));

    // With its data in it, the file says the same of itself.
    Path whole = work.resolve("whole.json");
    assertThat(onWarehouse("replay", hex, "--out", whole.toString(), "--with-data")).isZero();
    JsonNode data = new ObjectMapper().readTree(whole.toFile()).get("data");
    assertThat(data.get("inputs")).hasSize(45);
    assertThat(data.get("targets").get(0)).hasSize(2);
    assertThat(command("examine", json.toString(), "--format", "json")).isZero();
    String byPlace = out.toString();
    assertThat(command("examine", whole.toString(), "--format", "json")).as("%s", err).isZero();
    assertThat(out.toString()).isEqualTo(byPlace);
    assertThat(onWarehouse("replay", hex, "--out", work + "/n.npz", "--with-data"))
        .isEqualTo(Saddlemap.INVALID);

    Path npz = work.resolve("network.npz");
    assertThat(onWarehouse("replay", hex, "--out", npz.toString())).as("%s%s", out, err).isZero();
    byte[] first = Files.readAllBytes(npz);
    assertThat(onWarehouse("replay", hex, "--out", npz.toString())).isZero();
    assertThat(Files.readAllBytes(npz)).isEqualTo(first);
    JsonNode weights = new ObjectMapper().readTree(json.toFile()).get("weights");
    Map<String, float[]> arrays = arrays(npz);
    assertThat(arrays.keySet()).containsExactly("W0", "W1", "b0", "b1", "gamma0");
    assertThat(arrays.get("W0")).isEqualTo(flat(weights.get(0).get("W")));
    assertThat(arrays.get("gamma0")).isEqualTo(flat(weights.get(0).get("gamma")));
    assertThat(arrays.get("b1")).isEqualTo(flat(weights.get(1).get("b")));

    // The data go elsewhere, and so does the warehouse.
    Path away = Files.createDirectories(work.resolve("away"));
    Files.move(home.resolve("t.csv"), away.resolve("t.csv"));
    assertThat(onWarehouse("replay", hex)).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("t.csv", "--data");
    for (String place : List.of(away.toString(), away.resolve("t.csv").toString())) {
      assertThat(onWarehouse("replay", hex, "--data", place)).as("%s%s", out, err).isZero();
    }
    Files.writeString(away.resolve("other.csv"), table.substring(0, table.length() / 2) + "\n");
    Files.delete(npz);
    assertThat(onWarehouse("replay", hex, "--out", npz.toString(), "--data", away + "/other.csv"))
        .isEqualTo(Saddlemap.INVALID);
    assertThat(npz).doesNotExist();
    String drawn = byId().keySet().iterator().next();
    assertThat(onWarehouse("replay", drawn, "--data", away.toString()))
        .isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("synthetic");
  }

  @Test
  void aTrialThatFailedLeftNoNetwork() throws IOException {
    end(TrialStatus.FAILED, 5);
    List<StoredTrial> trials = new ArrayList<>();
    new TrialReader(warehouse).forEach(sweep().id(), trials::add);
    String failed =
        trials.stream()
            .filter(t -> t.status() == TrialStatus.FAILED)
            .findFirst()
            .orElseThrow()
            .id()
            .hex();
    Path file = work.resolve("n.json");
    assertThat(onWarehouse("replay", failed, "--out", file.toString()))
        .isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("failed, and left no network to write");
    assertThat(file).doesNotExist();
  }

  /** NumPy's own description of the format, read independently. */
  private static Map<String, float[]> arrays(Path npz) throws IOException {
    Map<String, float[]> arrays = new TreeMap<>();
    try (java.util.zip.ZipFile zip = new java.util.zip.ZipFile(npz.toFile())) {
      for (var entry : java.util.Collections.list(zip.entries())) {
        java.nio.ByteBuffer bytes =
            java.nio.ByteBuffer.wrap(zip.getInputStream(entry).readAllBytes())
                .order(java.nio.ByteOrder.LITTLE_ENDIAN);
        int header = bytes.getShort(8);
        assertThat((10 + header) % 64).isZero();
        assertThat(
                new String(bytes.array(), 10, header, java.nio.charset.StandardCharsets.US_ASCII))
            .contains("'descr': '<f4'", "'fortran_order': False")
            .endsWith("\n");
        bytes.position(10 + header);
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        arrays.put(entry.getName().replace(".npy", ""), values);
      }
    }
    return arrays;
  }

  private static float[] flat(JsonNode numbers) {
    List<Float> flat = new ArrayList<>();
    numbers.forEach(
        n -> {
          if (n.isArray()) {
            n.forEach(m -> flat.add((float) m.doubleValue()));
          } else {
            flat.add((float) n.doubleValue());
          }
        });
    float[] values = new float[flat.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = flat.get(i);
    }
    return values;
  }

  @Test
  void aFolderIsNoSpec() {
    for (String verb : List.of("run", "plan")) {
      assertThat(onWarehouse(verb, work.toString())).isEqualTo(Saddlemap.INVALID);
      assertThat(err.toString())
          .contains("Cannot read the spec " + work + ": it is a folder; give a spec file");
    }
  }

  @Test
  void reclassifyTakesASpecFile() {
    assertThat(onWarehouse("reclassify", spec.toString(), "--format", "json"))
        .as("%s", err)
        .isZero();
    assertThat(out.toString()).contains("\"sweep\" : \"small-", "\"changed\" : 0,");
  }

  @Test
  void nothingToRetryIsSaid() {
    assertThat(onWarehouse("run", spec.toString(), "--retry", "failed,timed_out")).isZero();
    assertThat(err.toString()).contains("Nothing to retry: no trial failed or timed out.");
  }

  @Test
  void aSweepIsRemovedOnDemandAlone() throws IOException {
    String id = sweep().id();
    // Where no terminal is, nobody can be asked.
    assertThat(onWarehouse("remove", "small")).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("--yes removes " + id, "12 trials");
    assertThat(rows()).hasSize(TRIALS);
    assertThat(onWarehouse("remove")).isEqualTo(Saddlemap.INVALID);
    assertThat(onWarehouse("remove", "smal", "--yes")).isEqualTo(Saddlemap.INVALID);

    try (SweepLock lock = SweepLock.take(warehouse, id)) {
      assertThat(lock.isHeld()).isTrue();
      assertThat(onWarehouse("remove", "small", "--yes")).isEqualTo(Saddlemap.INCOMPLETE);
      assertThat(err.toString()).contains("is at work: process");
    }
    Path notes = location.resolve("trials/sweep=" + id + "/notes.txt");
    Files.writeString(notes, "mine");
    assertThat(onWarehouse("remove", "small", "--yes")).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("move it away first", "notes.txt");
    assertThat(rows()).hasSize(TRIALS);
    Files.delete(notes);

    assertThat(onWarehouse("remove", spec.toString(), "--yes")).as("%s", err).isZero();
    assertThat(onWarehouse("status", "--format", "csv")).isZero();
    assertThat(out.toString()).doesNotContain(id);
    assertThat(onWarehouse("run", spec.toString())).as("%s", err).isZero();
    assertThat(rows()).hasSize(TRIALS);

    // One that died after its commit.
    Removal.commit(warehouse, id);
    assertThat(onWarehouse("sql", "--format", "csv", "SELECT count(*) FROM trials")).isZero();
    assertThat(out.toString().lines().toList()).contains("0");
    assertThat(onWarehouse("remove", "small")).as("%s", err).isZero();
    assertThat(err.toString()).contains("interrupted, is finished");
    Removal.commit(warehouse, id);
    assertThat(onWarehouse("run", spec.toString())).as("%s", err).isZero();
    assertThat(err.toString()).contains("12 of 12 trials to run");
  }

  /** All columns but the number in the plan, by id. */
  private Map<String, String> byId() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    new TrialReader(warehouse).forEach(sweep().id(), t -> rows.put(t.id().hex(), whole(t)));
    return rows;
  }

  private static String whole(StoredTrial trial) {
    return Tables.TRIALS.columns().stream()
        .filter(c -> !c.name().equals("plan_index"))
        .map(c -> c.name() + "=" + trial.row().find(c.name()).orElse(null))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void calibrateKnowsBeforeItReadsThatItCannotWrite() {
    assertThat(onWarehouse("calibrate", "--out", work.resolve("missing/speed").toString()))
        .isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("there is no folder");
    assertThat(onWarehouse("calibrate", "--out", work.toString())).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("it is a folder");
  }

  private List<Path> chunkFiles() throws IOException {
    try (var files = Files.walk(location)) {
      return files.filter(f -> f.getFileName().toString().startsWith("chunk-")).sorted().toList();
    }
  }
}

package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.plan.Speed;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;

/** {@code run} where trials of the sweep, or of another one, are there already. */
@Tag("slow")
@Tag("spark")
class RunCommandTest extends OnTrainedSweep {
  @Test
  void retryTrainsWhatFailedOrTimedOutAndNothingElse() throws IOException {
    Map<Long, String> sound = rows();
    end(TrialStatus.FAILED, 1, 7);
    end(TrialStatus.TIMED_OUT, 4);
    Map<Long, String> broken = rows();
    assertThat(broken).hasSize(TrainedSweep.TRIALS).isNotEqualTo(sound);
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
  void nothingToRetryIsSaid() {
    assertThat(onWarehouse("run", spec.toString(), "--retry", "failed,timed_out")).isZero();
    assertThat(err.toString()).contains("Nothing to retry: no trial failed or timed out.");
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
    Path copy =
        Files.writeString(work.resolve("a spec.yaml"), TrainedSweep.YAML + "replicates: 4\n");
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
    assertThat(rows()).hasSize(4 * TrainedSweep.TRIALS);
  }

  /** One value and one replicate more, and another order of axes: a quarter is there already. */
  @Test
  void trialsThatStandInAnotherSweepAreTakenOver() throws IOException {
    Map<String, String> before = byId();
    assertThat(before).hasSize(TrainedSweep.TRIALS);
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
            work.resolve("less.yaml"),
            TrainedSweep.YAML.replace("name: small", "name: less") + "replicates: 2");
    assertThat(onWarehouse("run", less.toString())).as("%s", err).isZero();
    assertThat(err.toString()).contains("24 of 24 trials to run", "24 of them taken over");
    Path all =
        Files.writeString(
            work.resolve("all.yaml"), TrainedSweep.YAML.replace("name: small", "name: all"));
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
            work.resolve("other.yaml"),
            TrainedSweep.YAML.replace("name: small", "name: other") + "seed: 9");
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
}

package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.run.Engine;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;

/** A sweep by {@code arithmetic: nd4j}, planned, run, and one of its trials replayed. */
@Tag("slow")
@Tag("spark")
@ExtendWith(LocalSpark.class)
class Nd4jSweepTest {
  private static final String YAML =
      """
      name: plain
      arithmetic: nd4j
      data: {synthetic: {problem: xor, rows: 60, features: 2, classes: 2, noise: 0.1}, holdout: 0.2}
      network: {width: 4, depth: 1}
      train: {max_steps: 20}
      grid:
        initializer: [zeros, he_normal]
        optimizer: [sgd, adam]
      """;

  @Test
  void isPlannedRunAndReplayed(@TempDir Path work) throws Exception {
    String spec = Files.writeString(work.resolve("plain.yaml"), YAML).toString();
    String location = work.resolve("w").toString();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    for (String command : List.of("plan", "run")) {
      assertThat(command(out, err, command, spec, "--warehouse", location))
          .as(err.toString())
          .isZero();
    }
    Warehouse warehouse = Warehouse.open(location, new Configuration());
    List<StoredTrial> trials = new ArrayList<>();
    new TrialReader(warehouse)
        .forEach(new Catalogue(warehouse).find(Optional.of("plain")).id(), trials::add);
    assertThat(trials).hasSize(4);
    for (StoredTrial t : trials) {
      assertThat(t.status()).isEqualTo(TrialStatus.COMPLETED);
      assertThat(t.provenance().engine()).isEqualTo(Engine.VERSION + "-nd4j");
      assertThat(t.provenance().blasThreads()).isEqualTo(1);
    }
    String id = trials.get(3).id().hex();
    assertThat(command(out, err, "replay", id, "--warehouse", location))
        .as(out.toString() + err)
        .isZero();
  }

  private static int command(StringWriter out, StringWriter err, String... arguments) {
    return Saddlemap.run(
        Saddlemap.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true)),
        arguments);
  }
}

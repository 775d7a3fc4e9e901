package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.record.Tables;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Replaced;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Evidence;

/** Commands in this process, each test on its own copy of a small sweep that they have trained. */
@ExtendWith({LocalSpark.class, TrainedSweep.Once.class})
abstract class OnTrainedSweep {
  /** Of the trained sweep. */
  Path spec;

  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();
  @TempDir Path work;
  Path location;
  Warehouse warehouse;

  /** Each test breaks its own copy. */
  @BeforeEach
  void copy(TrainedSweep trained) throws IOException {
    spec = trained.spec();
    location = work.resolve("w");
    try (var files = Files.walk(trained.warehouse())) {
      for (Path file : files.toList()) {
        Files.copy(file, location.resolve(trained.warehouse().relativize(file).toString()));
      }
    }
    warehouse = Warehouse.open(location.toString(), new Configuration());
  }

  int command(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Saddlemap.run(
        Saddlemap.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true)),
        arguments);
  }

  int onWarehouse(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--warehouse";
    all[arguments.length + 1] = location.toString();
    return command(all);
  }

  JsonNode json(String... arguments) throws IOException {
    assertThat(onWarehouse(arguments)).as("%s", err).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  StoredSweep sweep() throws IOException {
    return new Catalogue(warehouse).find(Optional.of("small"));
  }

  /** All columns but times, by plan index; every trial stands once. */
  Map<Long, String> rows() throws IOException {
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

  /** All columns but the number in the plan, by id. */
  Map<String, String> byId() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    new TrialReader(warehouse).forEach(sweep().id(), t -> rows.put(t.id().hex(), whole(t)));
    return rows;
  }

  static String whole(StoredTrial trial) {
    return Tables.TRIALS.columns().stream()
        .filter(c -> !c.name().equals("plan_index"))
        .map(c -> c.name() + "=" + trial.row().find(c.name()).orElse(null))
        .collect(Collectors.joining("\n"));
  }

  /** Puts rows of that status in the place of these trials', as if they had ended so. */
  void end(TrialStatus status, long... indices) throws IOException {
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

  List<Path> chunkFiles() throws IOException {
    try (var files = Files.walk(location)) {
      return files.filter(f -> f.getFileName().toString().startsWith("chunk-")).sorted().toList();
    }
  }
}

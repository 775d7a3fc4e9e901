package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.saddlemap.record.Provenance;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Replaced;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.trial.TrialStatus;

/** {@code replay}: whether the same comes out again, and the network that it writes. */
@Tag("slow")
@Tag("spark")
class ReplayCommandTest extends OnTrainedSweep {
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
}

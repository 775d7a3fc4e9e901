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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.store.Replaced;
import org.saddlemap.store.TrialReader;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

/**
 * {@code explain}, {@code reclassify} and {@code examine}: why a verdict is so, and what another
 * rule would say.
 */
@Tag("slow")
@Tag("spark")
class VerdictCommandsTest extends OnTrainedSweep {
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

  @Test
  void reclassifyTakesASpecFile() {
    assertThat(onWarehouse("reclassify", spec.toString(), "--format", "json"))
        .as("%s", err)
        .isZero();
    assertThat(out.toString()).contains("\"sweep\" : \"small-", "\"changed\" : 0,");
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
}

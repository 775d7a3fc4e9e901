package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.trial.TrialId;

class TrialSearchTest {
  private static final String SWEEP = SweepId.of("depth-and-init", TrialId.sha256("plan"));
  private static final ChunkRange CHUNK = new ChunkRange(20, 60);

  @TempDir Path folder;
  private Warehouse warehouse;
  private TrialReader reader;

  @BeforeEach
  void open() throws IOException {
    warehouse = Warehouse.open(folder.resolve("ware house").toString(), new Configuration());
    reader = new TrialReader(warehouse);
  }

  @Test
  void searchRefusesPrefixesThatAreShortOrUnknown() throws IOException {
    new Chunks(warehouse).write(SWEEP, CHUNK, new RandomRecords(1).of(CHUNK));
    assertThatThrownBy(() -> new TrialSearch(warehouse).find(List.of(SWEEP), "abc"))
        .isInstanceOf(InvalidInput.class)
        .hasMessage("'abc' is no trial: give 6 to 64 hexadecimal digits of its trial_id");
    assertThatThrownBy(() -> new TrialSearch(warehouse).find(List.of(SWEEP), "000000000000"))
        .isInstanceOf(InvalidInput.class)
        .hasMessage("There is no trial whose id starts with 000000000000 in the sweep " + SWEEP);
    String again = SweepId.of("again", TrialId.sha256("plan"));
    new Chunks(warehouse).write(again, CHUNK, new RandomRecords(1).of(CHUNK));
    String id = reader.trials(SWEEP, CHUNK).get(0).id().hex();
    assertThat(new TrialSearch(warehouse).find(List.of(again, SWEEP), id.substring(0, 8)).sweepId())
        .isEqualTo(again);
  }
}

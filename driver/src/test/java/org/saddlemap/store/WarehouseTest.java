package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.trial.TrialId;

class WarehouseTest {
  private static final String SWEEP = SweepId.of("depth-and-init", TrialId.sha256("plan"));
  private static final ChunkRange CHUNK = new ChunkRange(20, 60);

  @TempDir Path folder;
  private Warehouse warehouse;

  @BeforeEach
  void open() throws IOException {
    warehouse = Warehouse.open(folder.resolve("ware house").toString(), new Configuration());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "..", "a/../b-0123456789", "1a-0123456789", "a-012345678", "a-0123456789/"})
  void pathsAreMadeOfValidSweepIdsOnly(String id) {
    assertThatThrownBy(() -> new Chunks(warehouse).write(id, CHUNK, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid sweep id: '" + id + "'");
    assertThatThrownBy(() -> new Catalogue(warehouse).sweep(id))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void emptyWarehouseHasNoSweepsAndNoChunks() throws IOException {
    assertThat(new Catalogue(warehouse).sweeps().readable()).isEmpty();
    assertThat(new Chunks(warehouse).coverage(SWEEP).chunks()).isEmpty();
    assertThat(new Catalogue(warehouse).sweep(SWEEP)).isEmpty();
    assertThat(new Reconciliation(warehouse, SWEEP).clean()).isZero();
    assertThatThrownBy(() -> new Catalogue(warehouse).find(Optional.empty()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("holds no sweep yet");
  }

  @Test
  void openRefusesPlacesThatCannotHoldAWarehouse() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> Warehouse.open(file.toString(), new Configuration()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("is a file, not a folder");
    assertThatThrownBy(() -> Warehouse.open("nosuch://x/y", new Configuration()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("nosuch");
    assertThatThrownBy(() -> Warehouse.open("", new Configuration()))
        .isInstanceOf(InvalidInput.class);
  }
}

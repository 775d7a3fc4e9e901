package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.spec.InvalidInput;

class CatalogueTest {

  @TempDir Path folder;
  private Warehouse warehouse;

  @BeforeEach
  void open() throws IOException {
    warehouse = Warehouse.open(folder.resolve("ware house").toString(), new Configuration());
  }

  @Test
  void findTakesAnIdANameOrTheNewest() throws IOException {
    RandomRecords random = new RandomRecords(1);
    SweepRecord old = random.sweep("maps", "2026-01-01T00:00:05Z", "2026-01-01T01:00:00Z");
    SweepRecord newer = random.sweep("maps", "2026-01-01T00:00:05.123Z", null);
    SweepRecord newest = random.sweep("other", "2026-02-01T00:00:00Z", null);
    String oldId = put(old);
    String newerId = put(newer);
    String newestId = put(newest);
    assertThat(new Catalogue(warehouse).sweeps().readable())
        .containsExactly(
            new StoredSweep(newestId, newest),
            new StoredSweep(newerId, newer),
            new StoredSweep(oldId, old));
    assertThat(new Catalogue(warehouse).find(Optional.empty()).id()).isEqualTo(newestId);
    assertThat(new Catalogue(warehouse).find(Optional.of("maps")).id()).isEqualTo(newerId);
    assertThat(new Catalogue(warehouse).find(Optional.of(oldId)).record()).isEqualTo(old);
    assertThatThrownBy(() -> new Catalogue(warehouse).find(Optional.of("map")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no sweep 'map'. Did you mean 'maps'? There are ")
        .hasMessageContaining(newestId);
  }

  @Test
  void writeReplacesTheRowOfASweep() throws IOException {
    RandomRecords random = new RandomRecords(1);
    SweepRecord started = random.sweep("maps", "2026-01-01T00:00:00Z", null);
    String id = put(started);
    SweepRecord finished = started.finished("2026-01-01T05:00:00Z");
    new Catalogue(warehouse).write(id, finished);
    assertThat(new Catalogue(warehouse).sweeps().readable())
        .containsExactly(new StoredSweep(id, finished));
    assertThat(files()).hasSize(1);
  }

  private String put(SweepRecord sweep) throws IOException {
    String id = SweepId.of(sweep.name(), sweep.planDigest());
    new Catalogue(warehouse).write(id, sweep);
    return id;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
    }
  }
}

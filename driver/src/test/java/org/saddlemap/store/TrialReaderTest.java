package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.IndexSet;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.trial.TrialId;
import org.saddlemap.trial.TrialStatus;

/** Single trials out of files of many. */
class TrialReaderTest {
  private static final String SWEEP = SweepId.of("many", TrialId.sha256("plan"));
  private static final String OTHER = SweepId.of("other", TrialId.sha256("other plan"));
  private static final ChunkRange CHUNK = new ChunkRange(0, 5_000);

  @TempDir private Path folder;

  private Warehouse warehouse() throws IOException {
    return Warehouse.open(folder.toString(), new Configuration());
  }

  @Test
  void searchFindsAWholeIdByItsBloomFilterAndTheCurveToo() throws IOException {
    Warehouse warehouse = warehouse();
    List<TrialRecord> records = new RandomRecords(1).of(CHUNK);
    new Chunks(warehouse).write(SWEEP, CHUNK, records);
    ChunkRange second = new ChunkRange(0, 20);
    new Chunks(warehouse).write(OTHER, second, new RandomRecords(2).of(second));
    TrialReader reader = new TrialReader(warehouse);
    TrialSearch search = new TrialSearch(warehouse);
    // Curves and layers have few ids for their rows: dictionaries, which rule out the same.
    assertThat(hasBloomFilter(warehouse, Tables.TRIALS)).isTrue();
    for (int i : new int[] {0, 1_999, 2_000, 4_999}) {
      TrialRecord wanted = RandomRecords.stored(records.get(i));
      for (int digits : new int[] {12, 64}) {
        StoredTrial found =
            search.find(List.of(OTHER, SWEEP), wanted.id().hex().substring(0, digits));
        assertThat(reader.record(found)).isEqualTo(wanted);
      }
    }
    String none = TrialId.sha256("none");
    assertThatThrownBy(() -> search.find(List.of(OTHER, SWEEP), none))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("There is no trial");
    assertThat(rowsRead(warehouse, RowReader.having("trial_id", none))).isZero();
    assertThat(rowsRead(warehouse, RowReader.having("trial_id", records.get(7).id().hex())))
        .isPositive();
  }

  @Test
  void completedReadsOnlyThePagesOfWantedNumbers() throws IOException {
    Warehouse warehouse = warehouse();
    List<TrialRecord> records = new RandomRecords(1).of(CHUNK);
    new Chunks(warehouse).write(SWEEP, CHUNK, records);
    TrialReader reader = new TrialReader(warehouse);
    Random random = new Random(3);
    for (int some : new int[] {1, 10, 1_000}) {
      IndexSet numbers = new IndexSet();
      Set<Long> chosen = new HashSet<>();
      long from = random.nextInt(4_000);
      for (int i = 0; i < some; i++) {
        long index = from + random.nextInt(1_000);
        numbers.add(index);
        chosen.add(index);
      }
      Map<String, TrialRecord> expected = new HashMap<>();
      for (TrialRecord record : records) {
        if (chosen.contains(record.trial().index()) && record.status() == TrialStatus.COMPLETED) {
          expected.put(record.id().hex(), RandomRecords.stored(record));
        }
      }
      Set<String> ids =
          records.stream().map(r -> r.id().hex()).collect(Collectors.toCollection(HashSet::new));
      assertThat(reader.completed(SWEEP, CHUNK, numbers, ids)).isEqualTo(expected);
      assertThat(rowsRead(warehouse, RowReader.having("plan_index", numbers)))
          .as("rows of the pages that hold %d numbers from %d", some, from)
          .isLessThanOrEqualTo(4_000);
    }
    IndexSet none = new IndexSet();
    assertThat(reader.completed(SWEEP, CHUNK, none, Set.of())).isEmpty();
  }

  /** Rows of the row groups and pages that a filter leaves. */
  private static long rowsRead(Warehouse warehouse, FilterCompat.Filter filter) throws IOException {
    var options =
        org.apache.parquet.HadoopReadOptions.builder(warehouse.configuration())
            .withRecordFilter(filter)
            .useBloomFilter()
            .useColumnIndexFilter()
            .build();
    try (ParquetFileReader file =
        ParquetFileReader.open(
            org.apache.parquet.hadoop.util.HadoopInputFile.fromPath(
                warehouse.file(Tables.TRIALS, SWEEP, CHUNK), warehouse.configuration()),
            options)) {
      return file.getFilteredRecordCount();
    }
  }

  private static boolean hasBloomFilter(Warehouse warehouse, Table<?> table) throws IOException {
    try (ParquetFileReader file =
        RowReader.footer(warehouse.file(table, SWEEP, CHUNK), warehouse.configuration())) {
      List<Boolean> found = new ArrayList<>();
      for (var group : file.getRowGroups()) {
        for (ColumnChunkMetaData column : group.getColumns()) {
          if (column.getPath().toDotString().equals("trial_id")) {
            OffsetIndex pages = file.readOffsetIndex(column);
            assertThat(pages.getPageCount()).isGreaterThan(1);
            found.add(file.readBloomFilter(column) != null);
          }
        }
      }
      return !found.isEmpty() && !found.contains(false);
    }
  }
}

package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.trial.TrialId;

/** The warehouse on a real HDFS: a name node and a data node in this process. */
@Tag("slow")
@Tag("hdfs")
class HdfsTest {
  private static final String SWEEP = SweepId.of("hdfs", TrialId.sha256("plan"));

  @TempDir private static Path folder;
  private static MiniDFSCluster hdfs;
  private static Warehouse warehouse;
  private static String location;

  @BeforeAll
  static void start() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    location = hdfs.getURI() + "/warehouses/team";
    warehouse = Warehouse.open(location, new Configuration());
  }

  @AfterAll
  static void stop() {
    if (hdfs != null) {
      hdfs.shutdown();
    }
  }

  @Test
  void chunksAreWrittenReplacedResumedAndRead() throws IOException {
    TrialReader reader = new TrialReader(warehouse);
    ChunkRange first = new ChunkRange(0, 10);
    ChunkRange second = new ChunkRange(10, 30);
    List<TrialRecord> records = new RandomRecords(1).of(first);
    assertThat(warehouse.write(SWEEP, first, records)).isTrue();
    assertThat(warehouse.write(SWEEP, first, new RandomRecords(2).of(first))).isFalse();
    // As another process sees it.
    Warehouse other = Warehouse.open(location, new Configuration());
    assertThat(other.coverage(SWEEP).missing(30)).containsExactly(second);
    assertThat(other.write(SWEEP, second, new RandomRecords(1).of(second))).isTrue();
    assertThat(warehouse.coverage(SWEEP).isComplete(30)).isTrue();
    assertThat(reader.records(SWEEP, first))
        .isEqualTo(records.stream().map(RandomRecords::stored).toList());
    List<TrialRecord> others = new RandomRecords(2).of(first);
    Replaced.chunk(warehouse, SWEEP, first, others);
    assertThat(reader.records(SWEEP, first))
        .isEqualTo(others.stream().map(RandomRecords::stored).toList());
    assertThat(warehouse.temporary(SWEEP)).isEmpty();
    try (FileSystem fs = FileSystem.newInstance(hdfs.getURI(), new Configuration())) {
      assertThat(fs.listStatus(new org.apache.hadoop.fs.Path(location, "trials/sweep=" + SWEEP)))
          .hasSize(2);
    }
    assertThat(warehouse.digest(warehouse.file(org.saddlemap.record.Tables.TRIALS, SWEEP, second)))
        .isEqualTo(FileDigest.Finding.RIGHT);
  }

  @Test
  void filesAreCompactedByRenamingFolders() throws IOException {
    String sweep = SweepId.of("compacted", TrialId.sha256("plan"));
    for (int from = 0; from < 30; from += 10) {
      ChunkRange chunk = new ChunkRange(from, from + 10);
      warehouse.write(sweep, chunk, new RandomRecords(from).of(chunk));
    }
    TrialReader reader = new TrialReader(warehouse);
    List<String> before = new ArrayList<>();
    reader.forEach(sweep, trial -> before.add(trial.row().toString()));
    List<Compaction.Merge> merges = Compaction.plan(warehouse, sweep, 1, 1 << 20, 100);
    Compaction compaction = new Compaction(warehouse, sweep, 1);
    compaction.begin();
    compaction.merge(merges.get(0));
    compaction.commit(merges);
    assertThat(warehouse.coverage(sweep).chunks()).containsExactly(new ChunkRange(0, 30));
    assertThat(Compaction.finish(warehouse, sweep)).isTrue();
    assertThat(Compaction.finish(warehouse, sweep)).isFalse();
    assertThat(warehouse.coverage(sweep).chunks()).containsExactly(new ChunkRange(0, 30));
    List<String> after = new ArrayList<>();
    reader.forEach(sweep, trial -> after.add(trial.row().toString()));
    assertThat(after).isEqualTo(before).hasSize(30);
  }

  @Test
  void overlapsAreSettledAndARunHoldsTheLock() throws IOException {
    String sweep = SweepId.of("locked", TrialId.sha256("plan"));
    try (SweepLock lock = SweepLock.take(warehouse, sweep)) {
      assertThatThrownBy(() -> SweepLock.take(warehouse, sweep)).isInstanceOf(SweepLock.Held.class);
      for (ChunkRange chunk : List.of(new ChunkRange(0, 10), new ChunkRange(5, 8))) {
        warehouse.write(sweep, chunk, new RandomRecords(1).of(chunk));
      }
      assertThat(warehouse.settle(sweep)).containsExactly(new ChunkRange(5, 8));
      assertThat(lock.isHeld()).isTrue();
    }
    assertThat(SweepLock.running(warehouse, sweep)).isEmpty();
  }
}

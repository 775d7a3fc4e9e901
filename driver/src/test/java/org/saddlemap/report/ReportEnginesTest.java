package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.analysis.SampleSweep;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;

/** A report holds the same whichever engine reads the tables. */
@Tag("slow")
@Tag("spark")
@ExtendWith(LocalSpark.class)
class ReportEnginesTest {
  @TempDir private static Path folder;
  private static Warehouse written;

  @BeforeAll
  static void write() throws IOException {
    written = Warehouse.open(folder.resolve("warehouse").toString(), new Configuration());
    SampleSweep.small().write(written);
    SampleSweep.small().with("relu", Hyperparameter.ACTIVATION, "relu").write(written);
  }

  @Test
  void ofASweepWithFailuresAndAllCategories() throws IOException {
    same(written, written.find(Optional.of("sample")));
  }

  @Test
  void ofTwoSweepsThatAreCompared() throws IOException {
    same(written, written.find(Optional.of("sample")), written.find(Optional.of("relu")));
  }

  @Test
  void ofTheShippedQuickstart() throws IOException {
    Warehouse shipped = Warehouse.open("../docs/sample/tables", new Configuration());
    same(shipped, shipped.find(Optional.of("quickstart")));
  }

  private static void same(Warehouse warehouse, StoredSweep... sweeps) {
    JsonNode spark = json(warehouse, false, List.of(sweeps));
    JsonNode embedded = json(warehouse, true, List.of(sweeps));
    same("", spark, embedded);
  }

  private static JsonNode json(Warehouse warehouse, boolean embedded, List<StoredSweep> sweeps) {
    SparkSession session = SparkSession.builder().getOrCreate();
    return new ObjectMapper()
        .valueToTree(SweepReport.of(() -> session, warehouse, sweeps, embedded).json());
  }

  /** All but the last bits, since sums have no order. */
  private static void same(String where, JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      double size = Math.abs(a.doubleValue());
      assertThat(b.doubleValue()).as(where).isCloseTo(a.doubleValue(), within(1e-9 * size));
    } else if (a.isArray() && a.size() == b.size()) {
      for (int i = 0; i < a.size(); i++) {
        same(where + "/" + i, a.get(i), b.get(i));
      }
    } else if (a.isObject()) {
      assertThat(b.fieldNames()).as(where).toIterable().containsExactlyElementsOf(a::fieldNames);
      for (Map.Entry<String, JsonNode> field : a.properties()) {
        same(where + "/" + field.getKey(), field.getValue(), b.get(field.getKey()));
      }
    } else {
      assertThat(b).as(where).isEqualTo(a);
    }
  }
}

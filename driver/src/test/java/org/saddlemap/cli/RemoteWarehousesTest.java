package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;

/**
 * Whole sweeps, trained by Spark, with their warehouse on HDFS (a name node and a data node in this
 * process) and on a server that speaks S3's protocol.
 */
@Tag("slow")
@Tag("hdfs")
@ExtendWith(LocalSpark.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RemoteWarehousesTest {
  private static final String BUCKET = "sweeps";

  @TempDir private static Path folder;
  private static final Map<String, String> settings = new TreeMap<>();
  private static MiniDFSCluster hdfs;
  private static BlobStoreContext store;
  private static S3Proxy s3;
  private static Path spec;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() throws Exception {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    store =
        ContextBuilder.newBuilder(new TransientApiMetadata())
            .credentials("identity", "credential")
            .build(BlobStoreContext.class);
    s3 =
        S3Proxy.builder()
            .blobStore(store.getBlobStore())
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "identity", "credential")
            .endpoint(URI.create("http://127.0.0.1:0"))
            .build();
    s3.start();
    store.getBlobStore().createContainerInLocation(null, BUCKET);
    settings.put("fs.s3a.endpoint", "http://127.0.0.1:" + s3.getPort());
    settings.put("fs.s3a.endpoint.region", "us-east-1");
    settings.put("fs.s3a.path.style.access", "true");
    settings.put("fs.s3a.access.key", "identity");
    settings.put("fs.s3a.secret.key", "credential");
    settings.forEach((key, value) -> System.setProperty("spark.hadoop." + key, value));
    spec =
        Files.writeString(
            folder.resolve("remote.yaml"),
            """
            name: remote
            data: {synthetic: {problem: xor, rows: 200, features: 2, classes: 2, noise: 0.1}, holdout: 0.2}
            network: {width: 8}
            train: {max_steps: 30}
            grid:
              depth: [1, 2]
              initializer: [zeros, he_normal]
              learning_rate: [0.1, 1]
            replicates: 3
            """);
  }

  @AfterAll
  static void stop() throws Exception {
    settings.keySet().forEach(key -> System.clearProperty("spark.hadoop." + key));
    if (s3 != null) {
      s3.stop();
      store.close();
    }
    if (hdfs != null) {
      hdfs.shutdown();
    }
  }

  @Test
  void aSweepOnHdfs() throws IOException {
    assertSweepLivesOn(hdfs.getURI() + "/warehouses/team");
  }

  /** HDFS knows no colon in a name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "s[1] {0.1,*}? 100%25 %d #1 & it's @",
        "\"quoted\" $HOME ${x} `y` \\n \\ größe-尺寸-גודל-\u202Ezyx",
        "line\nbreak\ttab"
      })
  void everyCommandFindsItsFilesAndItsWarehouseOnHdfs(String name) throws IOException {
    org.apache.hadoop.fs.Path data =
        new org.apache.hadoop.fs.Path(new org.apache.hadoop.fs.Path("/paths"), name + ".csv");
    try (FSDataOutputStream file = hdfs.getFileSystem().create(data)) {
      file.write(PathsTest.csv().getBytes(StandardCharsets.UTF_8));
    }
    String home = hdfs.getURI() + "/paths/";
    PathsTest.assertEveryCommandFinds(folder, name, home + name + ".csv", home + name);
    assertThat(hdfs.getFileSystem().listStatus(data.getParent()))
        .extracting(file -> file.getPath().getName())
        .contains(name, name + ".csv");
  }

  @Test
  void aSweepOnAnObjectStore() throws IOException {
    assertSweepLivesOn("s3a://" + BUCKET + "/warehouses/team");
  }

  /** Run, ask, break, find, repair, complete; and one run at a time. */
  private void assertSweepLivesOn(String location) throws IOException {
    assertThat(command("run", spec.toString(), "--warehouse", location)).as("%s", err).isZero();
    assertThat(command("run", spec.toString(), "--warehouse", location)).isZero();
    assertThat(err.toString()).contains("Nothing to train");
    assertThat(command("verify", "--warehouse", location)).as("%s", err).isZero();
    String rows = rows(location);
    assertThat(rows.lines()).hasSize(1 + 24);
    assertThat(command("status", "--warehouse", location, "--format", "csv")).isZero();
    assertThat(out.toString()).contains(",24,0,24,");

    Configuration conf = WarehouseOption.hadoop();
    List<org.apache.hadoop.fs.Path> chunks = chunks(location, conf);
    assertThat(chunks).isNotEmpty();
    FileSystem fs = chunks.get(0).getFileSystem(conf);
    byte[] bytes;
    try (var in = fs.open(chunks.get(0))) {
      bytes = in.readAllBytes();
    }
    bytes[bytes.length / 3] ^= 1;
    try (FSDataOutputStream file = fs.create(chunks.get(0), true)) {
      file.write(bytes);
    }
    assertThat(command("verify", "--warehouse", location)).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(out.toString()).contains(chunks.get(0).getName());
    assertThat(command("verify", "--repair", "--warehouse", location))
        .isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(chunks(location, conf)).hasSize(chunks.size() - 1);
    assertThat(fs.exists(new org.apache.hadoop.fs.Path(location, "_quarantine"))).isTrue();

    Warehouse warehouse = Warehouse.open(location, conf);
    try (SweepLock lock = SweepLock.take(warehouse, warehouse.find(Optional.empty()).id())) {
      assertThat(command("run", spec.toString(), "--warehouse", location))
          .isEqualTo(Saddlemap.INCOMPLETE);
      assertThat(err.toString()).contains("Another run of the sweep");
      assertThat(lock.isHeld()).isTrue();
    }
    assertThat(command("run", spec.toString(), "--warehouse", location)).as("%s", err).isZero();
    assertThat(command("verify", "--warehouse", location)).as("%s", out).isZero();
    assertThat(rows(location)).isEqualTo(rows);
  }

  private String rows(String location) {
    assertThat(
            command(
                "sql",
                "SELECT trial_id, status, category, steps, initial_loss, final_loss FROM trials ORDER BY plan_index",
                "--format",
                "csv",
                "--warehouse",
                location))
        .as("%s", err)
        .isZero();
    return out.toString();
  }

  private static List<org.apache.hadoop.fs.Path> chunks(String location, Configuration conf)
      throws IOException {
    org.apache.hadoop.fs.Path trials = new org.apache.hadoop.fs.Path(location, "trials");
    FileSystem fs = trials.getFileSystem(conf);
    List<org.apache.hadoop.fs.Path> chunks = new ArrayList<>();
    for (FileStatus status :
        fs.globStatus(new org.apache.hadoop.fs.Path(trials, "sweep=*/chunk-*.parquet"))) {
      chunks.add(status.getPath());
    }
    return chunks;
  }

  private int command(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Saddlemap.run(
        Saddlemap.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true)),
        arguments);
  }
}

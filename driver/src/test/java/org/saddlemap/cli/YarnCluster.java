package org.saddlemap.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.apache.hadoop.yarn.server.resourcemanager.rmapp.RMApp;

/**
 * HDFS and YARN of two nodes in this process, on loopback, and Spark as a user of theirs has it.
 * What YARN starts in containers are processes of their own, which can be killed.
 */
final class YarnCluster implements AutoCloseable {
  private static final int NODES = 2;

  /** Where Hadoop's mini-clusters put their files. */
  private static final String HADOOP_TEST_FOLDER = "test.build.data";

  private final Path jar;
  private final Path spark;
  private final Path folder;
  private final Path conf;
  private final MiniDFSCluster hdfs;
  private final MiniYARNCluster yarn;
  private int launched;

  /**
   * @param jar the application's
   * @param spark what Spark's scripts call SPARK_HOME, with the YARN module
   * @param folder for all files of the cluster
   */
  YarnCluster(Path jar, Path spark, Path folder) throws IOException {
    this.jar = jar.toAbsolutePath();
    this.spark = spark.toAbsolutePath();
    this.folder = Files.createDirectories(folder.toAbsolutePath());
    if (!Files.exists(jar) || !Files.isDirectory(spark.resolve("jars"))) {
      throw new IllegalStateException(
          "Cannot start YARN: %s or %s is not built (mvn package)".formatted(jar, spark));
    }
    Configuration settings = new Configuration();
    settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    this.hdfs = new MiniDFSCluster.Builder(settings).numDataNodes(1).build();
    String before = System.getProperty(HADOOP_TEST_FOLDER);
    System.setProperty(HADOOP_TEST_FOLDER, folder.toString());
    try {
      this.yarn = new MiniYARNCluster("yarn", NODES, 1, 1);
    } finally {
      if (before == null) {
        System.clearProperty(HADOOP_TEST_FOLDER);
      } else {
        System.setProperty(HADOOP_TEST_FOLDER, before);
      }
    }
    Configuration yarnSettings = new YarnConfiguration(hdfs.getConfiguration(0));
    yarnSettings.set("yarn.scheduler.capacity.root.queues", "default");
    yarnSettings.set("yarn.scheduler.capacity.root.default.capacity", "100");
    // Drivers of several runs may be there at once.
    yarnSettings.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1");
    yarnSettings.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 128);
    yarnSettings.setInt(YarnConfiguration.NM_PMEM_MB, 4096);
    // Without, a node keeps logs, and when it stops it waits for what keeps them.
    yarnSettings.setBoolean(YarnConfiguration.LOG_AGGREGATION_ENABLED, true);
    yarnSettings.setInt(YarnConfiguration.NM_PROCESS_KILL_WAIT_MS, 0);
    // A nearly full disk is no reason to start no container.
    yarnSettings.set(YarnConfiguration.NM_MAX_PER_DISK_UTILIZATION_PERCENTAGE, "100");
    yarn.init(yarnSettings);
    yarn.start();
    this.conf = Files.createDirectories(folder.resolve("conf"));
    writeSettings();
  }

  private void writeSettings() throws IOException {
    Configuration core = new Configuration(false);
    core.set("fs.defaultFS", hdfs.getURI().toString());
    write(core, "core-site.xml");
    Configuration site = new Configuration(false);
    for (String name :
        List.of(YarnConfiguration.RM_ADDRESS, YarnConfiguration.RM_SCHEDULER_ADDRESS)) {
      site.set(name, yarn.getConfig().get(name));
    }
    write(site, "yarn-site.xml");
  }

  private void write(Configuration settings, String name) throws IOException {
    try (OutputStream out = Files.newOutputStream(conf.resolve(name))) {
      settings.writeXml(out);
    }
  }

  /** The root of HDFS. */
  String hdfs() {
    return hdfs.getURI().toString();
  }

  Configuration hadoop() {
    return hdfs.getConfiguration(0);
  }

  /**
   * Starts a Saddlemap command through SparkSubmit, with two executors of one core.
   *
   * @param work the folder in which the user is
   * @param options of Spark, beside those that make it small
   */
  Process submit(
      String name, String deployMode, Path work, List<String> options, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(LoopbackCluster.java());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-cp",
            conf + System.getProperty("path.separator") + spark + "/jars/*",
            "org.apache.spark.deploy.SparkSubmit",
            "--name",
            name,
            "--master",
            "yarn",
            "--deploy-mode",
            deployMode,
            "--num-executors",
            Integer.toString(NODES),
            "--executor-cores",
            "1",
            "--executor-memory",
            "512m"));
    Map<String, String> settings = new TreeMap<>();
    settings.put("spark.driver.memory", "512m");
    settings.put("spark.yarn.am.memory", "512m");
    // Starting is most of what happens here.
    for (String process : List.of("executor", "driver", "yarn.am")) {
      settings.put(
          "spark." + process + ".extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    }
    settings.put("spark.ui.enabled", "false");
    settings.put("spark.yarn.jars", "local:" + spark + "/jars/*");
    settings.put("spark.yarn.submit.file.replication", "1");
    settings.put("spark.yarn.appMasterEnv.SPARK_LOCAL_IP", "127.0.0.1");
    settings.put("spark.executorEnv.SPARK_LOCAL_IP", "127.0.0.1");
    String kernel = System.getenv("OPENBLAS_CORETYPE");
    if (kernel != null) { // containers do not have this process's environment
      settings.put("spark.executorEnv.OPENBLAS_CORETYPE", kernel);
    }
    settings.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    command.addAll(options);
    command.addAll(List.of("--class", "org.saddlemap.cli.Saddlemap", jar.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "SPARK_HOME",
                spark.toString(),
                "SPARK_SCALA_VERSION",
                "2.13",
                "SPARK_LOCAL_IP",
                "127.0.0.1",
                "HADOOP_CONF_DIR",
                conf.toString()));
    return builder
        .directory(work.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("%s-%d.out".formatted(name, launched++)).toFile())
        .start();
  }

  /** What the submitted processes of that name printed. */
  String printed(String name) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith(name + "-")).sorted().toList()) {
        text.append(Files.readString(file));
      }
    }
    return text.toString();
  }

  /** How the latest application ended, and at which attempt. */
  String ending() throws IOException {
    RMApp app =
        yarn.getResourceManager().getRMContext().getRMApps().values().stream()
            .max(Comparator.comparing(RMApp::getApplicationId))
            .orElseThrow();
    // A client is gone before its application master has said how it ended.
    LoopbackCluster.await(
        "the application's end",
        60,
        () -> app.getFinalApplicationStatus() != FinalApplicationStatus.UNDEFINED);
    return "%s at attempt %d"
        .formatted(
            app.getFinalApplicationStatus(),
            app.getCurrentAppAttempt().getAppAttemptId().getAttemptId());
  }

  /** Java processes in containers whose command line holds a word. */
  static List<ProcessHandle> containers(String word) {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().command().map(c -> c.endsWith("java")).orElse(false))
        .filter(p -> p.info().commandLine().map(c -> c.contains(word)).orElse(false))
        .toList();
  }

  @Override
  public void close() {
    yarn.stop();
    hdfs.shutdown();
  }
}

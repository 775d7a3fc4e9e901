package org.saddlemap.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Spark master, workers and drivers as processes on loopback, from what the build put
 * together in {@code driver/target}; all of them can be killed.
 */
final class LoopbackCluster implements AutoCloseable {
  private static final List<String> OPENS =
      Stream.of(
              "java.lang",
              "java.lang.invoke",
              "java.lang.reflect",
              "java.io",
              "java.net",
              "java.nio",
              "java.util",
              "java.util.concurrent",
              "java.util.concurrent.atomic",
              "sun.nio.ch",
              "sun.nio.cs",
              "sun.security.action",
              "sun.util.calendar",
              "jdk.internal.ref")
          .map(p -> "--add-opens=java.base/" + p + "=ALL-UNNAMED")
          .toList();

  private final Path target;
  private final Path folder;
  private final int coresEach;

  /** Of each worker and its executors, besides this process's own. */
  private final List<Map<String, String>> environments;

  private final int port;
  private Process master;
  private final List<Process> workers = new ArrayList<>();
  private int launched;

  /**
   * @param target the driver's build folder
   * @param folder for logs and the workers' files
   */
  LoopbackCluster(Path target, Path folder, int workers) throws IOException {
    this(target, folder, workers, 1);
  }

  LoopbackCluster(Path target, Path folder, int workers, int coresEach) throws IOException {
    this(target, folder, coresEach, Collections.nCopies(workers, Map.of()));
  }

  /**
   * @param environments of each worker and its executors, besides this process's own
   */
  LoopbackCluster(Path target, Path folder, int coresEach, List<Map<String, String>> environments)
      throws IOException {
    this.coresEach = coresEach;
    this.environments = List.copyOf(environments);
    this.target = target.toAbsolutePath();
    this.folder = Files.createDirectories(folder.toAbsolutePath());
    if (!Files.exists(jar()) || !Files.isDirectory(sparkHome().resolve("jars"))) {
      throw new IllegalStateException(
          "Cannot start a cluster: %s is not built (mvn package)".formatted(jar()));
    }
    Path release = sparkHome().resolve("RELEASE"); // the file by which Spark knows a distribution
    if (!Files.exists(release)) {
      Files.createFile(release);
    }
    try (ServerSocket free = new ServerSocket(0)) {
      this.port = free.getLocalPort();
    }
    startMaster();
    for (int i = 0; i < environments.size(); i++) {
      this.workers.add(startWorker(i));
    }
  }

  String url() {
    return "spark://127.0.0.1:" + port;
  }

  Path jar() {
    return target.resolve("saddlemap.jar");
  }

  private Path sparkHome() {
    return target.resolve("spark");
  }

  private void startMaster() throws IOException {
    master =
        launch(
            "master",
            List.of("-Xmx256m", "-cp", sparkHome() + "/jars/*"),
            List.of(
                "org.apache.spark.deploy.master.Master",
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--webui-port",
                "0"));
    await("the master", 120, this::listening);
  }

  private boolean listening() {
    try {
      new Socket(InetAddress.getLoopbackAddress(), port).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Process startWorker(int i) throws IOException {
    return launch(
        "worker",
        List.of("-Xmx256m", "-cp", sparkHome() + "/jars/*"),
        List.of(
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            "127.0.0.1",
            "--cores",
            Integer.toString(coresEach),
            "--memory",
            "1g",
            "--webui-port",
            "0",
            "--work-dir",
            folder.resolve("work").toString(),
            url()),
        environments.get(i));
  }

  /**
   * Starts a Saddlemap command through SparkSubmit.
   *
   * @param options of Spark
   */
  Process submit(String name, List<String> options, List<String> arguments) throws IOException {
    return submit(name, options, arguments, Map.of());
  }

  /**
   * @param environment besides this process's own
   */
  Process submit(
      String name, List<String> options, List<String> arguments, Map<String, String> environment)
      throws IOException {
    List<String> all =
        new ArrayList<>(List.of("org.apache.spark.deploy.SparkSubmit", "--name", "faults"));
    all.addAll(options);
    all.addAll(List.of("--class", "org.saddlemap.cli.Saddlemap", jar().toString()));
    all.addAll(arguments);
    return launch(
        name,
        List.of(
            "-Xmx512m", "-Dsaddlemap.log=" + folder.resolve("saddlemap.log"), "-cp", classPath()),
        all,
        environment);
  }

  private String classPath() {
    return jar() + System.getProperty("path.separator") + sparkHome() + "/jars/*";
  }

  /** Options for a driver on this cluster. */
  List<String> options(String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--master",
                url(),
                "--executor-memory",
                "512m",
                "--conf",
                "spark.driver.host=127.0.0.1",
                "--conf",
                "spark.driver.bindAddress=127.0.0.1",
                "--conf",
                "spark.ui.enabled=false"));
    for (String conf : more) {
      options.addAll(List.of("--conf", conf));
    }
    return options;
  }

  /** Java as the launchers start it. */
  static List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(OPENS);
    command.addAll(
        List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-Djdk.reflect.useDirectMethodHandle=false"));
    return command;
  }

  private Process launch(String name, List<String> jvm, List<String> arguments) throws IOException {
    return launch(name, jvm, arguments, Map.of());
  }

  private synchronized Process launch(
      String name, List<String> jvm, List<String> arguments, Map<String, String> environment)
      throws IOException {
    List<String> command = java();
    command.addAll(jvm);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "SPARK_HOME",
                sparkHome().toString(),
                "SPARK_SCALA_VERSION",
                "2.13",
                "SPARK_LOCAL_IP",
                "127.0.0.1"));
    builder.environment().putAll(environment);
    Path out = folder.resolve("%03d-%s.out".formatted(launched++, name));
    return builder
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
  }

  /** What the processes of that name printed. */
  String printed(String name) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(f -> f.toString().endsWith("-" + name + ".out")).sorted().toList()) {
        text.append(Files.readString(file));
      }
    }
    return text.toString();
  }

  /** What drivers printed that ran on workers, in {@code --deploy-mode cluster}. */
  String drivers() throws IOException {
    StringBuilder text = new StringBuilder();
    Path work = folder.resolve("work");
    if (Files.isDirectory(work)) {
      try (Stream<Path> files = Files.walk(work, 2)) {
        for (Path file :
            files
                .filter(f -> f.getParent().getFileName().toString().startsWith("driver-"))
                .filter(f -> f.getFileName().toString().startsWith("std"))
                .sorted()
                .toList()) {
          text.append(file).append(":\n").append(Files.readString(file));
        }
      }
    }
    return text.toString();
  }

  /** Executors that run now; drivers among them where they run on workers. */
  List<ProcessHandle> executors() {
    return workers.stream()
        .flatMap(w -> w.toHandle().descendants())
        .filter(ProcessHandle::isAlive)
        .filter(p -> p.info().command().map(c -> c.endsWith("java")).orElse(false))
        .toList();
  }

  int workers() {
    return workers.size();
  }

  /** Kills a worker; its executor sees that and ends. Another worker takes its place. */
  void replaceWorker(int i) throws IOException {
    kill(workers.get(i));
    workers.set(i, startWorker(i));
  }

  /** Kills a worker and its executors. */
  void killWorker(int i) {
    List<ProcessHandle> executors = workers.get(i).toHandle().descendants().toList();
    kill(workers.get(i));
    executors.forEach(ProcessHandle::destroyForcibly);
  }

  /** Kills master, workers and executors; new ones take their place. */
  int replaceAll() throws IOException {
    int killed = 1 + workers.size();
    for (ProcessHandle executor : executors()) {
      killed += executor.destroyForcibly() ? 1 : 0;
    }
    workers.forEach(LoopbackCluster::kill);
    kill(master);
    startMaster();
    for (int i = 0; i < workers.size(); i++) {
      workers.set(i, startWorker(i));
    }
    return killed;
  }

  /** SIGKILL, and waits until it is gone. */
  static void kill(Process process) {
    process.destroyForcibly();
    try {
      process.waitFor(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The code that a process ends with, which must be within so many seconds. */
  static int exit(Process process, int seconds) {
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        kill(process);
        throw new IllegalStateException("A run did not end within " + seconds + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Something that becomes true. */
  interface Becoming {
    boolean holds() throws IOException;
  }

  static void await(String what, int seconds, Becoming becoming) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!becoming.holds()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Waited " + seconds + " s in vain for " + what);
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> executors = executors();
    workers.forEach(LoopbackCluster::kill);
    kill(master);
    executors.forEach(ProcessHandle::destroyForcibly);
  }
}

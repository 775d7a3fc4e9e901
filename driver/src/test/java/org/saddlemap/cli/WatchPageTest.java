package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.report.Chromium;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.TrialSearch;
import org.saddlemap.store.Warehouse;

/**
 * A real sweep, watched in a real browser, which stays open while the run is killed and resumed.
 */
@Tag("slow")
@Tag("browser")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class WatchPageTest {
  private static final String DONE = "Number(document.getElementById('numbers').dataset.done)";
  private static final String RUN = "document.getElementById('run').textContent";

  /** More than the test waits for. */
  private static final String YAML =
      """
      name: watched
      data: {synthetic: {problem: xor, rows: 200, features: 2, classes: 2, noise: 0.1}}
      network: {width: 8}
      train: {max_steps: 20000}
      grid:
        depth: [1, 2, 4]
        initializer: [zeros, xavier_uniform]
        learning_rate: {log: [0.001, 10], count: 6}
      replicates: 40
      """;

  @TempDir private Path folder;
  private Process run;

  @AfterEach
  void kill() throws InterruptedException {
    if (run != null) {
      run.destroyForcibly().waitFor();
    }
  }

  /** Starts the sweep, or goes on with it; returns once its page is served. */
  private void start(int port) throws IOException, InterruptedException {
    Path spec = Files.writeString(folder.resolve("watched.yaml"), YAML);
    List<String> command = LoopbackCluster.java();
    command.addAll(List.of("-Xmx1g", "-Dspark.master=local[1]", "-Dspark.app.name=watched"));
    command.addAll(List.of("-Dspark.ui.enabled=false", "-Dspark.driver.bindAddress=127.0.0.1"));
    command.addAll(List.of("-Dspark.driver.host=127.0.0.1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Saddlemap.class.getName(), "run", "--watch=" + port, spec.toString()));
    command.addAll(List.of("--warehouse", folder.resolve("w").toString()));
    Path said = folder.resolve("said");
    run =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    while (true) {
      try (Socket open = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(open.isConnected()).isTrue();
        return;
      } catch (IOException e) {
        assertThat(run.isAlive()).as(Files.readString(said)).isTrue();
        Thread.sleep(100);
      }
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + run.pid()).start().waitFor()).isZero();
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  private static void choose(Chromium browser, String select, String value) {
    browser.eval(
        "(() => { const s = document.getElementById('%s'); s.value = '%s'; s.dispatchEvent(new Event('change')); })()"
            .formatted(select, value));
  }

  private static void picture(Chromium browser, String name, int width, boolean dark)
      throws IOException, InterruptedException {
    browser.look(width, 900, dark);
    Thread.sleep(300); // the chart follows the window
    assertThat(browser.eval("document.documentElement.scrollWidth").asInt())
        .as("no wider than a window of %d", width)
        .isLessThanOrEqualTo(width);
    Path shots = Path.of("target", "report");
    Files.createDirectories(shots);
    Files.write(shots.resolve("watch-%s.png".formatted(name)), browser.screenshot());
  }

  @Test
  void mapFillsAndOutlivesTheRun() throws Exception {
    Optional<Path> program = Chromium.find();
    assumeTrue(program.isPresent(), "no Chromium on this machine: the page is not looked at");
    int port = freePort();
    start(port);
    try (Chromium browser = Chromium.start(program.get(), folder.resolve("profile"))) {
      browser.open(URI.create("http://127.0.0.1:%d/".formatted(port)), 1280, 900, false);
      browser.waitFor(DONE + " > 0");
      int seen = browser.eval(DONE).asInt();
      browser.waitFor(DONE + " > " + seen);
      browser.waitFor(RUN + ".startsWith('Running: ')");
      assertThat(
              browser
                  .eval(
                      "[...document.querySelectorAll('#legend [data-count]')].reduce((n, l) => n + Number(l.dataset.count), 0) - "
                          + DONE)
                  .asInt())
          .as("the legend counts what is done")
          .isZero();
      picture(browser, "light", 1280, false);
      picture(browser, "phone", 390, false);
      picture(browser, "dark", 1280, true);

      for (String axis : List.of("axis-facet", "axis-y", "axis-x")) {
        choose(browser, axis, "-1");
      }
      browser.waitFor(
          "document.getElementById('chart').getAttribute('aria-label').startsWith('Phase map of all trials,')");
      browser.eval("document.getElementById('chart').focus()");
      browser.key("ArrowRight");
      browser.key("Enter");
      browser.waitFor("document.querySelector('#trials button[data-number]') !== null");
      browser.eval("document.querySelector('#trials button[data-number]').click()");
      browser.waitFor("document.querySelector('#curve canvas') !== null");
      String id = browser.eval("document.querySelector('[data-trial]').dataset.trial").asText();
      Warehouse warehouse = Warehouse.open(folder.resolve("w").toString(), new Configuration());
      String sweep = new Catalogue(warehouse).find(Optional.of("watched")).id();
      StoredTrial trial = new TrialSearch(warehouse).find(List.of(sweep), id);
      assertThat(
              browser
                  .eval(
                      "echarts.getInstanceByDom(document.getElementById('curve')).getOption().series[0].data.length")
                  .asInt())
          .isEqualTo(
              (int)
                  new TrialReader(warehouse)
                      .record(trial).curve().stream().filter(p -> p.loss() > 0).count());
      picture(browser, "curve", 1280, false);
      assertThat(browser.problems()).isEmpty();

      signal("STOP"); // as in a laptop that sleeps
      int asleep = browser.eval(DONE).asInt();
      Thread.sleep(4_000);
      signal("CONT");
      browser.waitFor(DONE + " > " + asleep);
      browser.waitFor(RUN + ".startsWith('Running: ')");
      assertThat(browser.problems()).isEmpty();

      run.destroyForcibly().waitFor();
      browser.waitFor(RUN + ".startsWith('No answer since')");
      int before = browser.eval(DONE).asInt();
      assertThat(before).isPositive();
      start(port);
      browser.waitFor(RUN + ".startsWith('Running: ')");
      browser.waitFor(DONE + " > " + before);
      assertThat(browser.eval("document.getElementById('axis-x').value").asText())
          .as("the map is still the one that was chosen")
          .isEqualTo("-1");
    }
  }
}

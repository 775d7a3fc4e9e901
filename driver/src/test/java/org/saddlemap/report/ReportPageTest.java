package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.analysis.SampleSweep;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Warehouse;

/** The report's page as a browser shows it, held against SQL over the tables. */
@Tag("slow")
@Tag("browser")
@ExtendWith(LocalSpark.class)
class ReportPageTest {
  private static final String HOSTILE =
      " </script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
          + " \" ' & <!-- \u2028 {a|b}";

  @TempDir static Path folder;

  private static SparkSession spark;
  private static Warehouse warehouse;
  private static final Map<List<String>, SweepReport> REPORTS = new HashMap<>();
  private static Chromium browser;
  private static Path page;
  private static Path comparison;
  private static Path together;

  @BeforeAll
  static void write() throws IOException, InterruptedException {
    warehouse = Warehouse.open(folder.resolve("warehouse").toString(), new Configuration());
    SampleSweep.small().withReasonSuffix(HOSTILE).write(warehouse);
    SampleSweep.small().with("relu", Hyperparameter.ACTIVATION, "relu").write(warehouse);
    spark = SparkSession.builder().getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    spark
        .read()
        .parquet(warehouse.folder(org.saddlemap.record.Tables.TRIALS).toString())
        .cache()
        .createOrReplaceTempView("trials");
    page = written("sample");
    comparison = written("sample", "relu");
    together = written("together", List.of(report("sample"), report("relu")));
    Optional<Path> program = Chromium.find();
    if (program.isPresent()) {
      browser = Chromium.start(program.get(), folder.resolve("profile"));
    }
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
  }

  private static Path written(String... sweeps) throws IOException {
    return written(String.join("-", sweeps), List.of(report(sweeps)));
  }

  private static Path written(String name, List<SweepReport> reports) throws IOException {
    Path file = folder.resolve(name + ".html");
    Files.writeString(file, SweepReport.page(reports));
    Path shots = Path.of("target", "report");
    Files.createDirectories(shots);
    Files.copy(file, shots.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    return file;
  }

  /** Made once each: it takes seconds. */
  private static SweepReport report(String... sweeps) {
    return REPORTS.computeIfAbsent(
        List.of(sweeps),
        names ->
            SweepReport.of(spark, warehouse, names.stream().map(ReportPageTest::found).toList()));
  }

  private static org.saddlemap.store.StoredSweep found(String sweep) {
    try {
      return new Catalogue(warehouse).find(Optional.of(sweep));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void open(Path file, int width, boolean dark) throws InterruptedException {
    assumeTrue(browser != null, "no Chromium on this machine: the page is not looked at");
    browser.open(file, width, 900, dark);
  }

  @Test
  void isDrawnWithoutAnErrorInLightDarkAndOnAPhone() throws Exception {
    for (Path file : List.of(page, comparison)) {
      for (boolean dark : new boolean[] {false, true}) {
        for (int width : new int[] {1280, 390}) {
          open(file, width, dark);
          assertThat(browser.problems()).isEmpty();
          assertThat(browser.eval("document.documentElement.scrollWidth").asInt())
              .as("%s is no wider than a window of %d", file.getFileName(), width)
              .isLessThanOrEqualTo(width);
          String look = dark ? "dark" : "light";
          Files.write(
              Path.of(
                  "target", "report", "%s-%s-%d.png".formatted(file.getFileName(), look, width)),
              browser.screenshot());
        }
      }
    }
  }

  @Test
  void needsNothingFromElsewhere() throws Exception {
    open(page, 1280, false);
    assertThat(browser.eval("performance.getEntriesByType('resource').length").asInt()).isZero();
    assertThat(Files.size(page)).isLessThan(5_000_000);
  }

  @Test
  void hostileTextStaysText() throws Exception {
    open(page, 1280, false);
    click(1, 1, 0);
    assertThat(browser.eval("typeof window.hacked").asText()).isEqualTo("undefined");
    assertThat(browser.eval("document.querySelectorAll('img').length").asInt()).isZero();
    assertThat(browser.eval("document.getElementById('trials').textContent").asText())
        .contains("</script><script>window.hacked = 1</script>");
    assertThat(browser.eval("document.getElementById('provenance').textContent").asText())
        .contains("<b>not markup</b>");
  }

  @Test
  void everyCellCountsWhatSqlCounts() throws Exception {
    open(page, 1280, false);
    equalsSql("initializer", "depth", "learning_rate", "true");
    choose("filter-clipping", "0");
    equalsSql("initializer", "depth", "learning_rate", "clipping = 'none'");
    choose("filter-normalization", "1");
    equalsSql("initializer", "depth", "learning_rate", "clipping = 'none' AND batch_norm");
    choose("axis-facet", "-1");
    choose("filter-clipping", "-1");
    choose("filter-normalization", "-1");
    equalsSql("'all'", "depth", "learning_rate", "true");
    String names = "[...document.getElementById('axis-x').options]";
    choose("axis-x", browser.eval(names + ".find(o => o.text === 'initializer').value").asText());
    equalsSql("'all'", "depth", "initializer", "true");
  }

  @Test
  void theFirstScreenSaysWhatWasFound() throws Exception {
    open(page, 1280, false);
    JsonNode sentences =
        browser.eval(
            "[...document.querySelectorAll('#findings > li')].map(l => [l.dataset.finding, l.firstChild.textContent, l.querySelector('pre').textContent, l.getBoundingClientRect().bottom])");
    assertThat(sentences.size()).isEqualTo(5);
    assertThat(sentences.get(4).get(3).asDouble()).as("all on the first screen").isLessThan(900);
    assertThat(
            browser.eval("document.getElementById('map').getBoundingClientRect().top").asDouble())
        .as("above the map")
        .isGreaterThan(sentences.get(4).get(3).asDouble());
    long trains = one("SELECT count(*) FROM trials WHERE activation = 'tanh' AND cause = 'none'");
    assertThat(sentences.get(0).get(1).asText()).startsWith("%,d of ".formatted(trains));
    for (JsonNode sentence : sentences) {
      assertThat(new SqlSession(spark, warehouse).run(sentence.get(2).asText()).rows().hasNext())
          .as(sentence.get(0).asText())
          .isTrue();
    }
  }

  @Test
  void theMapSaysWhatDividesItsCells() throws Exception {
    open(page, 1280, false);
    String divided = "document.getElementById('divided').textContent";
    assertThat(browser.eval(divided).asText())
        .isEqualTo(
            "The trials of a cell differ in normalization (2), batch_size (2), clipping (2) and their seed.");
    choose("filter-clipping", "0");
    choose("filter-batch_size", "0");
    choose("filter-normalization", "1");
    assertThat(browser.eval(divided).asText())
        .isEqualTo("The trials of a cell differ in their seed alone.");
  }

  @Test
  void wordsOfAnAxisAreNeverLeftOut() throws Exception {
    for (int width : new int[] {1280, 390}) {
      open(page, width, false);
      String names = "[...document.getElementById('axis-x').options]";
      choose("axis-x", browser.eval(names + ".find(o => o.text === 'initializer').value").asText());
      JsonNode labels =
          browser.eval(
              "(() => { const o = echarts.getInstanceByDom(document.getElementById('chart')).getOption().xAxis; return o.map(a => [a.data.length, a.axisLabel.interval, a.axisLabel.hideOverlap]); })()");
      assertThat(labels)
          .isNotEmpty()
          .allSatisfy(l -> assertThat(l.toString()).isEqualTo("[4,0,false]"));
    }
  }

  @Test
  void signalsAreMediansOfWhatIsAlike() throws Exception {
    open(page, 1280, false);
    assertThat(
            browser
                .eval("document.querySelectorAll('#signal-normalization option').length")
                .asInt())
        .isEqualTo(2);
    JsonNode ranges =
        browser.eval(
            "['initial', 'final'].map(m => { const y = echarts.getInstanceByDom(document.querySelector('[data-signal=forward-' + m + ']')).getOption().yAxis[0]; return [y.min, y.max]; })");
    assertThat(ranges.get(0)).as("left and right have the same axis").isEqualTo(ranges.get(1));
  }

  @Test
  void filtersChangeThePicture() throws Exception {
    open(page, 1280, false);
    String before = picture();
    choose("filter-clipping", "1");
    assertThat(picture()).isNotEqualTo(before);
    choose("filter-clipping", "-1");
    assertThat(picture()).isEqualTo(before);
  }

  @Test
  void cellsHaveTheColourOfTheirCategory() throws Exception {
    open(page, 1280, false);
    // Zero weights end at a saddle, whatever else.
    JsonNode at = centre(0, 0, 3);
    JsonNode pixel =
        browser.eval(
            "(() => { const c = document.querySelector('#chart canvas'); const k = c.width / c.clientWidth;"
                + " const r = c.getBoundingClientRect();"
                + " return [...c.getContext('2d').getImageData((%f - r.left - 12) * k, (%f - r.top) * k, 1, 1).data]; })()"
                    .formatted(at.get(0).asDouble(), at.get(1).asDouble()));
    assertThat(pixel.toString()).isEqualTo("[230,159,0,255]");
  }

  @Test
  void hoverAndKeyboardTellCountsAndReason() throws Exception {
    open(page, 1280, false);
    JsonNode at = centre(5, 3, 0); // depth 32, learning rate 10, he_normal
    browser.mouse("mouseMoved", at.get(0).asDouble(), at.get(1).asDouble());
    String where = "depth = 32 AND learning_rate = 10 AND initializer = 'he_normal'";
    long all = one("SELECT count(*) FROM trials WHERE activation = 'tanh' AND " + where);
    long diverged =
        one(
            "SELECT count(*) FROM trials WHERE activation = 'tanh' AND category = 'diverged' AND "
                + where);
    String tip = browser.eval("document.getElementById('tip').textContent").asText();
    assertThat(tip)
        .contains("learning_rate 10")
        .contains("depth 32")
        .contains("initializer he_normal")
        .contains("D diverged: %d of %d".formatted(diverged, all))
        .contains("the steps are too large");
    browser.eval("document.getElementById('chart').focus()");
    for (String key : List.of("ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "End")) {
      browser.key(key);
    }
    assertThat(browser.eval("document.getElementById('live').textContent").asText())
        .contains("learning_rate 10")
        .contains("diverged " + diverged);
    browser.key("Enter");
    assertThat(browser.eval("document.getElementById('trials-title').textContent").asText())
        .startsWith(all + " trials at ");
  }

  @Test
  void knifeEdgesAreMarked() throws Exception {
    Warehouse plain = Warehouse.open(folder.resolve("plain").toString(), new Configuration());
    String id = SampleSweep.plain().write(plain);
    SweepReport report =
        SweepReport.of(spark, plain, List.of(new Catalogue(plain).find(Optional.of(id))));
    Map<String, Double> edges = new TreeMap<>();
    for (Row row :
        new SqlSession(spark.newSession(), plain)
            .table(org.saddlemap.record.Tables.TRIALS)
            .where("margin < 0.1")
            .select("plan_index", "margin")
            .collectAsList()) {
      edges.put(Long.toString(row.getLong(0)), row.getDouble(1));
    }
    assertThat(edges).hasSizeBetween(3, 60);
    byte[] png = report.picture(MapPicture.DEFAULT);
    Path shots = Files.createDirectories(Path.of("target", "report"));
    Files.write(shots.resolve("plain-map.png"), png);
    assertThat(colours(png).get(0)).as("black pixels of corners and letters").isGreaterThan(500);

    open(written("plain", List.of(report)), 1280, false);
    assertThat(browser.problems()).isEmpty();
    browser.eval("document.getElementById('as-table').open = true");
    browser.eval("new Promise(r => setTimeout(r, 100))");
    assertThat(
            browser
                .eval("document.querySelectorAll('#as-table td[data-knife-edge]').length")
                .asInt())
        .isEqualTo(edges.size());
    assertThat(
            browser
                .eval("document.querySelector('#legend [data-knife-edge]').textContent")
                .asText())
        .isEqualTo("knife edge: margin below 0.1 decades, %d cells".formatted(edges.size()));
    // A trial's number counts depths, then initializers, then rates; a cell, its map, depth and
    // rate.
    for (int number : new int[] {0, 17, 40, 60, 77, 103, 120, 155}) {
      marked(number % 13, number / 39, number / 13 % 3, edges.get(Integer.toString(number)));
    }
    for (String number : edges.keySet().stream().limit(8).toList()) {
      int n = Integer.parseInt(number);
      marked(n % 13, n / 39, n / 13 % 3, edges.get(number));
    }
    Files.write(shots.resolve("knife-edges.png"), browser.screenshot());
  }

  /**
   * Whether that cell has a dark corner, and its description the margin; null where it has none.
   */
  private static void marked(int rate, int depth, int initializer, Double margin) {
    int map = List.of(1, 2, 0).get(initializer); // in the order of their names
    JsonNode at = centre(rate, depth, map);
    browser.mouse("mouseMoved", at.get(0).asDouble(), at.get(1).asDouble());
    String as = "rate %d, depth %d, map %d".formatted(rate, depth, map);
    String tip = browser.eval("document.getElementById('tip').textContent").asText();
    if (margin == null) {
      assertThat(tip).as(as).doesNotContain("knife edge");
    } else {
      assertThat(tip).as(as).contains(" decades, a knife edge").contains("Cause: ");
      double said = Double.parseDouble(tip.replaceAll("(?s).*Margin ([0-9.]+) decades.*", "$1"));
      assertThat(said).as(as).isCloseTo(margin, within(0.006));
    }
    assertThat(browser.eval(CORNER.formatted(rate, depth, map)).toString().equals("[17,17,17,255]"))
        .as(as)
        .isEqualTo(margin != null);
  }

  /** The pixel in the upper right corner of a cell. */
  private static final String CORNER =
      """
      (() => { const e = document.getElementById('chart'), c = echarts.getInstanceByDom(e), k = e.querySelector('canvas');
        const [x, y, f] = [%d, %d, %d], s = k.width / k.clientWidth, p = c.convertToPixel({xAxisIndex: f, yAxisIndex: f}, [x, y]);
        const g = c.getModel().getComponent('grid', f).coordinateSystem.getRect();
        return [...k.getContext('2d').getImageData((p[0] + g.width / 26 - 2.5) * s, (p[1] - g.height / 8 + 2.5) * s, 1, 1).data]; })()""";

  @Test
  void causesAreThoseThatSqlCounts() throws Exception {
    open(page, 1280, false);
    JsonNode shown =
        browser.eval(
            "[...document.querySelectorAll('#causes tbody tr')].map(r => r.cells[0].textContent + ' ' + r.cells[2].textContent.replace(',', ''))");
    List<String> rows = new java.util.ArrayList<>();
    shown.forEach(r -> rows.add(r.asText()));
    assertThat(rows)
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(
            spark
                .sql(
                    "SELECT replace(cause, '_', ' ') || ' ' || count(*) FROM trials WHERE activation = 'tanh' AND cause IS NOT NULL GROUP BY cause")
                .collectAsList()
                .stream()
                .map(r -> r.getString(0))
                .toList());
  }

  @Test
  void gradientsAreThoseOfEveryTrialThatALogScaleHasAPlaceFor() throws Exception {
    open(page, 1280, false);
    JsonNode shown =
        browser.eval(
            "echarts.getInstanceByDom(document.querySelector('#gradients .chart')).getOption().series.map(s => s.name + ' ' + s.data.length)");
    List<String> points = new java.util.ArrayList<>();
    shown.forEach(s -> points.add(s.asText()));
    assertThat(points)
        .hasSizeGreaterThan(3)
        .containsExactlyInAnyOrderElementsOf(
            spark
                .sql(
                    "SELECT category || ' ' || count(*) FROM trials WHERE activation = 'tanh' AND category IS NOT NULL AND gradient_norm > 0 AND gap > 0 GROUP BY category")
                .collectAsList()
                .stream()
                .map(r -> r.getString(0))
                .toList());
  }

  @Test
  void nothingIsShownAsAnObject() throws Exception {
    for (Path file : List.of(page, comparison)) {
      open(file, 1280, false);
      click(1, 1, 0);
      assertThat(browser.eval("document.body.innerText").asText()).doesNotContain("[object");
    }
  }

  @Test
  void aSweepOfAnOlderVersionHasNeitherCausesNorEdges() throws Exception {
    Warehouse old = Warehouse.open(folder.resolve("old").toString(), new Configuration());
    String id = SampleSweep.small().write(old);
    org.saddlemap.store.Replaced.asOfOld(old, id);
    SweepReport report =
        SweepReport.of(spark, old, List.of(new Catalogue(old).find(Optional.of(id))));
    open(written("old", List.of(report)), 1280, false);
    assertThat(browser.problems()).isEmpty();
    assertThat(browser.eval("document.querySelectorAll('#causes').length").asInt()).isZero();
    assertThat(browser.eval("document.querySelectorAll('[data-knife-edge]').length").asInt())
        .isZero();
    assertThat(status()).startsWith("%,d trials in ".formatted(SampleSweep.small().size()));
  }

  @Test
  void aClickListsTheTrialsOfTheCell() throws Exception {
    open(page, 1280, false);
    click(4, 0, 2); // learning rate 1, depth 1, xavier_uniform
    JsonNode ids =
        browser.eval(
            "[...document.querySelectorAll('#trials .mono > span')].map(s => s.firstChild.textContent)");
    assertThat(ids.size()).isGreaterThan(5);
    for (JsonNode id : ids) {
      assertThat(
              one(
                  "SELECT count(*) FROM trials WHERE depth = 1 AND learning_rate = 1 AND initializer = 'xavier_uniform' AND trial_id LIKE '%s%%'"
                      .formatted(id.asText())))
          .isEqualTo(1);
    }
    String query = browser.eval("document.querySelector('#trials pre').textContent").asText();
    assertThat(spark.sql(query).count()).isEqualTo(24);
  }

  @Test
  void comparedSweepsShowWhatTurned() throws Exception {
    open(comparison, 1280, false);
    long turned =
        one(
            """
            SELECT count(*) FROM trials a JOIN trials b ON a.replicate = b.replicate
              AND replace(a.configuration, 'activation=tanh', '') = replace(b.configuration, 'activation=relu', '')
            WHERE a.activation = 'tanh' AND b.activation = 'relu' AND a.category <> b.category""");
    assertThat(browser.eval("document.getElementById('compared').textContent").asText())
        .contains("activation tanh → relu")
        .contains("%,d of ".formatted(turned));
    equalsSql(
        "sweep",
        "depth",
        "learning_rate",
        "trial_id IN (SELECT a.trial_id FROM trials a JOIN trials b ON a.replicate = b.replicate AND a.activation <> b.activation AND regexp_replace(a.configuration, 'activation=(tanh|relu)', '') = regexp_replace(b.configuration, 'activation=(tanh|relu)', '') WHERE a.category IS NOT NULL AND b.category IS NOT NULL)",
        true);
  }

  @Test
  void severalSweepsShareAPage() throws Exception {
    open(together, 1280, false);
    assertThat(status()).startsWith("%,d trials in ".formatted(SampleSweep.small().size()));
    // It opens on the sweep whose trials end in the most different ways.
    int first = bits("tanh") >= bits("relu") ? 0 : 1;
    assertThat(
            browser
                .eval(
                    "document.querySelectorAll('#reports button')[%d].getAttribute('aria-pressed')"
                        .formatted(first))
                .asText())
        .isEqualTo("true");
    browser.eval("document.querySelectorAll('#reports button')[0].click()");
    browser.waitFor("document.documentElement.dataset.ready === 'true'");
    assertThat(provenance()).contains(found("sample").id()).doesNotContain(found("relu").id());
    browser.eval("document.querySelectorAll('#reports button')[1].click()");
    browser.waitFor("document.documentElement.dataset.ready === 'true'");
    assertThat(provenance()).contains(found("relu").id()).doesNotContain(found("sample").id());
    assertThat(
            browser
                .eval("document.querySelector('#legend [data-outcome=diverged]').dataset.count")
                .asLong())
        .isEqualTo(
            one("SELECT count(*) FROM trials WHERE activation = 'relu' AND category = 'diverged'"));
    assertThat(browser.eval("document.querySelectorAll('main > section#map').length").asInt())
        .isEqualTo(1);
    assertThat(browser.problems()).isEmpty();
  }

  /** Shannon's entropy of how the trials ended, in bits. */
  private static double bits(String activation) {
    return spark
        .sql(
            """
            SELECT -sum(n / total * log2(n / total)) FROM (
              SELECT count(*) AS n, sum(count(*)) OVER () AS total FROM trials
              WHERE activation = '%s' GROUP BY category, status)"""
                .formatted(activation))
        .first()
        .getDouble(0);
  }

  @Test
  void pairsAreThoseOfTheView() {
    new SqlSession(spark, warehouse).run("SELECT 1");
    List<String> view =
        spark
            .sql(
                """
                SELECT hyperparameter, from_value, to_value, from_category, to_category, pairs
                FROM turned WHERE sweep = '%s'
                  AND hyperparameter IN ('clipping', 'initializer', 'normalization', 'batch_size')"""
                    .formatted(found("sample").id()))
            .collectAsList()
            .stream()
            .map(r -> List.of(r.get(0), r.get(1), r.get(2), r.get(3), r.get(4), r.get(5)))
            .map(Object::toString)
            .toList();
    assertThat(rows(report("sample").json().get("turned")).stream().map(Object::toString))
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(view);
  }

  @Test
  void theTimesOfTheTrialsAddUp() {
    double width =
        spark
            .sql(
                "SELECT max(queue_ms + load_ms + train_ms + examine_ms) / 100 FROM trials WHERE activation = 'tanh'")
            .first()
            .getDouble(0);
    Map<?, ?> time = (Map<?, ?>) report("sample").json().get("time");
    for (int phase = 1; phase <= 3; phase++) {
      int at = phase;
      double shown =
          rows(time.get("busy")).stream()
                  .mapToDouble(r -> r.get(at) == null ? 0 : ((Number) r.get(at)).doubleValue())
                  .sum()
              * width;
      double spent =
          spark
              .sql(
                  "SELECT CAST(sum(%s) AS DOUBLE) FROM trials WHERE activation = 'tanh'"
                      .formatted(List.of("load_ms", "train_ms", "examine_ms").get(phase - 1)))
              .first()
              .getDouble(0);
      assertThat(shown).isCloseTo(spent, withinPercentage(0.01));
    }
  }

  @Test
  void theButtonSavesThePicture() throws Exception {
    open(page, 1280, false);
    Path saved = Files.createDirectory(folder.resolve("saved"));
    JsonNode size =
        browser.eval(
            "(() => { const c = document.getElementById('chart'); return [c.clientWidth, c.clientHeight]; })()");
    browser.download(saved, () -> browser.eval("document.getElementById('save-png').click()"));
    Path png = saved.resolve(found("sample").id() + "-map.png");
    BufferedImage image = ImageIO.read(png.toFile());
    assertThat(image.getWidth()).isEqualTo(2 * size.get(0).asInt());
    // Higher by the legend that it carries.
    assertThat(image.getHeight()).isEqualTo(2 * (size.get(1).asInt() + 36));
    assertThat(colours(Files.readAllBytes(png)).keySet())
        .contains(0x009E73, 0xE69F00, 0x56B4E9, 0xD55E00, 0xBBBBBB, 0xFFFFFF);
    Files.copy(png, Path.of("target", "report", "saved.png"), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void paperIsLightAndHidesNothing() throws Exception {
    open(page, 1280, true);
    browser.eval(
        """
        window.addEventListener('beforeprint', () => { window.printed = {
          background: getComputedStyle(document.body).backgroundColor,
          closed: document.querySelectorAll('section > details:not([open])').length,
          cells: document.querySelectorAll('#as-table td').length,
          widest: Math.max(...[...document.querySelectorAll('canvas')].map(c => c.clientWidth))}; });
        0""");
    byte[] pdf = browser.pdf();
    Files.write(Path.of("target", "report", "sample.pdf"), pdf);
    assertThat(new String(pdf, 0, 5, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("%PDF-");
    JsonNode printed = browser.eval("window.printed");
    assertThat(printed.path("background").asText()).isEqualTo("rgb(255, 255, 255)");
    assertThat(printed.path("closed").asInt()).isZero();
    assertThat(printed.path("cells").asInt()).isEqualTo(4 * 4 * 6);
    assertThat(printed.path("widest").asInt()).isBetween(300, 700);
    browser.waitFor("!document.documentElement.hasAttribute('data-printing')");
    assertThat(browser.eval("document.querySelectorAll('section > details[open]').length").asInt())
        .as("afterwards the page is as it was")
        .isZero();
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void axeFindsNothingToComplainOf() throws Exception {
    String axe;
    try (java.io.InputStream in = ReportPageTest.class.getResourceAsStream("/axe.min.js")) {
      axe = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
    for (Path file : List.of(page, comparison, together)) {
      for (boolean dark : new boolean[] {false, true}) {
        open(file, dark ? 390 : 1280, dark);
        click(1, 1, 0);
        browser.eval("document.querySelectorAll('details').forEach(d => { d.open = true; })");
        browser.eval("new Promise(r => setTimeout(r, 100))");
        browser.eval(axe + "; 0");
        JsonNode found =
            browser.eval(
                """
                axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v =>
                  v.id + ': ' + v.help + ' – ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 150) + ' (' + n.failureSummary + ')').join(' | ')))""");
        assertThat(found).as("%s, dark %s", file.getFileName(), dark).isEmpty();
      }
    }
  }

  @Test
  void thePictureShowsTheSameColours() throws IOException {
    Map<Integer, Integer> colours = colours(report("sample").picture(MapPicture.DEFAULT));
    // A quarter of the cells are saddles: 300 x 200 at double scale, less letters and gaps.
    assertThat(colours.get(0xE69F00)).isBetween(200_000, 245_000);
    assertThat(colours.keySet()).contains(0x009E73, 0x56B4E9, 0xD55E00, 0xBBBBBB);
  }

  private static List<List<?>> rows(Object table) {
    List<List<?>> rows = new java.util.ArrayList<>();
    ((List<?>) ((Map<?, ?>) table).get("rows")).forEach(r -> rows.add((List<?>) r));
    return rows;
  }

  private static String status() {
    return browser.eval("document.getElementById('status').textContent").asText();
  }

  private static String provenance() {
    return browser.eval("document.getElementById('provenance').textContent").asText();
  }

  /** How many pixels of a PNG have each colour. */
  private static Map<Integer, Integer> colours(byte[] png) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    Map<Integer, Integer> colours = new TreeMap<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        colours.merge(image.getRGB(x, y) & 0xffffff, 1, Integer::sum);
      }
    }
    return colours;
  }

  private static void equalsSql(String facet, String y, String x, String where) {
    equalsSql(facet, y, x, where, false);
  }

  /** Reads the map's table and its legend. */
  private static void equalsSql(String facet, String y, String x, String where, boolean both) {
    browser.eval("document.getElementById('as-table').open = true");
    browser.eval("new Promise(r => setTimeout(r, 100))");
    JsonNode cells =
        browser.eval(
            """
            [...document.querySelectorAll('#as-table table')].map(t => [...t.querySelectorAll('tbody td')]
              .flatMap(d => d.title === 'no trials' ? [] : d.title.split(', ').map(s =>
                [t.caption.textContent.replace(/.* = /, ''), d.parentNode.firstChild.textContent,
                 t.tHead.rows[0].cells[d.cellIndex].textContent, s].join('|')))).flat()""");
    List<String> shown = new java.util.ArrayList<>();
    cells.forEach(c -> shown.add(c.asText().replace("All trials", "all")));
    List<String> counted = new java.util.ArrayList<>();
    Map<String, Long> totals = new TreeMap<>();
    for (Row row :
        spark
            .sql(
                """
                SELECT %s, %s, %s, coalesce(category, CASE WHEN status = 'completed' THEN 'unjudged' ELSE status END), count(*) FROM trials
                WHERE %s AND %s GROUP BY 1, 2, 3, 4"""
                    .formatted(facet, y, x, both ? "true" : "activation = 'tanh'", where))
            .collectAsList()) {
      counted.add(
          "%s|%s|%s|%s %d"
              .formatted(row.get(0), row.get(1), text(row.get(2)), row.get(3), row.getLong(4)));
      totals.merge(row.getString(3), row.getLong(4), Long::sum);
    }
    assertThat(shown).as(where).isNotEmpty().containsExactlyInAnyOrderElementsOf(counted);
    totals.forEach(
        (category, trials) ->
            assertThat(
                    browser
                        .eval(
                            "document.querySelector('#legend [data-outcome=%s]').dataset.count"
                                .formatted(category))
                        .asLong())
                .as(category)
                .isEqualTo(trials));
  }

  private static String text(Object value) {
    return value instanceof Double d
        ? d == 1e-4 ? "1e-4" : d >= 1 ? Long.toString(d.longValue()) : d.toString()
        : value.toString();
  }

  private static long one(String sql) {
    return spark.sql(sql).first().getLong(0);
  }

  private static void choose(String id, String value) {
    browser.eval(
        "(() => { const s = document.getElementById('%s'); s.value = '%s'; s.dispatchEvent(new Event('change')); })()"
            .formatted(id, value));
  }

  private static String picture() {
    return browser.eval("document.querySelector('#chart canvas').toDataURL()").asText();
  }

  /** The middle of a cell in the window, by its place among the axes' values. */
  private static JsonNode centre(int x, int y, int facet) {
    return browser.eval(
        """
        (() => { const e = document.getElementById('chart'); e.scrollIntoView({behavior: 'instant'});
          const c = echarts.getInstanceByDom(e), r = e.getBoundingClientRect();
          const p = c.convertToPixel({xAxisIndex: %d, yAxisIndex: %d}, [%d, %d]);
          return [r.left + p[0], r.top + p[1]]; })()"""
            .formatted(facet, facet, x, y));
  }

  private static void click(int x, int y, int facet) {
    JsonNode at = centre(x, y, facet);
    for (String type : List.of("mouseMoved", "mousePressed", "mouseReleased")) {
      browser.mouse(type, at.get(0).asDouble(), at.get(1).asDouble());
    }
  }
}

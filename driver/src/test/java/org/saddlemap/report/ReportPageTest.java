package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.saddlemap.analysis.SampleSweep;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Warehouse;

/** The report's page as a browser shows it, held against SQL over the tables. */
@Tag("slow")
@Tag("browser")
class ReportPageTest extends OnReportPage {
  private static final Map<String, SweepReport> REPORTS = new HashMap<>();

  /** Made once each: it takes seconds. */
  private static SweepReport report(String sweep) {
    return REPORTS.computeIfAbsent(sweep, name -> pages.report(spark, name));
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
      assertThat(
              new SqlSession(spark, pages.warehouse())
                  .run(sentence.get(2).asText())
                  .rows()
                  .hasNext())
          .as(sentence.get(0).asText())
          .isTrue();
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
    Warehouse old = Warehouse.open(pages.folder().resolve("old").toString(), new Configuration());
    String id = SampleSweep.small().write(old);
    org.saddlemap.store.Replaced.asOfOld(old, id);
    SweepReport report =
        SweepReport.of(spark, old, List.of(new Catalogue(old).find(Optional.of(id))));
    open(pages.written("old", List.of(report)), 1280, false);
    assertThat(browser.problems()).isEmpty();
    assertThat(browser.eval("document.querySelectorAll('#causes').length").asInt()).isZero();
    assertThat(browser.eval("document.querySelectorAll('[data-knife-edge]').length").asInt())
        .isZero();
    assertThat(status()).startsWith("%,d trials in ".formatted(SampleSweep.small().size()));
  }

  @Test
  void severalSweepsShareAPage() throws Exception {
    open(pages.together(), 1280, false);
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
    assertThat(provenance())
        .contains(pages.found("sample").id())
        .doesNotContain(pages.found("relu").id());
    browser.eval("document.querySelectorAll('#reports button')[1].click()");
    browser.waitFor("document.documentElement.dataset.ready === 'true'");
    assertThat(provenance())
        .contains(pages.found("relu").id())
        .doesNotContain(pages.found("sample").id());
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
    new SqlSession(spark, pages.warehouse()).run("SELECT 1");
    List<String> view =
        spark
            .sql(
                """
                SELECT hyperparameter, from_value, to_value, from_category, to_category, pairs
                FROM turned WHERE sweep = '%s'
                  AND hyperparameter IN ('clipping', 'initializer', 'normalization', 'batch_size')"""
                    .formatted(pages.found("sample").id()))
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
    for (Path file : List.of(page, comparison, pages.together())) {
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

  private static String provenance() {
    return browser.eval("document.getElementById('provenance').textContent").asText();
  }
}

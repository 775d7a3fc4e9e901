package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.saddlemap.analysis.SampleSweep;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Warehouse;

/** The phase map of the report's page: its cells, what they tell and what they are filtered by. */
@Tag("slow")
@Tag("browser")
class ReportMapTest extends OnReportPage {
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
  void filtersChangeThePicture() throws Exception {
    open(page, 1280, false);
    String before = picture();
    choose("filter-clipping", "1");
    assertThat(picture()).isNotEqualTo(before);
    choose("filter-clipping", "-1");
    assertThat(picture()).isEqualTo(before);
  }

  private static String picture() {
    return browser.eval("document.querySelector('#chart canvas').toDataURL()").asText();
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
  void knifeEdgesAreMarked() throws Exception {
    Warehouse plain =
        Warehouse.open(pages.folder().resolve("plain").toString(), new Configuration());
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

    open(pages.written("plain", List.of(report)), 1280, false);
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
  void theButtonSavesThePicture() throws Exception {
    open(page, 1280, false);
    Path saved = Files.createDirectory(pages.folder().resolve("saved"));
    JsonNode size =
        browser.eval(
            "(() => { const c = document.getElementById('chart'); return [c.clientWidth, c.clientHeight]; })()");
    browser.download(saved, () -> browser.eval("document.getElementById('save-png').click()"));
    Path png = saved.resolve(pages.found("sample").id() + "-map.png");
    BufferedImage image = ImageIO.read(png.toFile());
    assertThat(image.getWidth()).isEqualTo(2 * size.get(0).asInt());
    // Higher by the legend that it carries.
    assertThat(image.getHeight()).isEqualTo(2 * (size.get(1).asInt() + 36));
    assertThat(colours(Files.readAllBytes(png)).keySet())
        .contains(0x009E73, 0xE69F00, 0x56B4E9, 0xD55E00, 0xBBBBBB, 0xFFFFFF);
    Files.copy(png, Path.of("target", "report", "saved.png"), StandardCopyOption.REPLACE_EXISTING);
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
}

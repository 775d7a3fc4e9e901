package org.saddlemap.report;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.saddlemap.analysis.LocalSpark;

/** The report's page in a browser, and Spark to hold it against SQL over the tables. */
@ExtendWith({LocalSpark.class, ReportPages.Once.class})
abstract class OnReportPage {
  static ReportPages pages;
  static SparkSession spark;
  static Chromium browser;
  static Path page;
  static Path comparison;

  @BeforeAll
  static void ask(ReportPages made) {
    pages = made;
    spark = ReportPages.session();
    browser = made.browser().orElse(null);
    page = made.page();
    comparison = made.comparison();
    spark
        .read()
        .parquet(made.warehouse().folder(org.saddlemap.record.Tables.TRIALS).toString())
        .cache()
        .createOrReplaceTempView("trials");
  }

  static void open(Path file, int width, boolean dark) throws InterruptedException {
    assumeTrue(browser != null, "no Chromium on this machine: the page is not looked at");
    browser.open(file, width, 900, dark);
  }

  static String status() {
    return browser.eval("document.getElementById('status').textContent").asText();
  }

  static long one(String sql) {
    return spark.sql(sql).first().getLong(0);
  }

  /** How many pixels of a PNG have each colour. */
  static Map<Integer, Integer> colours(byte[] png) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    Map<Integer, Integer> colours = new TreeMap<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        colours.merge(image.getRGB(x, y) & 0xffffff, 1, Integer::sum);
      }
    }
    return colours;
  }

  static void choose(String id, String value) {
    browser.eval(
        "(() => { const s = document.getElementById('%s'); s.value = '%s'; s.dispatchEvent(new Event('change')); })()"
            .formatted(id, value));
  }

  /** The middle of a cell in the window, by its place among the axes' values. */
  static JsonNode centre(int x, int y, int facet) {
    return browser.eval(
        """
        (() => { const e = document.getElementById('chart'); e.scrollIntoView({behavior: 'instant'});
          const c = echarts.getInstanceByDom(e), r = e.getBoundingClientRect();
          const p = c.convertToPixel({xAxisIndex: %d, yAxisIndex: %d}, [%d, %d]);
          return [r.left + p[0], r.top + p[1]]; })()"""
            .formatted(facet, facet, x, y));
  }

  static void click(int x, int y, int facet) {
    JsonNode at = centre(x, y, facet);
    for (String type : List.of("mouseMoved", "mousePressed", "mouseReleased")) {
      browser.mouse(type, at.get(0).asDouble(), at.get(1).asDouble());
    }
  }
}

package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.saddlemap.report.ScalingImage.Curve;
import org.saddlemap.report.ScalingImage.Point;

class ScalingImageTest {
  private static final int STRONG = 0xD55E00;
  private static final int WEAK = 0x0072B2;

  private static final Curve STRONG_CURVE =
      new Curve(
          List.of(new Point(100, 9), new Point(1, 1), new Point(10, 6), new Point(1000, 9.5)),
          List.of(new Point(1, 1)));
  private static final Curve WEAK_CURVE =
      new Curve(List.of(new Point(1, 1), new Point(10, 9.8), new Point(1000, 960)), List.of());

  /** Pixels by colour; the picture stays in {@code target} to be looked at. */
  private static Map<Integer, Integer> colours(String name, Curve strong, Curve weak)
      throws IOException {
    byte[] png = ScalingImage.png(name, strong, weak);
    Files.write(Files.createDirectories(Path.of("target", "report")).resolve(name + ".png"), png);
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(image.getWidth()).isEqualTo(1600);
    assertThat(image.getHeight()).isBetween(700, 1000);
    Map<Integer, Integer> colours = new HashMap<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        colours.merge(image.getRGB(x, y) & 0xffffff, 1, Integer::sum);
      }
    }
    assertThat(colours.get(0xffffff)).as("light ground").isGreaterThan(800_000);
    return colours;
  }

  @Test
  void bothCurvesAreDrawn() throws IOException {
    Map<Integer, Integer> both = colours("scaling", STRONG_CURVE, WEAK_CURVE);
    assertThat(both.get(STRONG)).isGreaterThan(2000);
    assertThat(both.get(WEAK)).isGreaterThan(1000);
    Curve none = new Curve(List.of(), List.of());
    assertThat(colours("scaling-weak", none, WEAK_CURVE)).doesNotContainKey(STRONG);
    assertThat(colours("scaling-strong", STRONG_CURVE, none)).doesNotContainKey(WEAK);
  }

  @Test
  void measuredPointsStandOut() throws IOException {
    int simulated = colours("scaling", STRONG_CURVE, WEAK_CURVE).get(WEAK);
    Curve weak = new Curve(WEAK_CURVE.simulated(), List.of(new Point(1, 1), new Point(2, 1.1)));
    Map<Integer, Integer> both = colours("scaling-measured", STRONG_CURVE, weak);
    // Three hollow diamonds, one of them in the legend, of some hundred pixels each.
    assertThat(both.get(WEAK) - simulated).isGreaterThan(300);
  }

  @Test
  void whateverComesIsDrawn() throws IOException {
    Curve one = new Curve(List.of(new Point(1, 1)), List.of());
    colours("scaling-one", one, one);
    Curve crowd =
        new Curve(
            IntStream.rangeClosed(1, 24).mapToObj(n -> new Point(n, Math.sqrt(n))).toList(),
            IntStream.rangeClosed(2, 9).mapToObj(n -> new Point(n, 0.9)).toList());
    Curve better =
        new Curve(
            IntStream.rangeClosed(1, 24).mapToObj(n -> new Point(n, 1.3 * n)).toList(),
            List.of(new Point(4, 0.01)));
    colours("scaling-crowd", crowd, better);
  }
}

package org.saddlemap.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * How a sweep scales, as a picture: efficiency over executors, and the speed-up of strong scaling
 * beside what it would be at best. Simulated points are on lines, measured ones stand alone.
 *
 * <p>It is drawn here, since the numbers at the points are what the picture is for, and plotting
 * libraries for Java let the labels of neighbouring points cover each other.
 */
public final class ScalingImage {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 420;
  private static final int MARGIN = 24;
  private static final int TOP = 98;
  private static final int PANEL_WIDTH = 320;
  private static final int PANEL_HEIGHT = 260;

  /** Between a panel's frame and its outermost points, so that labels find room. */
  private static final int PADDING = 28;

  private static final int FOOT = 16;

  private static final int SMALL_FONT = 12;

  private static final BasicStroke THIN = new BasicStroke(1);
  private static final BasicStroke THICK = new BasicStroke(2);
  private static final BasicStroke DASHED =
      new BasicStroke(1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {5}, 0);

  private final Look strong;
  private final Look weak;
  private final int most;

  /**
   * A number of executors and how fast they were.
   *
   * @param speedup trials a second over those of one executor
   */
  public record Point(int executors, double speedup) {
    public double efficiency() {
      return speedup / executors;
    }
  }

  /** One way to scale; either list may be empty. */
  public record Curve(List<Point> simulated, List<Point> measured) {
    public Curve {
      simulated = simulated.stream().sorted(Comparator.comparingInt(Point::executors)).toList();
      measured = measured.stream().sorted(Comparator.comparingInt(Point::executors)).toList();
    }

    private Curve bare() {
      return new Curve(simulated, List.of());
    }

    private Stream<Point> points() {
      return Stream.concat(simulated.stream(), measured.stream());
    }
  }

  /** A curve and how it is drawn. */
  private record Look(String name, Curve curve, Color color) {}

  /** Where values are, on a logarithmic axis of executors and any other. */
  private record Panel(double left, int most, DoubleUnaryOperator height) {
    Rectangle2D box() {
      return new Rectangle2D.Double(left, TOP, PANEL_WIDTH, PANEL_HEIGHT);
    }

    double x(double executors) {
      double share = Math.log(executors) / Math.log(most);
      return left + PADDING + share * (PANEL_WIDTH - 2 * PADDING);
    }

    /** From the share of the height, 0 at the bottom. */
    double y(double value) {
      double share = height.applyAsDouble(value);
      return TOP + PANEL_HEIGHT - FOOT - share * (PANEL_HEIGHT - PADDING - FOOT);
    }
  }

  private ScalingImage(Curve strong, Curve weak) {
    // A run on one executor belongs to both curves; on one of them is enough where it is alone.
    boolean strongRan = strong.measured().stream().anyMatch(p -> p.executors() > 1);
    boolean weakRan = weak.measured().stream().anyMatch(p -> p.executors() > 1);
    this.strong = new Look("strong", strongRan ? strong : strong.bare(), new Color(0xD55E00));
    this.weak = new Look("weak", strongRan && !weakRan ? weak.bare() : weak, new Color(0x0072B2));
    this.most =
        Stream.concat(strong.points(), weak.points())
            .mapToInt(Point::executors)
            .reduce(2, Math::max);
  }

  /** The picture, a PNG file 1600 pixels wide. */
  public static byte[] png(String title, Curve strong, Curve weak) {
    ScalingImage image = new ScalingImage(strong, weak);
    return Drawing.png(
        WIDTH,
        HEIGHT,
        g -> {
          image.heading(g, title);
          image.efficiency(g, MARGIN + 46);
          image.speedup(g, WIDTH - MARGIN - PANEL_WIDTH);
        });
  }

  private void heading(Graphics2D g, String title) {
    g.setColor(Drawing.TEXT);
    g.setFont(Drawing.font(Font.BOLD, 17));
    g.drawString(title, MARGIN, 32);
    g.setFont(Drawing.font(Font.PLAIN, 13));
    int left = MARGIN;
    for (Look look : List.of(weak, strong)) {
      if (!look.curve().simulated().isEmpty()) {
        dot(g, left + 9, 53, look.color());
        left = legend(g, left, look.name() + " scaling, simulated");
      }
      if (!look.curve().measured().isEmpty()) {
        diamond(g, left + 9, 53, look.color());
        left = legend(g, left, look.name() + ", measured");
      }
    }
  }

  private static int legend(Graphics2D g, int left, String text) {
    g.setColor(Drawing.TEXT);
    g.drawString(text, left + 23, 57);
    return left + 23 + g.getFontMetrics().stringWidth(text) + 18;
  }

  private void efficiency(Graphics2D g, double left) {
    double top =
        Stream.concat(strong.curve().points(), weak.curve().points())
            .mapToDouble(Point::efficiency)
            .reduce(1, Math::max);
    Panel panel = new Panel(left, most, value -> value / top);
    frame(g, panel, "Efficiency", DoubleStream.of(0, 0.25, 0.5, 0.75, 1), ScalingImage::percent);
    Labels labels = new Labels(g, panel.box());
    curve(g, panel, weak, Point::efficiency, ScalingImage::percent, Labels.Side.ABOVE, labels);
    curve(
        g, panel, strong, Point::efficiency, ScalingImage::percent, Labels.Side.BELOW_LEFT, labels);
    labels.draw();
  }

  private void speedup(Graphics2D g, double left) {
    double least = strong.curve().points().mapToDouble(Point::speedup).reduce(1, Math::min);
    double bottom = Math.log(least);
    double height = Math.log(most) - bottom;
    Panel panel = new Panel(left, most, value -> (Math.log(value) - bottom) / height);
    int step = most < 10 ? 2 : 10;
    frame(
        g,
        panel,
        "Speed-up of strong scaling",
        DoubleStream.iterate(1, v -> v <= most, v -> v * step),
        v -> String.format(Locale.ROOT, "%,.0f×", v));
    Labels labels = new Labels(g, panel.box());
    g.setColor(Drawing.SOFT);
    g.setStroke(DASHED);
    g.draw(new Line2D.Double(panel.x(1), panel.y(1), panel.x(most), panel.y(most)));
    double middle = Math.sqrt(most);
    labels.add(
        new Labels.Label(
            "ideal", panel.x(middle), panel.y(middle), Drawing.SOFT, Labels.Side.LEFT));
    curve(g, panel, strong, Point::speedup, ScalingImage::times, Labels.Side.BELOW_RIGHT, labels);
    labels.draw();
  }

  /** Title, grid, and the texts of both axes. */
  private void frame(
      Graphics2D g, Panel panel, String title, DoubleStream ticks, DoubleFunction<String> text) {
    g.setColor(Drawing.TEXT);
    g.setFont(Drawing.font(Font.BOLD, 13));
    g.drawString(title, (float) panel.left(), TOP - 8);
    g.setFont(Drawing.font(Font.PLAIN, SMALL_FONT));
    g.setStroke(THIN);
    FontMetrics metrics = g.getFontMetrics();
    double right = panel.left() + PANEL_WIDTH;
    ticks.forEach(
        value -> {
          double y = panel.y(value);
          g.setColor(Drawing.GRID);
          g.draw(new Line2D.Double(panel.left(), y, right, y));
          g.setColor(Drawing.SOFT);
          String label = text.apply(value);
          g.drawString(
              label,
              (float) (panel.left() - 7 - metrics.stringWidth(label)),
              (float) (y + metrics.getAscent() / 2.0 - 2));
        });
    double free = 0;
    for (int n : executors()) {
      String label = String.format(Locale.ROOT, "%,d", n);
      double x = panel.x(n);
      double half = metrics.stringWidth(label) / 2.0;
      g.setColor(Drawing.GRID);
      g.draw(new Line2D.Double(x, TOP, x, TOP + PANEL_HEIGHT));
      if (x - half >= free) {
        g.setColor(Drawing.SOFT);
        Drawing.centred(g, label, x, TOP + PANEL_HEIGHT + 12);
        free = x + half + 4;
      }
    }
    g.setColor(Drawing.SOFT);
    Drawing.centred(g, "executors", panel.left() + PANEL_WIDTH / 2.0, TOP + PANEL_HEIGHT + 30);
    g.draw(panel.box());
  }

  private List<Integer> executors() {
    return Stream.concat(strong.curve().points(), weak.curve().points())
        .map(Point::executors)
        .distinct()
        .sorted()
        .toList();
  }

  private static void curve(
      Graphics2D g,
      Panel panel,
      Look look,
      ToDoubleFunction<Point> value,
      DoubleFunction<String> text,
      Labels.Side side,
      Labels labels) {
    Path2D line = new Path2D.Double();
    for (Point p : look.curve().simulated()) {
      double x = panel.x(p.executors());
      double y = panel.y(value.applyAsDouble(p));
      if (line.getCurrentPoint() == null) {
        line.moveTo(x, y);
      } else {
        line.lineTo(x, y);
      }
    }
    g.setColor(look.color());
    g.setStroke(THICK);
    g.draw(line);
    for (Point p : look.curve().simulated()) {
      dot(g, panel.x(p.executors()), panel.y(value.applyAsDouble(p)), look.color());
    }
    for (Point p : look.curve().measured()) {
      diamond(g, panel.x(p.executors()), panel.y(value.applyAsDouble(p)), look.color());
    }
    look.curve()
        .points()
        .forEach(
            p -> {
              double v = value.applyAsDouble(p);
              labels.add(
                  new Labels.Label(
                      text.apply(v),
                      panel.x(p.executors()),
                      panel.y(v),
                      look.color().darker(),
                      side));
            });
  }

  private static void dot(Graphics2D g, double x, double y, Color color) {
    g.setColor(color);
    g.fill(new Ellipse2D.Double(x - 4, y - 4, 8, 8));
  }

  private static void diamond(Graphics2D g, double x, double y, Color color) {
    Path2D shape = new Path2D.Double();
    shape.moveTo(x, y - 7);
    shape.lineTo(x + 7, y);
    shape.lineTo(x, y + 7);
    shape.lineTo(x - 7, y);
    shape.closePath();
    g.setColor(Color.WHITE);
    g.fill(shape);
    g.setColor(color);
    g.setStroke(THICK);
    g.draw(shape);
  }

  private static String percent(double share) {
    return String.format(
        Locale.ROOT, share < 0.0995 && share > 0 ? "%.1f %%" : "%.0f %%", 100 * share);
  }

  private static String times(double speedup) {
    return String.format(Locale.ROOT, speedup < 9.95 ? "%.1f×" : "%,.0f×", speedup);
  }
}

package org.saddlemap.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.saddlemap.verdict.Verdict;

/**
 * The phase map as a picture, drawn without a browser: depth over learning rate where there are
 * both, one map for each initializer; colours and letters as on the page.
 */
final class PhaseMapImage {
  private static final int COLUMNS = 3;
  private static final int MARGIN = 24;
  private static final int TITLE = 74;
  private static final int KNIFE_EDGE_LINE = 24;
  private static final double CORNER = 9;
  private static final int PANEL_TITLE = 24;
  private static final int PANEL_FOOT = 52;
  private static final int SMALL_FONT = 12;
  private static final int PANEL_WIDTH = 300;
  private static final int PANEL_HEIGHT = 200;
  private static final double SMALLEST_LETTER = 8;

  private static final String KNIFE_EDGE =
      "knife edge: margin below %s decades".formatted(Verdict.KNIFE_EDGE);

  /** As in {@code report.js}. */
  private static final Map<String, Mark> MARKS = marks();

  private record Mark(int order, String letter, Color color) {}

  private final List<MapAxis> axes;
  private final OptionalInt x;
  private final OptionalInt y;
  private final OptionalInt facet;
  private final long[][][][] counts;
  private final long[][][][] edges;
  private final long[] totals = new long[MARKS.size()];

  private PhaseMapImage(Cells cells) {
    this.axes = cells.axes();
    this.x = choose(List.of("learning_rate", "learning_rate_sharpness"), List.of("depth"), 0);
    int across = x.orElse(-1);
    this.y = choose(List.of("depth"), List.of(), 0, across);
    this.facet = choose(List.of("sweep", "initializer"), List.of(), 12, across, y.orElse(-1));
    this.counts = new long[size(facet)][size(y)][size(x)][MARKS.size()];
    this.edges = new long[size(facet)][size(y)][size(x)][MARKS.size()];
    for (int row = 0; row < cells.rows(); row++) {
      int mark = MARKS.get(cells.outcome(row)).order();
      int f = at(cells, row, facet);
      int j = at(cells, row, y);
      int i = at(cells, row, x);
      counts[f][j][i][mark] += cells.count(row);
      edges[f][j][i][mark] += cells.edges(row);
      totals[mark] += cells.count(row);
    }
  }

  /** The picture. */
  static byte[] png(String title, Cells cells) {
    return new PhaseMapImage(cells).draw(title);
  }

  private static Map<String, Mark> marks() {
    Map<String, Mark> marks = new LinkedHashMap<>();
    marks.put("optimum", new Mark(0, "O", new Color(0x009E73)));
    marks.put("saddle", new Mark(1, "S", new Color(0xE69F00)));
    marks.put("plateau", new Mark(2, "P", new Color(0x56B4E9)));
    marks.put("diverged", new Mark(3, "D", new Color(0xD55E00)));
    marks.put("descending", new Mark(4, "·", new Color(0xBBBBBB)));
    marks.put("unjudged", new Mark(5, "?", new Color(0xE6E0CF)));
    marks.put("failed", new Mark(6, "×", new Color(0xCC79A7)));
    marks.put("timed_out", new Mark(7, "×", new Color(0xCC79A7)));
    return marks;
  }

  /**
   * The first of the preferred axes, else an ordered one, else the longest; none if all are used.
   */
  private OptionalInt choose(List<String> preferred, List<String> never, int longest, int... used) {
    List<Integer> free =
        IntStream.range(0, axes.size())
            .filter(a -> IntStream.of(used).noneMatch(u -> u == a))
            .filter(a -> !never.contains(axes.get(a).key()))
            .filter(a -> longest == 0 || axes.get(a).size() <= longest)
            .boxed()
            .sorted(
                java.util.Comparator.comparing((Integer a) -> !axes.get(a).ordered())
                    .thenComparing(a -> -axes.get(a).size()))
            .toList();
    return preferred.stream()
        .flatMap(key -> free.stream().filter(a -> axes.get(a).key().equals(key)))
        .findFirst()
        .or(() -> free.stream().findFirst())
        .map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }

  private int size(OptionalInt axis) {
    return axis.isPresent() ? axes.get(axis.getAsInt()).size() : 1;
  }

  private static int at(Cells cells, int row, OptionalInt axis) {
    return axis.isPresent() ? cells.position(row, axis.getAsInt()) : 0;
  }

  private byte[] draw(String title) {
    int panels = counts.length;
    int columns = panels == 4 ? 2 : Math.min(COLUMNS, panels);
    int rows = (panels + columns - 1) / columns;
    int yLabels = 30 + 7 * longest(y);
    int panelWidth = yLabels + PANEL_WIDTH + 16;
    int top = TITLE + (hasEdges() ? KNIFE_EDGE_LINE : 0);
    int panelHeight = PANEL_TITLE + PANEL_HEIGHT + PANEL_FOOT;
    return Drawing.png(
        Math.max(640, 2 * MARGIN + columns * panelWidth),
        top + MARGIN + rows * panelHeight,
        g -> {
          heading(g, title);
          for (int f = 0; f < panels; f++) {
            panel(
                g,
                f,
                MARGIN + (f % columns) * panelWidth + yLabels,
                top + (f / columns) * panelHeight + PANEL_TITLE);
          }
        });
  }

  private void heading(Graphics2D g, String title) {
    g.setColor(Drawing.TEXT);
    g.setFont(Drawing.font(Font.BOLD, 17));
    g.drawString(title, MARGIN, 32);
    g.setFont(Drawing.font(Font.PLAIN, 13));
    int left = MARGIN;
    for (Map.Entry<String, Mark> entry : MARKS.entrySet()) {
      Mark mark = entry.getValue();
      if (totals[mark.order()] == 0) {
        continue;
      }
      g.setColor(mark.color());
      g.fillRect(left, 44, 17, 17);
      g.setColor(Color.BLACK);
      Drawing.centred(g, mark.letter(), left + 8.5, 52.5);
      g.setColor(Drawing.TEXT);
      String text = "%s %,d".formatted(entry.getKey().replace('_', ' '), totals[mark.order()]);
      g.drawString(text, left + 23, 57);
      left += 23 + g.getFontMetrics().stringWidth(text) + 20;
    }
    if (hasEdges()) {
      g.setColor(Drawing.GRID);
      Rectangle2D.Double key = new Rectangle2D.Double(MARGIN, 68, 17, 17);
      g.fill(key);
      corner(g, key);
      g.setColor(Drawing.TEXT);
      g.drawString(KNIFE_EDGE, MARGIN + 23, 81);
    }
  }

  private boolean hasEdges() {
    for (int f = 0; f < counts.length; f++) {
      for (int row = 0; row < counts[f].length; row++) {
        for (int column = 0; column < counts[f][row].length; column++) {
          if (Cells.restsOnKnifeEdge(counts[f][row][column], edges[f][row][column])) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** The mark of a cell whose letter rests on knife edges: its upper right corner turned down. */
  private static void corner(Graphics2D g, Rectangle2D.Double box) {
    double size = Math.min(CORNER, 0.45 * Math.min(box.width, box.height));
    double right = box.x + box.width;
    Path2D.Double triangle = new Path2D.Double();
    triangle.moveTo(right - size, box.y);
    triangle.lineTo(right, box.y);
    triangle.lineTo(right, box.y + size);
    triangle.closePath();
    g.setColor(Color.BLACK);
    g.fill(triangle);
  }

  private void panel(Graphics2D g, int f, int left, int top) {
    int nx = size(x);
    int ny = size(y);
    double cellWidth = PANEL_WIDTH / (double) nx;
    double cellHeight = PANEL_HEIGHT / (double) ny;
    double gap = Math.min(1.2, cellWidth / 12);
    if (facet.isPresent()) {
      MapAxis axis = axes.get(facet.getAsInt());
      g.setColor(Drawing.TEXT);
      g.setFont(Drawing.font(Font.BOLD, 13));
      g.drawString(axis.key() + " = " + axis.texts().get(f), left, top - 8);
    }
    for (int row = 0; row < ny; row++) {
      for (int column = 0; column < nx; column++) {
        Rectangle2D.Double box =
            new Rectangle2D.Double(
                left + column * cellWidth + gap / 2,
                top + (ny - 1 - row) * cellHeight + gap / 2,
                cellWidth - gap,
                cellHeight - gap);
        cell(g, counts[f][row][column], box);
        if (Cells.restsOnKnifeEdge(counts[f][row][column], edges[f][row][column])) {
          corner(g, box);
        }
      }
    }
    labels(g, left, top, cellWidth, cellHeight);
  }

  private static void cell(Graphics2D g, long[] cell, Rectangle2D.Double box) {
    long total = IntStream.range(0, cell.length).mapToLong(o -> cell[o]).sum();
    if (total == 0) {
      g.setColor(Drawing.GRID);
      g.fill(box);
      return;
    }
    double from = box.x;
    List<Mark> marks = MARKS.values().stream().filter(m -> cell[m.order()] > 0).toList();
    for (Mark mark : marks) {
      double part = box.width * cell[mark.order()] / total;
      g.setColor(mark.color());
      g.fill(new Rectangle2D.Double(from, box.y, part, box.height));
      double size = Math.min(15, Math.min(box.height * 0.62, part * 0.95));
      if (size >= SMALLEST_LETTER) {
        g.setColor(Color.BLACK);
        g.setFont(Drawing.font(Font.BOLD, 1).deriveFont((float) size));
        Drawing.centred(g, mark.letter(), from + part / 2, box.y + box.height / 2);
      }
      from += part;
    }
  }

  private void labels(Graphics2D g, int left, int top, double cellWidth, double cellHeight) {
    g.setFont(Drawing.font(Font.PLAIN, SMALL_FONT));
    g.setColor(Drawing.SOFT);
    g.setStroke(new BasicStroke(1));
    if (x.isPresent()) {
      MapAxis axis = axes.get(x.getAsInt());
      int every = 1 + (int) ((longest(x) * 7.5 + 6) / cellWidth);
      for (int i = 0; i < axis.size(); i += every) {
        Drawing.centred(
            g, axis.texts().get(i), left + (i + 0.5) * cellWidth, top + PANEL_HEIGHT + 12);
      }
      Drawing.centred(g, axis.key(), left + PANEL_WIDTH / 2.0, top + PANEL_HEIGHT + 30);
    }
    if (y.isPresent()) {
      MapAxis axis = axes.get(y.getAsInt());
      int every = 1 + (int) (13 / cellHeight);
      FontMetrics metrics = g.getFontMetrics();
      for (int i = 0; i < axis.size(); i += every) {
        String text = axis.texts().get(i);
        double middle = top + (axis.size() - 1 - i + 0.5) * cellHeight;
        g.drawString(
            text,
            (float) (left - 7 - metrics.stringWidth(text)),
            (float) (middle + metrics.getAscent() / 2.0 - 2));
      }
      double turnX = left - 16 - 7.0 * longest(y);
      double turnY = top + PANEL_HEIGHT / 2.0;
      g.rotate(-Math.PI / 2, turnX, turnY);
      Drawing.centred(g, axis.key(), turnX, turnY);
      g.rotate(Math.PI / 2, turnX, turnY);
    }
  }

  private int longest(OptionalInt axis) {
    return axis.isPresent()
        ? axes.get(axis.getAsInt()).texts().stream().mapToInt(String::length).max().orElse(0)
        : 0;
  }
}

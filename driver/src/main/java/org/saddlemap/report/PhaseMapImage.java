package org.saddlemap.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.saddlemap.verdict.Verdict;

/**
 * The phase map as a picture, drawn without a browser, in the colours, letters and axes that the
 * page begins with. It is drawn here since plotting libraries for Java know no grid of small maps
 * whose cells are divided by shares and carry letters.
 */
final class PhaseMapImage {
  private static final int COLUMNS = 3;
  private static final int MARGIN = 24;
  private static final int TITLE = 74;
  private static final int KNIFE_EDGE_LINE = 24;
  private static final int DIVIDED_LINE = 22;
  private static final double CORNER = 9;
  private static final int PANEL_TITLE = 24;
  private static final int PANEL_FOOT = 52;
  private static final int SMALL_FONT = 12;
  private static final int PANEL_WIDTH = 300;
  private static final int PANEL_HEIGHT = 200;
  private static final double SMALLEST_LETTER = 8;

  private static final String KNIFE_EDGE =
      "knife edge: margin below %s decades".formatted(Verdict.KNIFE_EDGE);

  /** The outcomes, by whose places all counts are ordered. */
  private static final List<OutcomeMark> MARKS = List.of(OutcomeMark.values());

  private final List<MapAxis> axes;
  private final OptionalInt x;
  private final OptionalInt y;
  private final OptionalInt facet;
  private final long[][][][] counts;
  private final long[][][][] edges;
  private final long[] totals = new long[MARKS.size()];
  private final Drawing.Look look;
  private final String divided;

  private PhaseMapImage(Cells cells, MapPicture picture) {
    this.axes = cells.axes();
    this.look = picture.dark() ? Drawing.Look.DARK : Drawing.Look.LIGHT;
    MapView view = picture.view(axes);
    this.divided = view.dividers(axes, cells.replicates());
    this.x = view.x();
    this.y = view.y();
    this.facet = view.facet();
    this.counts = new long[size(facet)][size(y)][size(x)][MARKS.size()];
    this.edges = new long[size(facet)][size(y)][size(x)][MARKS.size()];
    for (int row = 0; row < cells.rows(); row++) {
      int mark = MARKS.indexOf(OutcomeMark.of(cells.outcome(row)));
      int f = at(cells, row, facet);
      int j = at(cells, row, y);
      int i = at(cells, row, x);
      counts[f][j][i][mark] += cells.count(row);
      edges[f][j][i][mark] += cells.edges(row);
      totals[mark] += cells.count(row);
    }
  }

  /** The picture, as a PNG or an SVG file. */
  static byte[] of(String title, Cells cells, MapPicture picture) {
    return new PhaseMapImage(cells, picture).draw(title, picture.vector());
  }

  private int size(OptionalInt axis) {
    return axis.isPresent() ? axes.get(axis.getAsInt()).size() : 1;
  }

  private static int at(Cells cells, int row, OptionalInt axis) {
    return axis.isPresent() ? cells.position(row, axis.getAsInt()) : 0;
  }

  private byte[] draw(String title, boolean vector) {
    int panels = counts.length;
    int columns = panels == 4 ? 2 : Math.min(COLUMNS, panels);
    int rows = (panels + columns - 1) / columns;
    int yLabels = 30 + 7 * longest(y);
    int panelWidth = yLabels + PANEL_WIDTH + 16;
    int top = TITLE + DIVIDED_LINE + (hasEdges() ? KNIFE_EDGE_LINE : 0);
    int panelHeight = PANEL_TITLE + PANEL_HEIGHT + PANEL_FOOT + (upright() ? 7 * longest(x) : 0);
    int width = Math.max(640, 2 * MARGIN + columns * panelWidth);
    int height = top + MARGIN + rows * panelHeight;
    Consumer<Graphics2D> drawn =
        g -> {
          heading(g, title);
          for (int f = 0; f < panels; f++) {
            panel(
                g,
                f,
                MARGIN + (f % columns) * panelWidth + yLabels,
                top + (f / columns) * panelHeight + PANEL_TITLE);
          }
        };
    return vector
        ? Drawing.svg(width, height, look.background(), drawn)
        : Drawing.png(width, height, look.background(), drawn);
  }

  /** Words of an axis are never left out: where they do not fit, they stand upright. */
  private boolean upright() {
    return x.isPresent()
        && !axes.get(x.getAsInt()).ordered()
        && longest(x) * 7.5 + 6 > PANEL_WIDTH / (double) size(x);
  }

  private void heading(Graphics2D g, String title) {
    g.setColor(look.text());
    g.setFont(Drawing.font(Font.BOLD, 17));
    g.drawString(title, MARGIN, 32);
    g.setFont(Drawing.font(Font.PLAIN, 13));
    int left = MARGIN;
    for (int o = 0; o < MARKS.size(); o++) {
      OutcomeMark mark = MARKS.get(o);
      if (totals[o] == 0) {
        continue;
      }
      g.setColor(mark.color());
      g.fillRect(left, 44, 17, 17);
      g.setColor(Color.BLACK);
      Drawing.centred(g, mark.letter(), left + 8.5, 52.5);
      g.setColor(look.text());
      String text = "%s %,d".formatted(mark.key().replace('_', ' '), totals[o]);
      g.drawString(text, left + 23, 57);
      left += 23 + g.getFontMetrics().stringWidth(text) + 20;
    }
    if (hasEdges()) {
      g.setColor(look.empty());
      Rectangle2D.Double key = new Rectangle2D.Double(MARGIN, 68, 17, 17);
      g.fill(key);
      corner(g, key);
      g.setColor(look.text());
      g.drawString(KNIFE_EDGE, MARGIN + 23, 81);
    }
    g.setColor(look.soft());
    g.setFont(Drawing.font(Font.PLAIN, SMALL_FONT));
    g.drawString(divided, MARGIN, TITLE + (hasEdges() ? KNIFE_EDGE_LINE : 0) + 6);
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

  /** Draws the mark of a cell that rests on knife edges: a black upper right corner. */
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
      g.setColor(look.text());
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

  private void cell(Graphics2D g, long[] cell, Rectangle2D.Double box) {
    long total = IntStream.range(0, cell.length).mapToLong(o -> cell[o]).sum();
    if (total == 0) {
      g.setColor(look.empty());
      g.fill(box);
      return;
    }
    double from = box.x;
    for (int o = 0; o < MARKS.size(); o++) {
      OutcomeMark mark = MARKS.get(o);
      if (cell[o] == 0) {
        continue;
      }
      double part = box.width * cell[o] / total;
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
    g.setColor(look.soft());
    g.setStroke(new BasicStroke(1));
    if (x.isPresent()) {
      MapAxis axis = axes.get(x.getAsInt());
      int every = axis.ordered() ? 1 + (int) ((longest(x) * 7.5 + 6) / cellWidth) : 1;
      for (int i = 0; i < axis.size(); i += every) {
        String text = axis.texts().get(i);
        double middle = left + (i + 0.5) * cellWidth;
        if (upright()) {
          double down = top + PANEL_HEIGHT + 7.0 + g.getFontMetrics().stringWidth(text) / 2.0;
          turned(g, text, middle, down);
        } else {
          Drawing.centred(g, text, middle, top + PANEL_HEIGHT + 12);
        }
      }
      double foot = top + PANEL_HEIGHT + (upright() ? 16 + 7.0 * longest(x) : 30);
      Drawing.centred(g, axis.key(), left + PANEL_WIDTH / 2.0, foot);
    }
    if (y.isPresent()) {
      MapAxis axis = axes.get(y.getAsInt());
      int every = axis.ordered() ? 1 + (int) (13 / cellHeight) : 1;
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
      turned(g, axis.key(), turnX, turnY);
    }
  }

  /** Text that is read from below, its middle there. */
  private static void turned(Graphics2D g, String text, double x, double y) {
    g.rotate(-Math.PI / 2, x, y);
    Drawing.centred(g, text, x, y);
    g.rotate(Math.PI / 2, x, y);
  }

  private int longest(OptionalInt axis) {
    return axis.isPresent()
        ? axes.get(axis.getAsInt()).texts().stream().mapToInt(String::length).max().orElse(0)
        : 0;
  }
}

package org.saddlemap.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Texts at points: none covers another or a point; what finds no place is left out. */
final class Labels {
  private static final int FONT = 12;

  /** From the middle of a point to its label. */
  private static final double APART = 8;

  /** Keeps a label readable where a line passes. */
  private static final Color BEHIND = new Color(255, 255, 255, 200);

  private final Graphics2D g;
  private final Rectangle2D room;
  private final List<Label> labels = new ArrayList<>();

  /**
   * @param room that they have to stand in
   */
  Labels(Graphics2D g, Rectangle2D room) {
    this.g = g;
    this.room = room;
  }

  /** Curves share points: what stands there already is not said again. */
  void add(Label label) {
    if (labels.stream()
        .noneMatch(
            l ->
                l.text().equals(label.text())
                    && Point2D.distance(l.x(), l.y(), label.x(), label.y()) < APART)) {
      labels.add(label);
    }
  }

  void draw() {
    g.setFont(Drawing.font(Font.PLAIN, FONT));
    FontMetrics metrics = g.getFontMetrics();
    double height = metrics.getAscent();
    List<Rectangle2D> taken = new ArrayList<>();
    for (Label l : labels) {
      taken.add(new Rectangle2D.Double(l.x() - 6, l.y() - 6, 12, 12));
    }
    for (Label l : labels) {
      double width = metrics.stringWidth(l.text());
      Stream.concat(Stream.of(l.side()), Stream.of(Side.values()))
          .map(
              side ->
                  new Rectangle2D.Double(
                      l.x() + side.across * (width / 2 + side.apart()) - width / 2,
                      l.y() + side.down * (height / 2 + side.apart()) - height / 2,
                      width,
                      height))
          .filter(box -> room.contains(box) && taken.stream().noneMatch(box::intersects))
          .findFirst()
          .ifPresent(
              box -> {
                taken.add(box);
                g.setColor(BEHIND);
                g.fill(box);
                g.setColor(l.color());
                Drawing.centred(g, l.text(), box.getCenterX(), box.getCenterY());
              });
    }
  }

  /** Where a label stands, seen from its point. */
  enum Side {
    ABOVE(0, -1),
    ABOVE_RIGHT(1, -1),
    BELOW_RIGHT(1, 1),
    BELOW_LEFT(-1, 1),
    ABOVE_LEFT(-1, -1),
    RIGHT(1, 0),
    LEFT(-1, 0);

    private final int across;
    private final int down;

    Side(int across, int down) {
      this.across = across;
      this.down = down;
    }

    /** From the middle of a point to a label's edge: a corner of the label may come nearer. */
    double apart() {
      return across != 0 && down != 0 ? APART - 2 : APART;
    }
  }

  record Label(String text, double x, double y, Color color, Side side) {}
}

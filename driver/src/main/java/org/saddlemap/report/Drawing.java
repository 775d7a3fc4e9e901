package org.saddlemap.report;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGSyntax;
import org.w3c.dom.Document;

/** What all pictures that are drawn without a browser have in common. */
final class Drawing {
  static final Color TEXT = new Color(0x1b1f23);
  static final Color SOFT = new Color(0x57606a);

  /** The colour of grid lines and of empty cells. */
  static final Color GRID = new Color(0xeceff1);

  /**
   * The colours of a picture.
   *
   * @param soft of labels
   * @param empty of cells without trials
   */
  record Look(Color background, Color text, Color soft, Color empty) {
    static final Look LIGHT = new Look(Color.WHITE, TEXT, SOFT, GRID);

    /** As the page's dark theme. */
    static final Look DARK =
        new Look(
            new Color(0x14171a), new Color(0xe6e9ec), new Color(0xa2abb4), new Color(0x24292e));
  }

  /** Pixels for one unit of the drawing. */
  private static final int SCALE = 2;

  private Drawing() {}

  /** What is drawn on white, as a PNG file with twice as many pixels each way. */
  static byte[] png(int width, int height, Consumer<Graphics2D> picture) {
    return png(width, height, Color.WHITE, picture);
  }

  /** The same on a ground of that colour. */
  static byte[] png(int width, int height, Color background, Consumer<Graphics2D> picture) {
    BufferedImage image =
        new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
      g.scale(SCALE, SCALE);
      g.setColor(background);
      g.fillRect(0, 0, width, height);
      picture.accept(g);
    } finally {
      g.dispose();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** The same as an SVG file, whose texts stay texts. */
  static byte[] svg(int width, int height, Color background, Consumer<Graphics2D> picture) {
    SVGGraphics2D g = new SVGGraphics2D(document());
    g.setSVGCanvasSize(new Dimension(width, height));
    g.setColor(background);
    g.fillRect(0, 0, width, height);
    picture.accept(g);
    StringWriter out = new StringWriter();
    try {
      g.stream(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      g.dispose();
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Document document() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument(SVGSyntax.SVG_NAMESPACE_URI, "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("This JDK makes no XML documents", e);
    }
  }

  static Font font(int style, int size) {
    return new Font(Font.SANS_SERIF, style, size);
  }

  static void centred(Graphics2D g, String text, double x, double y) {
    FontMetrics metrics = g.getFontMetrics();
    Rectangle2D bounds = metrics.getStringBounds(text, g);
    g.drawString(
        text,
        (float) (x - bounds.getWidth() / 2),
        (float) (y + (metrics.getAscent() - metrics.getDescent()) / 2.0));
  }
}

package org.saddlemap.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * How fast one core is: seconds for each kind of {@link Work}, fitted to the times of real trials
 * ({@link SpeedFit}).
 *
 * @param origin what it was fitted to, in one line
 * @param training seconds by {@link Work}, of a training step
 * @param examination seconds by {@link Work}, of a gradient in float64
 * @param gradients gradients that the examination of a network of one layer takes
 * @param gradientsPerDoubling how many more for twice the layers
 * @param trial seconds that a trial costs beside: set-up, and its rows in the tables
 */
public record Speed(
    String origin,
    List<Double> training,
    List<Double> examination,
    double gradients,
    double gradientsPerDoubling,
    double trial) {
  /** What the time of one gradient, or of one step, is made of. */
  public enum Work {
    /** What the step or gradient costs as such, once. */
    CALL,
    /** A layer with weights. */
    LAYER,
    /** A row's way through one layer, whatever its width. */
    ROW,
    /** A row's output, and its loss. */
    OUTPUT,
    /** A row's activation of one hidden unit; three times with batch normalization. */
    UNIT,
    /** A parameter that the optimizer reads and writes. */
    PARAMETER,
    /** A row's multiplications with one weight: forward, and twice backward. */
    WEIGHT
  }

  private static final String RESOURCE = "speed.properties";

  /** The speed that Saddlemap is shipped with. */
  public static final Speed SHIPPED = shipped();

  /**
   * @throws IllegalArgumentException where a number is negative or not finite, or one is missing
   */
  public Speed {
    training = List.copyOf(training);
    examination = List.copyOf(examination);
    if (training.size() != Work.values().length || examination.size() != Work.values().length) {
      throw new IllegalArgumentException(
          "Invalid speed: %d and %d numbers for %s"
              .formatted(training.size(), examination.size(), Arrays.toString(Work.values())));
    }
    training.forEach(s -> require("training", s));
    examination.forEach(s -> require("examination", s));
    require("gradients", gradients);
    require("gradients_per_doubling", gradientsPerDoubling);
    require("trial", trial);
  }

  private static void require(String name, double value) {
    if (!(value >= 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException("Invalid speed: " + name + " = " + value);
    }
  }

  /** A core that takes so many times as long for everything. */
  public Speed slower(double factor) {
    return new Speed(
        origin,
        training.stream().map(s -> s * factor).toList(),
        examination.stream().map(s -> s * factor).toList(),
        gradients,
        gradientsPerDoubling,
        trial * factor);
  }

  private static Speed shipped() {
    try (InputStream in = Speed.class.getResourceAsStream(RESOURCE)) {
      Properties properties = new Properties();
      properties.load(in);
      return of(properties);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException where that is not what it reads
   */
  public static Speed read(Reader in) throws IOException {
    Properties properties = new Properties();
    properties.load(in);
    return of(properties);
  }

  private static Speed of(Properties p) {
    return new Speed(
        p.getProperty("origin", ""),
        Arrays.stream(Work.values()).map(w -> number(p, key("training", w))).toList(),
        Arrays.stream(Work.values()).map(w -> number(p, key("examination", w))).toList(),
        number(p, "gradients"),
        number(p, "gradients_per_doubling"),
        number(p, "trial"));
  }

  private static double number(Properties p, String key) {
    String text = p.getProperty(key);
    if (text == null) {
      throw new IllegalArgumentException("it lacks " + key);
    }
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " is no number: " + text, e);
    }
  }

  private static String key(String phase, Work work) {
    return phase + "." + work.name().toLowerCase(Locale.ROOT);
  }

  /** Writes it as Java properties. */
  public void write(Writer out) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("# Seconds of one core, written by `saddlemap calibrate`.\n");
    text.append("origin = ").append(origin).append('\n');
    lines(text, "training", training);
    lines(text, "examination", examination);
    line(text, "gradients", gradients);
    line(text, "gradients_per_doubling", gradientsPerDoubling);
    line(text, "trial", trial);
    out.write(text.toString());
    out.flush();
  }

  private static void lines(StringBuilder text, String phase, List<Double> seconds) {
    Work[] works = Work.values();
    for (int i = 0; i < works.length; i++) {
      line(text, key(phase, works[i]), seconds.get(i));
    }
  }

  private static void line(StringBuilder text, String key, double value) {
    text.append(String.format(Locale.ROOT, "%s = %.3g%n", key, value));
  }
}

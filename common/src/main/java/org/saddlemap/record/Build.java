package org.saddlemap.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What this build of Saddlemap calls itself. */
public final class Build {
  private Build() {}

  /** The version of the project, from the build. */
  public static String version() {
    Properties properties = new Properties();
    try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read build.properties", e);
    }
    return properties.getProperty("version");
  }
}

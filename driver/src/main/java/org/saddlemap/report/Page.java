package org.saddlemap.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Puts data, style, script and the plotting library into one HTML file. */
final class Page {
  private static final Pattern SLOT = Pattern.compile("<!--slot:(\\w+)-->|/\\*slot:(\\w+)\\*/");

  /** The page's own scripts, in the order in which they build on each other. */
  private static final List<String> SCRIPTS =
      List.of(
          "dom",
          "charts",
          "trials",
          "cells",
          "mapchart",
          "map",
          "findings",
          "verdicts",
          "changes",
          "plots",
          "runs",
          "main");

  private static final String ECHARTS = "/META-INF/maven/org.webjars.npm/echarts/pom.properties";

  private Page() {}

  /**
   * The page.
   *
   * @param title plain text
   * @param data becomes JSON, which the page's script reads
   */
  static String of(String title, Map<String, Object> data) {
    Map<String, String> slots =
        Map.of(
            "title", escape(title),
            "style", resource("report.css"),
            "library", library(),
            "data", json(data),
            "script", script(SCRIPTS));
    return filled("report.html", slots);
  }

  /** A page's text, its slots filled. */
  static String filled(String name, Map<String, String> slots) {
    return SLOT.matcher(resource(name))
        .replaceAll(
            m -> {
              String slot = m.group(1) == null ? m.group(2) : m.group(1);
              return Matcher.quoteReplacement(slots.get(slot));
            });
  }

  /** JSON that may stand in a script element: no text can end it or begin markup. */
  static String json(Object data) {
    try {
      return new ObjectMapper()
          .writeValueAsString(data)
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("&", "\\u0026")
          .replace("\u2028", "\\u2028")
          .replace("\u2029", "\\u2029");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot write the report's data", e);
    }
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** Scripts in one scope that is theirs alone. */
  static String script(List<String> names) {
    return names.stream()
        .map(name -> resource("page/" + name + ".js"))
        .collect(Collectors.joining("\n", "(() => {\n'use strict';\n\n", "})();\n"));
  }

  /** The plotting library. */
  static String library() {
    try (InputStream in = open(ECHARTS)) {
      Properties pom = new Properties();
      pom.load(in);
      String path =
          "/META-INF/resources/webjars/echarts/%s/dist/echarts.min.js"
              .formatted(pom.getProperty("version"));
      return text(path);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + ECHARTS, e);
    }
  }

  static String resource(String name) {
    return text("/org/saddlemap/report/" + name);
  }

  private static String text(String path) {
    try (InputStream in = open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + path, e);
    }
  }

  private static InputStream open(String path) {
    InputStream in = Page.class.getResourceAsStream(path);
    if (in == null) {
      throw new IllegalStateException("The program's jar lacks " + path);
    }
    return in;
  }
}

package org.saddlemap.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The page that shows a sweep while it fills, made of the report's own parts: a document, a style
 * and a script, which asks its server for all else.
 */
public final class LivePage {
  private static final List<String> SCRIPTS =
      List.of("dom", "charts", "trials", "cells", "mapchart", "live");

  private LivePage() {}

  /**
   * An axis of its map.
   *
   * @param key the column in {@code trials}
   * @param ordered whether its values have an order
   * @param texts its places for people
   */
  public record Axis(String key, boolean ordered, List<String> texts) {
    public Axis {
      texts = List.copyOf(texts);
    }

    /** For the page. */
    public Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("key", key);
      json.put("ordered", ordered);
      json.put("texts", texts);
      return json;
    }
  }

  /** The axes that the map begins with, as the report's: {@code x}, {@code y}, {@code facet}. */
  public static Map<String, Integer> view(List<Axis> axes) {
    List<MapAxis> all = new ArrayList<>();
    for (Axis axis : axes) {
      all.add(new MapAxis(axis.key(), axis.ordered(), axis.texts(), List.of(), null));
    }
    MapView view = MapView.of(all);
    return Map.of(
        "x", view.x().orElse(-1), "y", view.y().orElse(-1), "facet", view.facet().orElse(-1));
  }

  /** The document, which names {@code watch.css} and {@code watch.js} beside it. */
  public static String html() {
    return Page.filled(
        "live.html", Map.of("data", Page.json(Map.of("outcomes", OutcomeMark.json()))));
  }

  public static String style() {
    return Page.resource("report.css");
  }

  /** The plotting library and the page's own script. */
  public static String script() {
    return Page.library() + "\n" + Page.script(SCRIPTS);
  }
}

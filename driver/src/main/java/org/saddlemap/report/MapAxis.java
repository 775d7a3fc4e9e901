package org.saddlemap.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.saddlemap.analysis.SweptAxis;

/**
 * An axis of the phase map: a swept hyperparameter, or the sweep itself where two are compared.
 *
 * @param key the column in {@code trials}
 * @param ordered whether its values have an order
 * @param texts its values for people
 * @param tests in SQL, whether a trial has each of its values
 * @param index position of a trial's value
 */
record MapAxis(String key, boolean ordered, List<String> texts, List<String> tests, Column index) {
  MapAxis {
    texts = List.copyOf(texts);
    tests = List.copyOf(tests);
  }

  static MapAxis of(SweptAxis axis) {
    List<String> texts = new ArrayList<>();
    List<String> tests = new ArrayList<>();
    for (int i = 0; i < axis.values().size(); i++) {
      texts.add(axis.text(i));
      tests.add(axis.test(i));
    }
    return new MapAxis(axis.key(), axis.ordered(), texts, tests, axis.index());
  }

  /** The sweeps by their ids, in that order. */
  static MapAxis ofSweeps(List<String> ids) {
    Column index = functions.lit(null).cast("int");
    for (int i = ids.size() - 1; i >= 0; i--) {
      index = functions.when(functions.col("sweep").equalTo(ids.get(i)), i).otherwise(index);
    }
    return new MapAxis(
        "sweep", false, ids, ids.stream().map(id -> "sweep = '" + id + "'").toList(), index);
  }

  int size() {
    return texts.size();
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("key", key);
    json.put("ordered", ordered);
    json.put("texts", texts);
    json.put("tests", tests);
    return json;
  }
}

package org.saddlemap.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.saddlemap.record.Column;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.verdict.Evidence;

/** Results as JSON; numbers that are not finite become null, as in the tables. */
final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Json() {}

  static String text(Object value) throws JsonProcessingException {
    return MAPPER.writeValueAsString(value);
  }

  static Map<String, Object> evidence(Evidence evidence) {
    Map<String, Object> out = new LinkedHashMap<>();
    evidence
        .values()
        .forEach(
            (measure, value) ->
                out.put(
                    measure.key(),
                    switch (measure.type()) {
                      case BOOLEAN -> (Object) (value == 1);
                      case LONG -> value.longValue();
                      default -> Double.isFinite(value) ? value : null;
                    }));
    return out;
  }

  static <P> List<Map<String, Object>> rows(
      Table<Tables.Logged<P>> table, TrialRecord record, List<P> points) {
    return points.stream()
        .map(
            p -> {
              Map<String, Object> row = new LinkedHashMap<>();
              for (Column<Tables.Logged<P>> column : table.columns()) {
                row.put(column.name(), column.of(new Tables.Logged<>(record, p)));
              }
              return row;
            })
        .toList();
  }
}

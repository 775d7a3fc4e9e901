package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.train.Interruption;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;

/** Evidence against numbers that the Python prototype of the definition gave (golden.csv). */
class GoldenTest {
  @Test
  void evidenceIsThePrototypes() throws IOException {
    Map<String, Case> cases =
        GroundTruthTest.read("cases.json").stream()
            .collect(Collectors.toMap(Case::name, Function.identity()));
    List<String[]> rows;
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    GoldenTest.class.getResourceAsStream("/ground-truth/golden.csv")),
                StandardCharsets.UTF_8))) {
      rows = in.lines().filter(l -> !l.startsWith("#")).map(l -> l.split(",", -1)).toList();
    }
    int compared = 0;
    for (String[] row : rows.subList(1, rows.size())) {
      Evidence e =
          new CaseJudge(ExaminationSpec.DEFAULT)
              .judge(cases.get(row[0]), Interruption.NEVER)
              .evidence();
      for (int i = 1; i < row.length; i++) {
        Measure m = Measure.valueOf(rows.get(0)[i].toUpperCase(java.util.Locale.ROOT));
        if (row[i].isEmpty() || !e.has(m)) {
          continue;
        }
        double golden = Double.parseDouble(row[i]);
        boolean lowerBound =
            (m == Measure.AVAIL && !e.is(Measure.AVAIL_COMPLETE))
                || (m == Measure.LAMBDA_MAX && !e.is(Measure.NC_COMPLETE));
        if (lowerBound) {
          assertThat(e.get(m)).as("%s of %s", m, row[0]).isLessThanOrEqualTo(golden * (1 + 1e-6));
        } else {
          assertThat(e.get(m))
              .as("%s of %s", m, row[0])
              .isCloseTo(golden, within(1e-6 * Math.abs(golden) + 1e-12));
        }
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(40);
  }
}

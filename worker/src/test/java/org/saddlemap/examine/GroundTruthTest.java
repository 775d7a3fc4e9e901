package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.train.Interruption;

/** Cases whose category is known by analysis or beyond doubt; each says how. */
class GroundTruthTest {
  static List<Case> read(String file) throws IOException {
    try (InputStream in = GroundTruthTest.class.getResourceAsStream("/ground-truth/" + file)) {
      return new CaseReader().read(in, file);
    }
  }

  static Stream<Case> cases() throws IOException {
    return read("cases.json").stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void categoryIsTheKnownOne(Case c) {
    Examination x = new CaseJudge(ExaminationSpec.DEFAULT).judge(c, Interruption.NEVER);
    assertThat(x.verdict().category())
        .as("%s: %s; judged %s by %s", c.name(), c.why(), x.verdict(), x.evidence())
        .isEqualTo(c.expected());
  }
}

package org.saddlemap.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers as people write them. */
class PeopleTest {
  @ParameterizedTest
  @CsvSource({
    "0.3, 30 % of",
    "0.1, 10 % of",
    "1, 100 % of",
    "0.123, 12 % of",
    "0.005, 0.5 % of",
    "0.0011, 0.11 % of",
    "0.00001, less than 0.01 % of",
    "2.5, 2.5 times",
    "28800, 28800 times",
    "3.2e9, 3·10^9 times",
    "0, 0 % of"
  })
  void sharesAreWrittenAsPeopleWriteThem(double share, String text) {
    assertThat(People.of(share)).isEqualTo(text);
  }
}

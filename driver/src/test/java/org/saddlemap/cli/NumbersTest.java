package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0           | 0",
        "1           | 1",
        "-0.5        | -0.5",
        "0.012345    | 0.01235",
        "0.0001      | 0.0001",
        "0.00009     | 9e-5",
        "3.21e-7     | 3.21e-7",
        "999.96      | 1000",
        "1438        | 1,438",
        "1234567.8   | 1,234,568",
        "1.5e7       | 1.5e7",
        "-2e300      | -2e300",
        "NaN         | not a number",
        "-Infinity   | -infinite",
      })
  void numbersAreShort(double value, String text) {
    assertThat(Numbers.text(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0        | 0 %",
        "1e-9     | under 0.01 %",
        "-1e-9    | above -0.01 %",
        "0.0001   | 0.01 %",
        "0.0034   | 0.34 %",
        "0.1249   | 12 %",
        "0.9912   | 99.1 %",
        "0.99996  | 99.99 %",
        "1        | 100 %",
        "2.5      | 250 %",
        "2000     | 2,000 times",
      })
  void sharesAreNeitherNothingNorAllWhereTheyAreNot(double share, String text) {
    assertThat(Numbers.share(share)).isEqualTo(text);
  }
}

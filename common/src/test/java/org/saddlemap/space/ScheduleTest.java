package org.saddlemap.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Factors on the learning rate, by hand. */
class ScheduleTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "constant         |   0 | 100 | 1",
        "constant         | 1e9 | 100 | 1",
        "step(30, 0.1)    |   0 | 100 | 1",
        "step(30, 0.1)    |  29 | 100 | 1",
        "step(30, 0.1)    |  30 | 100 | 0.1",
        "step(30, 0.1)    |  99 | 100 | 0.001",
        "step(30, 0.1)    | 120 | 100 | 0.0001",
        "cosine           |   0 | 100 | 1",
        "cosine           |  25 | 100 | 0.853553390593274",
        "cosine           |  50 | 100 | 0.5",
        "cosine           |  75 | 100 | 0.146446609406726",
        "cosine           | 100 | 100 | 0",
        "cosine           | 150 | 100 | 0",
        "linear           |   0 | 100 | 1",
        "linear           |  25 | 100 | 0.75",
        "linear           |  99 | 100 | 0.01",
        "linear           | 100 | 100 | 0",
        "linear           | 1e9 | 100 | 0",
        "inverse_sqrt(10) |   0 | 100 | 1",
        "inverse_sqrt(10) |  30 | 100 | 0.5",
        "inverse_sqrt(10) | 990 | 100 | 0.1",
        "cosine           |   0 |   0 | 0"
      })
  void isTheFormula(String text, double step, long budget, double factor) {
    assertThat(Schedule.parse(text).factor((long) step, budget)).isCloseTo(factor, within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(strings = {"constant", "step(7, 0.9)", "cosine", "linear", "inverse_sqrt(0.5)"})
  void beginsAtOneAndNeverRises(String text) {
    Schedule schedule = Schedule.parse(text);
    assertThat(schedule.factor(0, 40)).isEqualTo(1);
    for (int step = 1; step < 100; step++) {
      assertThat(schedule.factor(step, 40))
          .as("%s at %d", text, step)
          .isBetween(0.0, schedule.factor(step - 1, 40));
    }
  }

  @Test
  void textReadsBack() {
    for (String text : new String[] {"constant", "cosine", "linear"}) {
      assertThat(Schedule.parse(" " + text + " ").text()).isEqualTo(text);
    }
    assertThat(Schedule.parse("step( 1e2,.5)").text()).isEqualTo("step(100, 0.5)");
    assertThat(Schedule.parse("inverse_sqrt(40.0)").text()).isEqualTo("inverse_sqrt(40)");
  }
}

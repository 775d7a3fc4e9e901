package org.saddlemap.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the rule asks for where evidence is missing, and what it notes where it compares. */
class LazyEvidenceTest {
  private static final Evidence LOW = new Evidence.Builder().put(Measure.AVAIL, 0.5).build();

  private static Probe asked(Runnable reading) {
    return catchThrowableOfType(LazyEvidence.Needed.class, reading::run).probe();
  }

  @ParameterizedTest
  @EnumSource(Probe.class)
  void aProbeThatWasNotTakenIsAskedFor(Probe probe) {
    LazyEvidence nothing = new LazyEvidence(Evidence.NONE);
    assertThat(asked(() -> nothing.need(probe))).isEqualTo(probe);
    assertThat(asked(() -> nothing.needAll(probe))).isEqualTo(probe);
  }

  @ParameterizedTest
  @EnumSource(Probe.class)
  void aProbeThatWasTakenInPartSufficesUnlessAllOfItIsNeeded(Probe probe) {
    LazyEvidence part = new LazyEvidence(new Evidence.Builder().put(probe.answer(), 1).build());
    assertThatCode(() -> part.need(probe)).doesNotThrowAnyException();
    if (probe.complete().isPresent()) {
      assertThat(asked(() -> part.needAll(probe))).isEqualTo(probe);
    } else {
      assertThatCode(() -> part.needAll(probe)).doesNotThrowAnyException();
    }
  }

  @Test
  void aComparisonIsNotedOnceAndAnsweredTheOtherWayWhereItIsFlipped() {
    LazyEvidence plain = new LazyEvidence(LOW);
    assertThat(plain.above(Measure.AVAIL, 0.1)).isTrue();
    assertThat(plain.above(Measure.AVAIL, 0.1)).isTrue();
    assertThat(plain.above(Measure.AVAIL, 1)).isFalse();
    assertThat(plain.compared())
        .containsExactly(
            new Comparison("avail", 0.5, 0.1, false), new Comparison("avail", 0.5, 1, false));
    LazyEvidence flipped = new LazyEvidence(LOW, Optional.of(plain.compared().get(0)));
    assertThat(flipped.above(Measure.AVAIL, 0.1)).isFalse();
    assertThat(flipped.above(Measure.AVAIL, 1)).isFalse();
  }
}

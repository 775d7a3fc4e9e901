package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TickerTest {
  /** A heartbeat that fails once must not be the last. */
  @Test
  void goesOnAfterAnException() throws InterruptedException {
    CountDownLatch three = new CountDownLatch(3);
    try (Ticker ticker = new Ticker("ticker-test")) {
      ticker.every(
          Duration.ofMillis(5),
          () -> {
            three.countDown();
            throw new IllegalStateException("meant for the test's output");
          });
      assertThat(three.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(ticker.isClosed()).isFalse();
    }
  }
}

package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.record.Tables;
import org.saddlemap.trial.TrialId;

class SweepLockTest {
  private static final String SWEEP = SweepId.of("lock", TrialId.sha256("plan"));
  private static final Duration STALE = Duration.ofMillis(600);
  private static final Duration BEAT = Duration.ofMillis(50);

  @TempDir private Path folder;
  private Warehouse warehouse;

  @BeforeEach
  void open() throws IOException {
    warehouse = Warehouse.open(folder.toString(), new Configuration());
  }

  private SweepLock take() throws IOException {
    return SweepLock.take(warehouse, SWEEP, STALE, BEAT);
  }

  private Path file(long number) {
    return folder.resolve("sweeps/sweep=" + SWEEP + "/_run-%06d".formatted(number));
  }

  /** A lock file as another process on another machine would have left it. */
  private void foreign(long number, String host, long process) throws IOException {
    Files.createDirectories(file(number).getParent());
    Files.writeString(
        file(number),
        "token=t\nhost=%s\nprocess=%d\nborn=\nstate=running\nbeat=3\n".formatted(host, process));
  }

  @Test
  void takeTellsWhoHoldsTheSweepAndWhatToDo() throws IOException {
    try (SweepLock first = take()) {
      assertThat(first.isHeld()).isTrue();
      assertThatThrownBy(this::take)
          .isInstanceOf(SweepLock.Held.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining("run again");
      assertThat(SweepLock.running(warehouse, SWEEP)).isPresent();
    }
    assertThat(SweepLock.running(warehouse, SWEEP)).isEmpty();
    try (SweepLock second = take()) {
      assertThat(second.number()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "hi-IN-u-nu-deva"})
  @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void fileNamesHavePlainDigitsInEveryLocale(String tag) throws IOException {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(tag));
    try (SweepLock lock = take()) {
      assertThat(lock.isHeld()).isTrue();
      assertThat(folder.resolve("sweeps/sweep=" + SWEEP + "/_run-000001")).exists();
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void workedAddsUpRunsAndLeavesOutTheTimeBetweenThem() throws Exception {
    try (SweepLock lock = take()) {
      lock.working(true);
      Thread.sleep(3 * BEAT.toMillis());
      lock.working(false);
    }
    double first = SweepLock.worked(warehouse, SWEEP).orElseThrow();
    assertThat(first).isPositive();
    Thread.sleep(2 * BEAT.toMillis());
    try (SweepLock lock = take()) {
      assertThat(lock.number()).isEqualTo(2);
    }
    assertThat(SweepLock.worked(warehouse, SWEEP)).hasValue(first);
    try (SweepLock lock = take()) {
      lock.working(true);
      Thread.sleep(3 * BEAT.toMillis());
    }
    assertThat(SweepLock.worked(warehouse, SWEEP).orElseThrow()).isGreaterThan(first);
  }

  @Test
  void renewGivesTheSameHolderAnotherNumber() throws Exception {
    try (SweepLock lock = take()) {
      long old = lock.number();
      lock.renew();
      assertThat(lock.number()).isEqualTo(old + 1);
      assertThat(SweepLock.isCurrent(warehouse, SWEEP, old)).isFalse();
      assertThat(SweepLock.isCurrent(warehouse, SWEEP, lock.number())).isTrue();
      Thread.sleep(3 * BEAT.toMillis());
      assertThat(lock.isHeld()).isTrue();
      assertThat(file(old)).doesNotExist();
      assertThatThrownBy(this::take).isInstanceOf(SweepLock.Held.class);
      foreign(lock.number() + 1, "elsewhere", 1);
      assertThatThrownBy(lock::renew).hasMessageContaining("another run has taken over");
    }
  }

  @Test
  void takeFindsAHolderDeadAtOnceWhoseProcessIsGoneFromThisMachine() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    foreign(7, java.net.InetAddress.getLocalHost().getHostName(), gone.pid());
    try (SweepLock lock = SweepLock.take(warehouse, SWEEP, Duration.ofDays(1), BEAT)) {
      assertThat(lock.number()).isEqualTo(8);
    }
  }

  @Test
  void takeFindsAHolderElsewhereDeadOnceItsHeartbeatStops() throws IOException {
    foreign(1, "elsewhere.invalid", 1);
    // However old, or from whatever future, the file says it is.
    Files.setLastModifiedTime(
        file(1),
        java.nio.file.attribute.FileTime.from(java.time.Instant.parse("2100-01-01T00:00:00Z")));
    try (SweepLock lock = take()) {
      assertThat(lock.number()).isEqualTo(2);
    }
  }

  @Test
  void takeWatchesHalfALockFileLikeAnyOther() throws IOException {
    Files.createDirectories(file(1).getParent());
    Files.writeString(file(1), "");
    try (SweepLock lock = take()) {
      assertThat(lock.number()).isEqualTo(2);
    }
  }

  @Test
  void takeRefusesWhereTheHeartbeatOfAHolderElsewhereGoesOn() throws Exception {
    foreign(1, "elsewhere.invalid", 1);
    Thread heart =
        new Thread(
            () -> {
              try {
                for (int beat = 4; ; beat++) {
                  Thread.sleep(50);
                  String text = Files.readString(file(1));
                  Path next =
                      Files.writeString(
                          file(1).resolveSibling(".next"),
                          text.replaceAll("beat=\\d+", "beat=" + beat));
                  Files.move(next, file(1), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
                }
              } catch (IOException | InterruptedException e) {
                // The test is over.
              }
            });
    heart.start();
    try {
      assertThatThrownBy(this::take)
          .isInstanceOf(SweepLock.Held.class)
          .hasMessageContaining("elsewhere.invalid");
    } finally {
      heart.interrupt();
      heart.join();
    }
  }

  @Test
  void onLostIsCalledWhereARunWasTakenForDead() throws Exception {
    CountDownLatch lost = new CountDownLatch(1);
    try (SweepLock first = take()) {
      first.onLost(lost::countDown);
      assertThat(SweepLock.isCurrent(warehouse, SWEEP, first.number())).isTrue();
      foreign(2, "elsewhere.invalid", 1);
      assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(first.isHeld()).isFalse();
      assertThat(SweepLock.isCurrent(warehouse, SWEEP, first.number())).isFalse();
    }
    // Closing left the other's alone.
    assertThat(Files.readString(file(2))).contains("state=running");
  }

  @Test
  void takeGivesADeadHoldersSweepToOneOfMany() throws Exception {
    int many = 8;
    ExecutorService threads = Executors.newFixedThreadPool(many);
    try {
      for (int round = 1; round <= 20; round++) {
        try (Stream<Path> old =
            Files.exists(file(1).getParent()) ? Files.list(file(1).getParent()) : Stream.empty()) {
          for (Path path : old.toList()) {
            Files.delete(path);
          }
        }
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        foreign(1, java.net.InetAddress.getLocalHost().getHostName(), gone.pid());
        CyclicBarrier barrier = new CyclicBarrier(many);
        List<Future<SweepLock>> takers = new ArrayList<>();
        for (int i = 0; i < many; i++) {
          Callable<SweepLock> taker =
              () -> {
                barrier.await();
                try {
                  return take();
                } catch (SweepLock.Held e) {
                  return null;
                }
              };
          takers.add(threads.submit(taker));
        }
        List<SweepLock> got = new ArrayList<>();
        for (Future<SweepLock> taker : takers) {
          SweepLock lock = taker.get();
          if (lock != null) {
            got.add(lock);
          }
        }
        assertThat(got).as("round %d", round).hasSize(1);
        got.get(0).close();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** An object store: whether a file is there is asked when one is opened, not when it appears. */
  public static final class Unconditional extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("unconditional:///");
    }

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path path,
        FsPermission permission,
        boolean overwrite,
        int buffer,
        short replication,
        long block,
        Progressable progress)
        throws IOException {
      if (!overwrite && exists(path)) {
        throw new org.apache.hadoop.fs.FileAlreadyExistsException(path.toString());
      }
      return new FSDataOutputStream(
          new ByteArrayOutputStream() {
            @Override
            public void close() throws IOException {
              LockSupport.parkNanos(
                  TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextInt(10)));
              try (FSDataOutputStream out =
                  Unconditional.super.create(
                      path, permission, true, buffer, replication, block, progress)) {
                writeTo(out);
              }
            }
          },
          null);
    }
  }

  private Warehouse unconditional() throws IOException {
    Configuration conf = new Configuration();
    conf.setClass("fs.unconditional.impl", Unconditional.class, FileSystem.class);
    return Warehouse.open("unconditional://" + folder, conf);
  }

  @Test
  @Timeout(60)
  void createSucceedsForOneOfManyOnAStoreWithoutConditionalCreation() throws Exception {
    Warehouse store = unconditional();
    LockFiles files = new LockFiles(store, SWEEP);
    int callers = 4;
    ExecutorService pool = Executors.newFixedThreadPool(callers);
    try {
      for (int round = 0; round < 20; round++) {
        long number = 1L + round;
        CyclicBarrier together = new CyclicBarrier(callers);
        List<Future<Boolean>> created = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
          String text = "caller " + i;
          created.add(
              pool.submit(
                  () -> {
                    together.await();
                    return files.create(number, text);
                  }));
        }
        List<String> winners = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
          if (created.get(i).get()) {
            winners.add("caller " + i);
          }
        }
        assertThat(winners).as("round %d", round).hasSize(1);
        assertThat(files.highest().map(LockFile::text)).contains(winners.get(0));
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(store.names(Tables.SWEEPS, SWEEP)).as("no claim is left").hasSize(20);
  }
}

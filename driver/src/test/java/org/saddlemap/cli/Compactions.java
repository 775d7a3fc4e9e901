package org.saddlemap.cli;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** What became of the compaction of one disturbed sweep. */
final class Compactions {
  private int filesBefore;
  private int filesAfter;
  private int committed;
  private final List<Integer> verified = new ArrayList<>();

  /** So many files of each table were there when one began. */
  void began(int files) {
    filesBefore = Math.max(filesBefore, files);
  }

  /** One was interrupted, after or before its commit, and {@code verify} ended with this code. */
  void interrupted(boolean afterCommit, int code) {
    committed += afterCommit ? 1 : 0;
    verified.add(code);
  }

  /** So many files of each table are there at the end. */
  void left(int files) {
    filesAfter = files;
  }

  int filesBefore() {
    return filesBefore;
  }

  int filesAfter() {
    return filesAfter;
  }

  /** Of those that were interrupted, how many had been committed. */
  int committed() {
    return committed;
  }

  /** In each table: the most that a compaction found there, and what stands there at the end. */
  boolean happened() {
    return filesBefore > 0 && 2 * filesAfter <= filesBefore;
  }

  /** Those of another sweep of the warehouse. */
  void add(Compactions other) {
    committed += other.committed;
    verified.addAll(other.verified);
  }

  int interrupted() {
    return verified.size();
  }

  /** Whether {@code verify} found nothing amiss after each interrupted one. */
  boolean clean() {
    return verified.stream().allMatch(code -> code == Saddlemap.OK);
  }

  /** Exit codes, each once. */
  String codes() {
    return verified.isEmpty()
        ? "–"
        : verified.stream()
            .distinct()
            .sorted()
            .map(String::valueOf)
            .collect(Collectors.joining(", "));
  }

  /** Whom a compaction loses, and when. */
  enum Interruption {
    DRIVER,
    /** At the moment that the large files begin to stand for the small ones. */
    DRIVER_AT_COMMIT,
    /** All of them, so that the one that merges is among them. */
    EXECUTORS;

    /** So many; a committed one is the sweep's last, since the next run only ends it. */
    static Deque<Interruption> some(int count, Random random) {
      List<Interruption> some = new ArrayList<>();
      for (int i = 0; i < count - 1; i++) {
        some.add(i % 2 == 0 ? EXECUTORS : DRIVER);
      }
      Collections.shuffle(some, random);
      if (count > 0) {
        some.add(DRIVER_AT_COMMIT);
      }
      return new ArrayDeque<>(some);
    }
  }
}

package org.saddlemap.store;

import java.io.IOException;
import java.util.Optional;

/**
 * What a sweep's lock says of the run that took it last.
 *
 * @param holder the process, as people are told of it
 * @param ended whether it has given the sweep back
 * @param dead whether it is known to be gone without that: it was on this machine
 * @param worked seconds that all runs have worked on the sweep; NaN where that is not known
 * @param progress what it said of itself last; empty between two of its jobs
 * @param heartbeat changes with every sign of life
 */
public record RunState(
    String holder,
    boolean ended,
    boolean dead,
    double worked,
    Optional<RunProgress> progress,
    String heartbeat) {
  /** Empty where no run ever took the sweep. */
  public static Optional<RunState> of(Warehouse warehouse, String sweepId) throws IOException {
    return new LockFiles(warehouse, sweepId)
        .highest()
        .map(
            file ->
                new RunState(
                    file.holder().map(LockHolder::description).orElse("an unknown process"),
                    file.ended(),
                    file.isDead(),
                    file.worked(),
                    file.progress(),
                    file.number() + "\n" + file.text()));
  }
}

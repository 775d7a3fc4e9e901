package org.saddlemap.bench.jmh;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The same in a process that has trained a GELU network, a batch-normalized, a residual one and one
 * with dropout, and taken products with the Hessians of all, before: a sweep's process is no other.
 */
@State(Scope.Thread)
public class UsedTrainingStep extends TrainingStep {
  @Setup
  public void use() {
    Used.process();
  }
}

package org.saddlemap.arithmetic;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory for the arrays that an operation makes on its way, an ND4J workspace: each operation
 * begins it anew, so that it grows to what the largest of them takes, and no further. No array that
 * was made within may be used afterwards. Belongs to the thread that made it.
 */
public final class Nd4jScratch implements AutoCloseable {
  private static final AtomicLong COUNT = new AtomicLong();

  private static final WorkspaceConfiguration GROWING =
      WorkspaceConfiguration.builder()
          .initialSize(1 << 16)
          .policyAllocation(AllocationPolicy.STRICT)
          .policyLearning(LearningPolicy.NONE)
          .policySpill(SpillPolicy.REALLOCATE)
          .policyReset(ResetPolicy.BLOCK_LEFT)
          .build();

  private final MemoryWorkspace workspace =
      Nd4j.getWorkspaceManager()
          .createNewWorkspace(GROWING, "saddlemap-" + COUNT.incrementAndGet());

  /** Runs an operation in it. */
  @SuppressWarnings("try") // a scope
  public void run(Runnable operation) {
    try (MemoryWorkspace scope = workspace.notifyScopeEntered()) {
      operation.run();
    }
  }

  /** The same of one that gives a number. */
  @SuppressWarnings("try") // a scope
  public double number(DoubleSupplier operation) {
    try (MemoryWorkspace scope = workspace.notifyScopeEntered()) {
      return operation.getAsDouble();
    }
  }

  /** Frees the memory. */
  @Override
  public void close() {
    Nd4j.getWorkspaceManager().destroyWorkspace(workspace);
  }
}

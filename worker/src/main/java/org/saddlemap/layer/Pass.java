package org.saddlemap.layer;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** What is asked of the passes over a network at the moment; all its frames share one. */
public final class Pass {
  /** Whether gradients and products are added to what is there. */
  public boolean add;

  /** Whether the way back leaves gradients too, layer by layer. */
  public boolean gradients;

  /** Whether statistics of the batch stay as the last pass left them. */
  public boolean frozen;

  /** What layers with chance in them draw from; null where they let everything through. */
  public RandomGenerator random;

  /** Sees the frame of each layer without others within, after its forward pass; mostly null. */
  public Consumer<Frame> watch;
}

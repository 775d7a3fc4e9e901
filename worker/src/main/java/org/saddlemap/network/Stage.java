package org.saddlemap.network;

import java.util.List;
import java.util.Optional;
import org.saddlemap.layer.Dense;
import org.saddlemap.layer.Normalize;
import org.saddlemap.layer.Parameter;
import org.saddlemap.space.Activation;

/**
 * What is reported as one layer of a network: a matrix of weights and all that follows it before
 * the next.
 *
 * @param number from 0 at the input
 * @param path where it stands among the ways from the inputs to the outputs
 * @param dense its weights
 * @param activation of its units
 * @param normalization of its units, where they have one
 * @param blocks its parameters, contiguous in θ
 */
public record Stage(
    int number,
    Path path,
    Dense dense,
    Activation activation,
    Optional<Normalize> normalization,
    List<Block> blocks) {
  /** A stage's place among the ways through a network. */
  public enum Path {
    /** Whatever reaches the outputs goes through it. */
    TRUNK,
    /** In a residual branch, and hands on to the next layer of it. */
    WITHIN,
    /** The last of a residual branch: what it gives is added to what went past. */
    JOINS
  }

  /** A parameter, and where it starts in θ. */
  public record Block(Parameter parameter, int from) {}

  public Stage {
    blocks = List.copyOf(blocks);
  }

  /** Inputs of its weights. */
  public int in() {
    return dense.inputs();
  }

  /** Its units. */
  public int out() {
    return dense.outputs();
  }

  /** Where its parameters start in θ, W first. */
  public int from() {
    return blocks.get(0).from();
  }

  /** Number of its parameters. */
  public int length() {
    return blocks.stream().mapToInt(b -> b.parameter().length()).sum();
  }

  /** Its parameters but W: one number a unit each. */
  public List<Block> strips() {
    return blocks.subList(1, blocks.size());
  }

  /** The block of that name, such as {@code b}. */
  public Optional<Block> block(String name) {
    return blocks.stream().filter(b -> b.parameter().name().equals(name)).findFirst();
  }
}

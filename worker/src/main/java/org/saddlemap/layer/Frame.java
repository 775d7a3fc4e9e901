package org.saddlemap.layer;

import java.util.Arrays;
import java.util.stream.Stream;
import org.saddlemap.arithmetic.Kept;
import org.saddlemap.arithmetic.Matrix;
import org.saddlemap.arithmetic.Strip;

/**
 * What a layer works on in one place of one network: its inputs x, outputs y, δ = ∂f/∂x and ∂f/∂y,
 * and R for the derivatives of all of them along a direction. A {@link Planner} fills it.
 */
public final class Frame {
  /** The layer that it belongs to. */
  public final Layer layer;

  public final Pass pass;

  public Matrix x;
  public Matrix y;

  /** ∂f/∂y and ∂f/∂x; the latter is null where x is data. */
  public Matrix dy;

  public Matrix dx;

  /** Rx, null where x is data, and Ry. */
  public Matrix tx;

  public Matrix ty;

  /** R(∂f/∂y) and R(∂f/∂x). */
  public Matrix tdy;

  public Matrix tdx;

  /** Its parameters, and their places in a gradient, a direction, and a product. */
  public Part theta = Part.NONE;

  public Part gradient = Part.NONE;
  public Part direction = Part.NONE;
  public Part product = Part.NONE;

  /** What an activation remembers. */
  public Kept kept;

  /** Statistics of the batch, as many as the layer asked for. */
  public Strip[] strips = {};

  /** A matrix of the layer's own, where it asked for one. */
  public Matrix own;

  /** Frames of the layers within. */
  public Frame[] inner = {};

  /** Where its parameters start in θ. */
  public int from;

  /** The frame of a whole network. */
  public Frame(Layer layer, Pass pass) {
    this.layer = layer;
    this.pass = pass;
  }

  /** A frame for a layer within this one's. */
  Frame within(Layer inside, int at) {
    Frame frame = new Frame(inside, pass);
    frame.from = at;
    return frame;
  }

  /** All frames of layers without others within, in the order of the forward pass. */
  public Stream<Frame> leaves() {
    return inner.length == 0 ? Stream.of(this) : Arrays.stream(inner).flatMap(Frame::leaves);
  }
}

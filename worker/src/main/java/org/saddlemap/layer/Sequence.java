package org.saddlemap.layer;

import java.util.ArrayList;
import java.util.List;
import org.saddlemap.arithmetic.Arithmetic;
import org.saddlemap.arithmetic.SecondOrder;
import org.saddlemap.arithmetic.Side;

/** Layers one after the other: the output of each is the input of the next. */
public record Sequence(List<Layer> layers) implements Layer {
  public Sequence {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("Invalid sequence: it has no layers");
    }
    for (int i = 1; i < layers.size(); i++) {
      if (layers.get(i - 1).outputs() != layers.get(i).inputs()) {
        throw new IllegalArgumentException(
            "Invalid sequence: %d outputs of layer %d, and %d inputs of the next"
                .formatted(layers.get(i - 1).outputs(), i, layers.get(i).inputs()));
      }
    }
  }

  @Override
  public int inputs() {
    return layers.get(0).inputs();
  }

  @Override
  public int outputs() {
    return layers.get(layers.size() - 1).outputs();
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    layers.forEach(l -> all.addAll(l.parameters()));
    return all;
  }

  @Override
  public Needs needs() {
    Needs first = layers.get(0).needs();
    return new Needs(first.weights(), first.ones(), false, false, true, false);
  }

  @Override
  public void forward(Arithmetic k, Frame f) {
    for (Frame l : f.inner) {
      l.layer.forward(k, l);
      if (f.pass.watch != null && l.inner.length == 0) {
        f.pass.watch.accept(l);
      }
    }
  }

  @Override
  public void gradient(Arithmetic k, Frame f) {
    for (Frame l : f.inner) {
      l.layer.gradient(k, l);
    }
  }

  @Override
  public void backward(Arithmetic k, Frame f) {
    for (int i = f.inner.length - 1; i >= 0; i--) {
      Frame l = f.inner[i];
      if (f.pass.gradients && l.inner.length == 0) {
        l.layer.gradient(k, l);
      }
      l.layer.backward(k, l);
    }
  }

  @Override
  public void tangent(SecondOrder k, Frame f) {
    for (Frame l : f.inner) {
      l.layer.tangent(k, l);
    }
  }

  @Override
  public void tangentBackward(SecondOrder k, Frame f) {
    for (int i = f.inner.length - 1; i >= 0; i--) {
      Frame l = f.inner[i];
      l.layer.tangentBackward(k, l);
    }
  }

  @Override
  public boolean ones(boolean after) {
    return onesAfter(after)[0];
  }

  @Override
  public Side side(Side after) {
    return sidesAfter(after)[0];
  }

  @Override
  public Side tangentSide() {
    return layers.get(0).tangentSide();
  }

  @Override
  public Side deltaSide(Side before) {
    Side side = before;
    for (Layer layer : layers) {
      side = layer.deltaSide(side);
    }
    return side;
  }

  /** Of each layer's inputs, and at last of the outputs. */
  private boolean[] onesAfter(boolean after) {
    boolean[] ones = new boolean[layers.size() + 1];
    ones[layers.size()] = after;
    for (int i = layers.size() - 1; i >= 0; i--) {
      ones[i] = layers.get(i).ones(ones[i + 1]);
    }
    return ones;
  }

  private Side[] sidesAfter(Side after) {
    Side[] sides = new Side[layers.size() + 1];
    sides[layers.size()] = after;
    for (int i = layers.size() - 1; i >= 0; i--) {
      sides[i] = layers.get(i).side(sides[i + 1]);
    }
    return sides;
  }

  @Override
  public void planForward(Planner p, Frame f, boolean ones, Side side) {
    boolean[] with = onesAfter(ones);
    Side[] sides = sidesAfter(side);
    f.inner = new Frame[layers.size()];
    f.y = f.x;
    int from = f.from;
    for (int i = 0; i < f.inner.length; i++) {
      Frame l = f.within(layers.get(i), from);
      l.x = f.y;
      l.layer.planForward(p, l, with[i + 1], sides[i + 1]);
      f.inner[i] = l;
      f.y = l.y;
      from += l.layer.length();
    }
  }

  @Override
  public void planBackward(Planner p, Frame f, Side side) {
    Side[] sides = new Side[f.inner.length];
    Side below = side;
    for (int i = 0; i < sides.length; i++) {
      sides[i] = below;
      below = layers.get(i).deltaSide(below);
    }
    f.dx = f.dy;
    for (int i = sides.length - 1; i >= 0; i--) {
      Frame l = f.inner[i];
      l.dy = f.dx;
      l.layer.planBackward(p, l, sides[i]);
      f.dx = l.dx;
    }
  }

  @Override
  public void planTangent(Planner p, Frame f, Side side) {
    f.ty = f.tx;
    for (int i = 0; i < f.inner.length; i++) {
      Frame l = f.inner[i];
      l.tx = f.ty;
      boolean last = i + 1 == f.inner.length;
      l.layer.planTangent(p, l, last ? side : layers.get(i + 1).tangentSide());
      f.ty = l.ty;
    }
  }

  @Override
  public void planTangentBackward(Planner p, Frame f, Side side) {
    f.tdx = f.tdy;
    for (int i = f.inner.length - 1; i >= 0; i--) {
      Frame l = f.inner[i];
      l.tdy = f.tdx;
      l.layer.planTangentBackward(p, l, side);
      f.tdx = l.tdx;
    }
  }
}

package org.saddlemap.layer;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.saddlemap.arithmetic.Matrix;

/** What frames hold. */
final class Frames {
  private Frames() {}

  /** All matrices of a frame and of those within it, each once. */
  static Set<Matrix> matrices(Frame frame) {
    Set<Matrix> all = Collections.newSetFromMap(new IdentityHashMap<>());
    frames(frame)
        .flatMap(f -> Stream.of(f.x, f.y, f.dx, f.dy, f.tx, f.ty, f.tdx, f.tdy, f.own))
        .filter(Objects::nonNull)
        .forEach(all::add);
    return all;
  }

  private static Stream<Frame> frames(Frame frame) {
    return Stream.concat(Stream.of(frame), Arrays.stream(frame.inner).flatMap(Frames::frames));
  }
}

package org.saddlemap.arithmetic;

import java.util.ArrayList;
import java.util.List;

/** Rows, columns, and where matrices lie. */
record Shape(int rows, int columns, boolean ones, Side first, Side second, Side out) {
  static List<Shape> all() {
    List<Shape> shapes = new ArrayList<>();
    for (int rows : Kind.SIZES) {
      for (int columns : Kind.SIZES) {
        for (boolean ones : new boolean[] {false, true}) {
          for (Side first : Side.values()) {
            for (Side second : Side.values()) {
              for (Side out : Side.values()) {
                shapes.add(new Shape(rows, columns, ones, first, second, out));
              }
            }
          }
        }
      }
    }
    return shapes;
  }

  String of(Kind kind, String what) {
    return "%s: %s, %s".formatted(kind, what, this);
  }
}

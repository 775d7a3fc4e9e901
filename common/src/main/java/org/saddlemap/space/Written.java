package org.saddlemap.space;

/** A value with a form of its own in specs and tables. */
public interface Written {
  /** The form read by the {@code parse} of its type, canonical. */
  String text();
}

package org.saddlemap.cli;

/** Formats of a command whose answer is no table. */
enum TextFormat {
  /** For people. */
  TABLE,
  JSON
}

package org.saddlemap.cli;

/** How a command that prints no rows writes its answer. */
enum TextFormat {
  /** For people. */
  TABLE,
  JSON
}

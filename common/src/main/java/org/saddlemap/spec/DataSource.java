package org.saddlemap.spec;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Where data come from. Paths are read through Hadoop's file systems; a relative one is looked for
 * in the spec's folder, then in the working folder.
 */
public interface DataSource {
  /**
   * What a spec says of it: its keys in the section {@code data} and their YAML. The effective spec
   * holds it, and so the sweep's identity; keys of later versions stand here only where they change
   * something, so that old identities stay.
   */
  Map<String, String> written();

  /**
   * The same data in other files.
   *
   * @param place of each path what takes its place; not called where there are none
   */
  DataSource at(UnaryOperator<String> place);
}

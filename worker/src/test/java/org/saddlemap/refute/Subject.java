package org.saddlemap.refute;

import org.saddlemap.space.Configuration;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.ExaminationSpec;

/**
 * A trial whose verdict is to be refuted; all of it follows from the source's name, the index and
 * the campaign's seed.
 *
 * @param source where it is from, such as {@code quickstart}
 * @param index its number there
 * @param seed of weights and batches, with the replicate
 */
record Subject(
    String source,
    long index,
    DataSpec data,
    Configuration configuration,
    long seed,
    int replicate,
    ExaminationSpec examination) {
  String name() {
    return source + ":" + index;
  }
}

package org.saddlemap.store;

import org.saddlemap.record.SweepRecord;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;

/** A sweep of the warehouse, by its id. */
public record StoredSweep(String id, SweepRecord record) {
  /**
   * The effective spec that it was run with.
   *
   * @throws org.saddlemap.spec.InvalidInput where this version does not read it any more
   */
  public SweepSpec spec() {
    return SpecReader.read(record.spec(), specName());
  }

  /** What messages call that spec. */
  public String specName() {
    return "the stored spec of " + id;
  }
}

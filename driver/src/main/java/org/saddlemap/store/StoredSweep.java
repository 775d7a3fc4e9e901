package org.saddlemap.store;

import org.saddlemap.record.SweepRecord;

/** A sweep of the warehouse, by its id. */
public record StoredSweep(String id, SweepRecord record) {}

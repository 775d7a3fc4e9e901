package org.saddlemap.cli;

import java.io.IOException;
import org.saddlemap.data.Dataset;
import org.saddlemap.plan.CostModel;
import org.saddlemap.plan.Speed;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.StoredSweep;

/** What is predicted for the trials of sweeps that have run. */
final class StoredCosts {
  private StoredCosts() {}

  /**
   * Loads the sweep's data: their size is part of the costs.
   *
   * @throws org.saddlemap.spec.InvalidInput where they are not there any more
   */
  static CostModel model(StoredSweep sweep, Speed speed) throws IOException {
    Dataset data = SweepInput.data(sweep, WarehouseOption.hadoop(), Spark::session);
    return CostModel.of(data, spec(sweep).examination(), speed);
  }

  static SweepSpec spec(StoredSweep sweep) {
    return SpecReader.read(sweep.record().spec(), SweepInput.nameOfStored(sweep));
  }
}

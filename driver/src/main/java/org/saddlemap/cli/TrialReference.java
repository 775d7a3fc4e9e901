package org.saddlemap.cli;

import java.io.IOException;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine.Parameters;

/** The argument {@code TRIAL}: a stored trial by the first digits of its id, in whatever sweep. */
final class TrialReference {
  @Parameters(paramLabel = "TRIAL", description = "First digits (at least 6) of a trial_id.")
  private String prefix;

  StoredTrial find(Warehouse warehouse) throws IOException {
    return new TrialReader(warehouse)
        .find(warehouse.sweeps().readable().stream().map(StoredSweep::id).toList(), prefix);
  }
}

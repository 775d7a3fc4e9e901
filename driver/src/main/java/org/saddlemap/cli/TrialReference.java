package org.saddlemap.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialSearch;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The argument {@code TRIAL}: a stored trial by the first digits of its id. */
final class TrialReference {
  @Parameters(paramLabel = "TRIAL", description = "First digits (at least 6) of a trial_id.")
  private String prefix;

  @Option(
      names = "--sweep",
      paramLabel = "SWEEP",
      description =
          "Looks in this sweep alone: its id, name, or spec file (default: in all, the newest first).")
  private String sweep;

  StoredTrial find(Warehouse warehouse) throws IOException {
    List<String> ids =
        sweep == null
            ? new Catalogue(warehouse).sweeps().readable().stream().map(StoredSweep::id).toList()
            : List.of(
                SweepArgument.find(warehouse, Optional.of(sweep), WarehouseOption.hadoop()).id());
    return new TrialSearch(warehouse).find(ids, prefix);
  }
}

package org.saddlemap.cli;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.saddlemap.load.DataLoader;
import org.saddlemap.spec.EffectiveSpec;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;

/** The argument SWEEP: a sweep by its id, its name, or its spec file; the latest without one. */
final class SweepArgument {
  private SweepArgument() {}

  /**
   * The stored sweep that is meant. Of a spec file, the latest with the same effective spec: data
   * files are not looked at.
   *
   * @throws InvalidInput where there is none
   */
  static StoredSweep find(Warehouse warehouse, Optional<String> argument, Configuration hadoop)
      throws IOException {
    if (argument.isEmpty() || !isSpec(argument.get())) {
      return warehouse.find(argument);
    }
    String path = argument.get();
    SweepSpec spec = SweepInput.spec(path, hadoop);
    String effective = EffectiveSpec.yaml(spec);
    return warehouse.sweeps(spec.name()).readable().stream()
        .filter(s -> s.record().spec().equals(effective))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInput(
                    "The warehouse %s holds no sweep of %s as it is now; 'saddlemap run %s --warehouse %s' starts one"
                        .formatted(
                            warehouse.location(),
                            path,
                            Shell.word(path),
                            Shell.word(warehouse.location()))));
  }

  private static boolean isSpec(String argument) {
    return argument.endsWith(".yaml")
        || argument.endsWith(".yml")
        || DataLoader.isLocalFile(argument);
  }
}

package org.saddlemap.cli;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.saddlemap.load.DataLoader;
import org.saddlemap.load.SpecFile;
import org.saddlemap.spec.EffectiveSpec;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;

/** The argument SWEEP: a sweep by its id, its name, or its spec file; the latest without one. */
final class SweepArgument {
  private SweepArgument() {}

  /**
   * Finds the stored sweep that the user means. A spec file means the latest sweep with the same
   * trials and the same data section; the data themselves are not read.
   *
   * @throws InvalidInput where there is none
   */
  static StoredSweep find(Warehouse warehouse, Optional<String> argument, Configuration hadoop)
      throws IOException {
    if (argument.isEmpty() || !isSpec(argument.get())) {
      return new Catalogue(warehouse).find(argument);
    }
    String path = argument.get();
    SweepSpec spec = SpecReader.read(SpecFile.text(path, hadoop), path);
    return new Catalogue(warehouse)
        .sweeps(spec.name()).readable().stream()
            .filter(s -> isOf(spec, s))
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

  private static boolean isOf(SweepSpec spec, StoredSweep sweep) {
    if (sweep.record().trainingRows() == null) {
      return false;
    }
    try {
      SweepSpec stored = sweep.spec();
      SweepSpec here = spec.on(Math.toIntExact(sweep.record().trainingRows()));
      return stored.data().equals(here.data())
          && EffectiveSpec.identity(stored).equals(EffectiveSpec.identity(here));
    } catch (InvalidInput e) {
      return false; // another version wrote a spec that this one does not read
    }
  }

  private static boolean isSpec(String argument) {
    return argument.endsWith(".yaml")
        || argument.endsWith(".yml")
        || DataLoader.isLocalFile(argument);
  }
}

package org.saddlemap.refute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.saddlemap.space.Configuration;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;

/** The trials of specs. */
final class SpecSubjects {
  private SpecSubjects() {}

  /** All trials of a spec, or a seeded sample of them in order. */
  static List<Subject> of(SweepSpec spec, int most, long seed) {
    long size = spec.space().size() * spec.replicates();
    List<Long> indices = new ArrayList<>();
    if (size <= 10L * most) {
      for (long i = 0; i < size; i++) {
        indices.add(i);
      }
      if (size > most) {
        Collections.shuffle(indices, new Random(seed));
      }
    } else {
      new Random(seed).longs(0, size).distinct().limit(2L * most).forEach(indices::add);
    }
    return indices.stream()
        .filter(i -> !spec.space().excludes(spec.space().at(i / spec.replicates())))
        .limit(most)
        .sorted()
        .map(i -> subject(spec, i))
        .toList();
  }

  private static Subject subject(SweepSpec spec, long index) {
    Configuration c = spec.space().at(index / spec.replicates());
    return new Subject(
        spec.name(),
        index,
        spec.data(),
        c,
        spec.seed(),
        (int) (index % spec.replicates()),
        spec.examination());
  }

  /** A spec, whose data lie where it says, seen from its own folder. */
  static SweepSpec read(Path file) {
    try {
      return beside(file, SpecReader.read(Files.readString(file), file.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Specs in one text, divided by lines of three hyphens. */
  static List<SweepSpec> readAll(String text) {
    return Stream.of(text.split("(?m)^---$", -1))
        .filter(t -> !t.isBlank())
        .map(t -> SpecReader.read(t, "programs.yaml"))
        .toList();
  }

  /** The specs below a folder; what cannot be run is said and left out. */
  static List<SweepSpec> below(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<SweepSpec> specs = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        try {
          specs.add(read(file));
        } catch (RuntimeException e) {
          System.err.println("Left out " + file + ": " + e.getMessage());
        }
      }
      return specs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SweepSpec beside(Path file, SweepSpec spec) {
    if (!(spec.data().source() instanceof CsvSource csv)) {
      return spec;
    }
    Path path = file.resolveSibling(csv.path()).toAbsolutePath();
    if (!Files.exists(path)) {
      return spec;
    }
    DataSpec d = spec.data();
    DataSpec data =
        new DataSpec(
            new CsvSource(
                path.toString(),
                csv.label(),
                csv.header(),
                csv.separator(),
                csv.decimal(),
                csv.missing()),
            d.task(),
            d.scale(),
            d.holdout(),
            d.seed(),
            d.limit());
    return new SweepSpec(
        spec.name(),
        data,
        spec.space(),
        spec.replicates(),
        spec.seed(),
        spec.limits(),
        spec.examination(),
        spec.arithmetic());
  }
}

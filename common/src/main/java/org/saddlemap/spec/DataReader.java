package org.saddlemap.spec;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.saddlemap.spec.DataSpec.Scale;
import org.saddlemap.spec.DataSpec.Task;

/** Reads the section {@code data}. */
final class DataReader {
  /** All of them, in the order in which errors name them. */
  private static final List<SourceFormat> FORMATS =
      List.of(
          CsvSource.FORMAT,
          IdxSource.FORMAT,
          LibsvmSource.FORMAT,
          ParquetSource.FORMAT,
          SyntheticSource.FORMAT);

  private static final List<String> KEYS =
      Stream.of(
              FORMATS.stream().map(SourceFormat::key),
              FORMATS.stream().flatMap(format -> format.options().stream()).distinct(),
              Stream.of("task", "scale", "holdout", "seed", "limit"))
          .flatMap(keys -> keys)
          .toList();

  private DataReader() {}

  /** Keys that choose a source. */
  static List<String> sources() {
    return FORMATS.stream().map(SourceFormat::key).toList();
  }

  static DataSpec read(Value value, long sweepSeed) {
    Section data = value.section(KEYS, "a mapping such as {csv: data/digits.csv.gz, label: last}");
    DataSource source = source(data);
    Task task =
        data.word(
            "task",
            Task.class,
            source instanceof SyntheticSource s ? s.problem().task() : Task.CLASSIFICATION);
    if (source instanceof SyntheticSource s && s.problem().task() != task) {
      throw data.require("task", "")
          .error(
              "does not fit the problem %s, which is for %s; leave the task out"
                  .formatted(
                      EffectiveSpec.word(s.problem()), EffectiveSpec.word(s.problem().task())));
    }
    return new DataSpec(
        source,
        task,
        data.word("scale", Scale.class, Scale.STANDARD),
        data.find("holdout").map(v -> v.number(0, true, 1)).orElse(0.2),
        data.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE, sweepSeed),
        data.find("limit")
            .map(v -> OptionalLong.of(v.integer(1, Long.MAX_VALUE)))
            .orElse(OptionalLong.empty()));
  }

  private static DataSource source(Section data) {
    List<SourceFormat> given = FORMATS.stream().filter(f -> data.has(f.key())).toList();
    if (given.size() != 1) {
      throw data.value()
          .error(
              "has %s; needs exactly one source of %s"
                  .formatted(
                      given.isEmpty()
                          ? "no source"
                          : "the sources "
                              + String.join(
                                  " and ", given.stream().map(SourceFormat::key).toList()),
                      String.join(", ", sources())));
    }
    SourceFormat format = given.get(0);
    FORMATS.stream()
        .flatMap(f -> f.options().stream())
        .filter(key -> !format.options().contains(key))
        .forEach(key -> refuse(data, key, format));
    return format.reader().read(data.require(format.key(), ""), data);
  }

  private static void refuse(Section data, String key, SourceFormat format) {
    data.find(key)
        .ifPresent(
            v -> {
              throw v.error(
                  "has no meaning for %s; it belongs to %s"
                      .formatted(
                          format.key(),
                          String.join(
                              " and ",
                              FORMATS.stream()
                                  .filter(f -> f.options().contains(key))
                                  .map(SourceFormat::key)
                                  .toList())));
            });
  }
}

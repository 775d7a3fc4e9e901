package org.saddlemap.spec;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.saddlemap.spec.DataSpec.Csv;
import org.saddlemap.spec.DataSpec.Header;
import org.saddlemap.spec.DataSpec.Missing;
import org.saddlemap.spec.DataSpec.Problem;
import org.saddlemap.spec.DataSpec.Scale;
import org.saddlemap.spec.DataSpec.Source;
import org.saddlemap.spec.DataSpec.Synthetic;
import org.saddlemap.spec.DataSpec.Task;

/** Reads the section {@code data}. */
final class DataReader {
  static final List<String> SOURCES = List.of("csv", "idx", "libsvm", "parquet", "synthetic");
  private static final List<String> OF_CSV = List.of("header", "separator", "decimal", "missing");
  private static final List<String> KEYS =
      Stream.of(
              SOURCES,
              List.of("label"),
              OF_CSV,
              List.of("task", "scale", "holdout", "seed", "limit"))
          .flatMap(List::stream)
          .toList();

  /** Characters that neither numbers nor names nor quoting need. */
  private static final String SEPARATORS = ",;|:!/\\&%$#@*^~=<>_";

  private DataReader() {}

  static DataSpec read(Value value, long sweepSeed) {
    Section data = value.section(KEYS, "a mapping such as {csv: data/digits.csv.gz, label: last}");
    Source source = source(data);
    Task task =
        data.word(
            "task",
            Task.class,
            source instanceof Synthetic s ? s.problem().task() : Task.CLASSIFICATION);
    if (source instanceof Synthetic s && s.problem().task() != task) {
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

  private static Source source(Section data) {
    List<String> given = SOURCES.stream().filter(data::has).toList();
    if (given.size() != 1) {
      throw data.value()
          .error(
              "has %s; needs exactly one source of %s"
                  .formatted(
                      given.isEmpty() ? "no source" : "the sources " + String.join(" and ", given),
                      String.join(", ", SOURCES)));
    }
    String kind = given.get(0);
    OF_CSV.forEach(key -> refuse(data, key, kind, List.of("csv")));
    refuse(data, "label", kind, List.of("csv", "parquet"));
    Value at = data.require(kind, "");
    return switch (kind) {
      case "csv" -> csv(path(at), data);
      case "idx" -> {
        Section files =
            at.section(List.of("images", "labels"), "a mapping {images: FILE, labels: FILE}");
        yield new DataSpec.Idx(
            path(files.require("images", "images: train-images-idx3-ubyte.gz")),
            path(files.require("labels", "labels: train-labels-idx1-ubyte.gz")));
      }
      case "libsvm" -> new DataSpec.Libsvm(path(at));
      case "parquet" -> new DataSpec.Parquet(path(at), label(data));
      default -> synthetic(at);
    };
  }

  private static Csv csv(String path, Section data) {
    char separator = data.find("separator").map(DataReader::separator).orElse(Csv.SEPARATOR);
    char decimal = data.find("decimal").map(DataReader::decimal).orElse(Csv.DECIMAL);
    if (decimal == separator) {
      throw data.require("decimal", "")
          .error("'%s' separates the cells already; say separator: ';' or tab".formatted(decimal));
    }
    return new Csv(
        path,
        label(data),
        data.word("header", Header.class, Header.AUTO),
        separator,
        decimal,
        data.word("missing", Missing.class, Missing.REFUSE));
  }

  private static char separator(Value value) {
    String expected = "one character such as ';' or '^', or tab";
    String text = value.text(expected);
    if (text.equals("tab") || text.equals("\t")) {
      return '\t';
    }
    if (text.length() != 1 || !SEPARATORS.contains(text)) {
      throw value.error(
          "'%s' cannot separate cells; needs %s".formatted(Value.shown(text), expected));
    }
    return text.charAt(0);
  }

  private static char decimal(Value value) {
    String expected = "'.' or ','";
    String text = value.text(expected);
    if (!text.equals(".") && !text.equals(",")) {
      throw value.error(
          "'%s' is no decimal point; needs %s".formatted(Value.shown(text), expected));
    }
    return text.charAt(0);
  }

  private static void refuse(Section data, String key, String kind, List<String> with) {
    data.find(key)
        .filter(v -> !with.contains(kind))
        .ifPresent(
            v -> {
              throw v.error(
                  "has no meaning for %s; it belongs to %s"
                      .formatted(kind, String.join(" and ", with)));
            });
  }

  private static String path(Value value) {
    String path = value.text("the path of a file");
    if (path.isBlank()) {
      throw value.error("is blank; needs the path of a file");
    }
    return path;
  }

  private static String label(Section data) {
    return data.find("label")
        .map(
            v -> {
              String label = v.text("last, first, a position from 0, or a column's name");
              if (label.isBlank() || label.matches("-\\d+")) {
                throw v.error(
                    "'%s' is no column; needs last, first, a position from 0, or a column's name"
                        .formatted(Value.shown(label)));
              }
              return label;
            })
        .orElse("last");
  }

  private static Synthetic synthetic(Value value) {
    if (value.isScalar()) {
      return value.word(Problem.class).standard();
    }
    Section s =
        value.section(
            List.of("problem", "rows", "features", "classes", "noise"),
            "a mapping such as {problem: spirals, rows: 600}");
    Synthetic standard = s.require("problem", "problem: spirals").word(Problem.class).standard();
    Synthetic given =
        new Synthetic(
            standard.problem(),
            (int) s.integer("rows", 1, 100_000_000, standard.rows()),
            (int) s.integer("features", 1, 100_000, standard.features()),
            (int) s.integer("classes", 1, 10_000, standard.classes()),
            s.find("noise").map(v -> v.number(0, true, Double.MAX_VALUE)).orElse(standard.noise()));
    try {
      given.requireSound();
    } catch (IllegalArgumentException e) {
      throw value.error(e.getMessage());
    }
    return given;
  }
}

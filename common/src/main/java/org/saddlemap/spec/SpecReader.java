package org.saddlemap.spec;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.verdict.Thresholds;

/**
 * Reads the spec of a sweep from YAML 1.2, strictly: what is unknown, doubled, of the wrong type,
 * without effect or impossible is an error that names file, line, column and key, and says what
 * would be right.
 */
public final class SpecReader {
  private static final List<String> KEYS =
      List.of(
          "name",
          "data",
          "network",
          "train",
          "grid",
          "exclude",
          "replicates",
          "seed",
          "limits",
          "examine",
          "arithmetic");
  private static final List<String> THRESHOLDS =
      List.of(
          "eps",
          "eps_flat",
          "eps_slope",
          "slow",
          "floor_max",
          "blow_up",
          "move",
          "t_statistic",
          "upward");

  private SpecReader() {}

  /**
   * The sweep that the text asks for, defaults filled in. Nothing but the text is looked at: files
   * that it names may be missing.
   *
   * @param text YAML
   * @param file its name for messages, as the user gave it
   * @throws InvalidInput where anything is wrong with it
   */
  public static SweepSpec read(String text, String file) {
    Section top =
        Document.read(text, file)
            .section(KEYS, "a mapping with the keys name, data, network, train, grid");
    String name = name(top.require("name", "name: depth-and-init"));
    int replicates = (int) top.integer("replicates", 1, Integer.MAX_VALUE, 1);
    long seed = top.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE, 0);
    DataSpec data = DataReader.read(top.require("data", "data: {csv: data/digits.csv.gz}"), seed);
    SpaceReader space = new SpaceReader(top, data);
    return new SweepSpec(
        name,
        data,
        space.read(replicates),
        replicates,
        seed,
        limits(top),
        examination(top),
        top.word("arithmetic", Arithmetic.class, Arithmetic.NATIVE));
  }

  /**
   * An error of a valid spec that only its data bring about.
   *
   * @param text YAML that {@link #read} accepts
   * @param file its name for messages
   * @param h whose value is to blame; the message names its line where it is not a default
   */
  public static InvalidInput error(String text, String file, Hyperparameter h, String message) {
    Value top = Document.read(text, file);
    return Stream.of(EffectiveSpec.word(h.section()), "grid")
        .flatMap(key -> top.find(key).stream())
        .flatMap(section -> section.find(h.key()).stream())
        .findFirst()
        .orElse(top)
        .error(message);
  }

  /**
   * An error of the data that a valid spec names.
   *
   * @param text YAML that {@link #read} accepts
   * @param file its name for messages; the message names the line and key of the data's source too
   */
  public static InvalidInput dataError(String text, String file, InvalidInput error) {
    Value top = Document.read(text, file);
    InvalidInput placed =
        top.find("data").stream()
            .flatMap(data -> DataReader.sources().stream().flatMap(key -> data.find(key).stream()))
            .findFirst()
            .orElse(top)
            .error(error.getMessage());
    placed.initCause(error);
    return placed;
  }

  /**
   * Thresholds from a file of their own, a mapping of their names; defaults where it is silent.
   *
   * @throws InvalidInput where anything is wrong with it
   */
  public static Thresholds thresholds(String text, String file) {
    return thresholds(
        Document.read(text, file).section(THRESHOLDS, "a mapping such as eps: 0.001"));
  }

  private static String name(Value value) {
    String name = value.text("a name for the sweep");
    if (!SweepSpec.NAME.matcher(name).matches()) {
      throw value.error(
          "'%s' cannot be part of paths and SQL; needs 1 to 64 letters, digits, - or _, starting with a letter"
              .formatted(Value.shown(name)));
    }
    return name;
  }

  private static TrialLimits limits(Section top) {
    TrialLimits standard = TrialLimits.DEFAULT;
    return top.find("limits")
        .map(
            v ->
                v.section(
                    List.of("trial_seconds", "trial_megabytes"),
                    "a mapping such as {trial_seconds: 3600}"))
        .map(
            s ->
                new TrialLimits(
                    s.positive("trial_seconds", standard.seconds()),
                    s.integer("trial_megabytes", 1, Long.MAX_VALUE, standard.megabytes())))
        .orElse(standard);
  }

  private static ExaminationSpec examination(Section top) {
    return top.find("examine").map(SpecReader::examination).orElse(ExaminationSpec.DEFAULT);
  }

  private static ExaminationSpec examination(Value value) {
    if (value.isScalar()) {
      value.word(Examined.class);
      return ExaminationSpec.SIGNALS;
    }
    ExaminationSpec standard = ExaminationSpec.DEFAULT;
    Section s =
        value.section(
            List.of("rows", "ceiling", "exact_below", "sharpness", "seed", "thresholds"),
            "a mapping such as {rows: 512}, or signals");
    return new ExaminationSpec(
        false,
        (int) s.integer("rows", 1, Integer.MAX_VALUE, standard.rows()),
        s.find("ceiling")
            .map(v -> OptionalDouble.of(v.number(1, true, Double.MAX_VALUE)))
            .orElse(standard.ceiling()),
        (int) s.integer("exact_below", 0, Integer.MAX_VALUE, standard.exactBelow()),
        s.flag("sharpness", standard.sharpness()),
        s.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE, standard.seed()),
        s.find("thresholds")
            .map(v -> v.section(THRESHOLDS, "a mapping such as {eps: 0.001}"))
            .map(SpecReader::thresholds)
            .orElse(standard.thresholds()));
  }

  /** What {@code examine} can be in one word. */
  private enum Examined {
    SIGNALS
  }

  private static Thresholds thresholds(Section s) {
    Thresholds standard = Thresholds.DEFAULT;
    return new Thresholds(
        s.positive("eps", standard.eps()),
        s.positive("eps_flat", standard.epsFlat()),
        s.positive("eps_slope", standard.epsSlope()),
        s.positive("slow", standard.slow()),
        s.positive("floor_max", standard.floorMax()),
        s.positive("blow_up", standard.blowUp()),
        s.positive("move", standard.move()),
        s.positive("t_statistic", standard.tStatistic()),
        s.positive("upward", standard.upward()));
  }
}

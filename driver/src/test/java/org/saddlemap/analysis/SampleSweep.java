package org.saddlemap.analysis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.SweepId;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialContext;
import org.saddlemap.trial.TrialId;
import org.saddlemap.verdict.VerdictRule;

/**
 * Made-up sweeps whose verdicts follow from the hyperparameters the way real ones do, with a seed.
 */
public final class SampleSweep {
  private static final int CHUNK = 5_000;
  private final String name;
  private final List<Map.Entry<Hyperparameter, List<String>>> axes;
  private final Map<Hyperparameter, String> fixed;
  private final int replicates;
  private final long seed;
  private final boolean details;
  private final String reasonSuffix;

  private SampleSweep(
      String name,
      List<Map.Entry<Hyperparameter, List<String>>> axes,
      Map<Hyperparameter, String> fixed,
      int replicates,
      long seed,
      boolean details,
      String reasonSuffix) {
    this.name = name;
    this.axes = axes;
    this.fixed = fixed;
    this.replicates = replicates;
    this.seed = seed;
    this.details = details;
    this.reasonSuffix = reasonSuffix;
  }

  /** 2,304 trials: six hyperparameters, three replicates, curves and layers. */
  public static SampleSweep small() {
    return new SampleSweep(
        "sample",
        List.of(
            Map.entry(Hyperparameter.DEPTH, List.of("1", "2", "8", "32")),
            Map.entry(
                Hyperparameter.INITIALIZER,
                List.of("zeros", "normal(0.01)", "xavier_uniform", "he_normal")),
            Map.entry(
                Hyperparameter.LEARNING_RATE, List.of("0.001", "0.01", "0.1", "1", "10", "1.0E-4")),
            Map.entry(Hyperparameter.BATCH_SIZE, List.of("32", "full")),
            Map.entry(Hyperparameter.CLIPPING, List.of("none", "norm(1.0)")),
            Map.entry(Hyperparameter.NORMALIZATION, List.of("false", "true"))),
        Map.of(Hyperparameter.WIDTH, "16"),
        3,
        7,
        true,
        "");
  }

  /** 21,600 trials a replicate (12 make 259,200) without curves and layers. */
  public static SampleSweep large(int replicates) {
    List<String> rates = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rates.add(Double.toString(Math.pow(10, -4 + 5.0 * i / 19)));
    }
    return new SampleSweep(
        "large",
        List.of(
            Map.entry(
                Hyperparameter.DEPTH,
                List.of("1", "2", "3", "4", "6", "8", "12", "16", "24", "32")),
            Map.entry(
                Hyperparameter.INITIALIZER,
                List.of(
                    "zeros",
                    "constant(0.1)",
                    "normal(0.01)",
                    "xavier_uniform",
                    "he_normal",
                    "orthogonal")),
            Map.entry(Hyperparameter.LEARNING_RATE, rates),
            Map.entry(Hyperparameter.BATCH_SIZE, List.of("32", "256", "full")),
            Map.entry(Hyperparameter.CLIPPING, List.of("none", "norm(1.0)", "value(0.5)")),
            Map.entry(Hyperparameter.NORMALIZATION, List.of("false", "true"))),
        Map.of(Hyperparameter.WIDTH, "16"),
        replicates,
        11,
        false,
        "");
  }

  /** 156 trials, one in each cell of 13 learning rates by 4 depths for each of 3 initializers. */
  public static SampleSweep plain() {
    return new SampleSweep(
        "plain",
        List.of(
            Map.entry(Hyperparameter.DEPTH, List.of("1", "2", "8", "32")),
            Map.entry(
                Hyperparameter.INITIALIZER, List.of("normal(0.01)", "xavier_uniform", "he_normal")),
            Map.entry(
                Hyperparameter.LEARNING_RATE,
                IntStream.rangeClosed(-8, 4)
                    .mapToObj(i -> Double.toString(Math.pow(10, i / 2.0)))
                    .toList())),
        Map.of(Hyperparameter.WIDTH, "16"),
        1,
        5,
        false,
        "");
  }

  /** 60,000 trials, one in each cell of 300 learning rates by 200 depths. */
  public static SampleSweep wide() {
    return new SampleSweep(
        "wide",
        List.of(
            Map.entry(
                Hyperparameter.DEPTH,
                IntStream.rangeClosed(1, 200).mapToObj(Integer::toString).toList()),
            Map.entry(
                Hyperparameter.LEARNING_RATE,
                IntStream.range(0, 300)
                    .mapToObj(i -> Double.toString(Math.pow(10, -4 + 5.0 * i / 299)))
                    .toList())),
        Map.of(Hyperparameter.WIDTH, "16"),
        1,
        13,
        false,
        "");
  }

  /** A sweep of these axes, without curves and layers. */
  public static SampleSweep of(
      String name,
      Map<Hyperparameter, List<String>> axes,
      Map<Hyperparameter, String> fixed,
      int replicates,
      long seed) {
    return new SampleSweep(name, List.copyOf(axes.entrySet()), fixed, replicates, seed, false, "");
  }

  /** The same sweep with another fixed value. */
  public SampleSweep with(String newName, Hyperparameter h, String value) {
    Map<Hyperparameter, String> other = new EnumMap<>(Hyperparameter.class);
    other.putAll(fixed);
    other.put(h, value);
    return new SampleSweep(newName, axes, other, replicates, seed, details, reasonSuffix);
  }

  /** The same sweep with that text behind every reason. */
  public SampleSweep withReasonSuffix(String suffix) {
    return new SampleSweep(name, axes, fixed, replicates, seed, details, suffix);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** The number of trials. */
  public long size() {
    long size = replicates;
    for (Map.Entry<Hyperparameter, List<String>> axis : axes) {
      size *= axis.getValue().size();
    }
    return size;
  }

  /** Writes it; its id. */
  public String write(Warehouse warehouse) throws IOException {
    String digest = TrialId.sha256(name + fixed + seed + replicates);
    String id = SweepId.of(name, digest);
    LongStream.iterate(0, from -> from < size(), from -> from + CHUNK)
        .parallel()
        .mapToObj(from -> new ChunkRange(from, Math.min(size(), from + CHUNK)))
        .forEach(range -> write(warehouse, id, range));
    new Catalogue(warehouse)
        .write(
            id,
            new SweepRecord(
                name,
                "name: " + name + "\ngrid: {depth: [1, 2]} # <b>not markup</b>\n",
                name + ".yaml",
                digest,
                TrialId.sha256("data"),
                "1438 rows, 64 features, 10 classes",
                1438L,
                size(),
                "0.1.0",
                "4.1.0",
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:10:00Z"));
    return id;
  }

  private void write(Warehouse warehouse, String id, ChunkRange range) {
    try {
      new Chunks(warehouse)
          .write(
              id, range, LongStream.range(range.from(), range.to()).mapToObj(this::trial).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One trial. */
  public TrialRecord trial(long index) {
    Map<Hyperparameter, Object> given = new EnumMap<>(Hyperparameter.class);
    fixed.forEach((h, text) -> given.put(h, h.parse(text)));
    int replicate = (int) (index % replicates);
    long rest = index / replicates;
    for (int a = axes.size() - 1; a >= 0; a--) {
      List<String> values = axes.get(a).getValue();
      Hyperparameter h = axes.get(a).getKey();
      given.put(h, h.parse(values.get((int) (rest % values.size()))));
      rest /= values.size();
    }
    Configuration c = Configuration.of(given);
    Trial trial = new Trial(index, c, replicate);
    TrialId id =
        new TrialContext(
                seed, TrialId.sha256("data"), ExaminationSpec.DEFAULT, "1", VerdictRule.VERSION)
            .id(c, replicate);
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + index);
    return new SampleFate(details, reasonSuffix).of(id, trial, random);
  }
}

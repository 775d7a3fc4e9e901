package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.EXAMINED_ROWS;
import static org.saddlemap.verdict.Measure.SUBSAMPLED;

import java.util.Optional;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trajectory;
import org.saddlemap.verdict.VerdictRule;

/**
 * From a trained network to evidence and verdict. It measures what the rule asks for, and no more:
 * cheapest probes first, each taken only as far as the decision needs (docs/verdict.md).
 */
public final class Examiner {
  private final ExaminationSpec spec;
  private final VerdictRule rule;

  public Examiner(ExaminationSpec spec) {
    this.spec = spec;
    this.rule = new VerdictRule(spec.thresholds());
  }

  /** Examines on a surface of all training rows. */
  public Examination examine(
      LossSurface surface, Trajectory trajectory, Interruption interruption) {
    Start start = Start.of(surface, surface, trajectory.initial());
    Meter meter = new Meter(interruption, spec.ceiling(surface.parameters(), 1));
    return examine(surface, Optional.empty(), 1, start, trajectory, meter);
  }

  /** Examines on the rows that were chosen, and rechecks on all rows where they are a subset. */
  public Examination examine(
      ExaminedSurfaces surfaces, Trajectory trajectory, Interruption interruption) {
    Start start = Start.of(surfaces, trajectory.initial());
    return examine(surfaces, start, trajectory, interruption);
  }

  /**
   * Examines as the method without {@code start} does, which looks at the initial weights itself.
   *
   * @param start of the trajectory's initial weights
   */
  public Examination examine(
      ExaminedSurfaces surfaces, Start start, Trajectory trajectory, Interruption interruption) {
    surfaces.forget();
    int rows = surfaces.examined().rows();
    Meter meter = new Meter(interruption, spec.ceiling(surfaces.examined().parameters(), rows));
    Examination examination =
        examine(
            surfaces.examined(),
            surfaces.full().map(s -> s),
            surfaces.full().map(s -> (double) s.rows() / rows).orElse(1.0),
            start,
            trajectory,
            meter);
    return new Examination(
        examination.evidence().toBuilder()
            .put(EXAMINED_ROWS, rows)
            .put(SUBSAMPLED, surfaces.subsampled())
            .build(),
        examination.verdict(),
        examination.judged(),
        examination.layers());
  }

  private Examination examine(
      LossSurface examined,
      Optional<LossSurface> full,
      double fullCost,
      Start start,
      Trajectory trajectory,
      Meter meter) {
    LossSurface watched = meter.watch(examined, 1);
    Optional<LossSurface> all = full.map(f -> meter.watch(f, fullCost));
    Overview overview = new Overview(watched, all.orElse(watched), start, trajectory);
    try (Session session = new Session(spec, rule, meter, watched, all, overview, trajectory)) {
      return session.run();
    }
  }
}

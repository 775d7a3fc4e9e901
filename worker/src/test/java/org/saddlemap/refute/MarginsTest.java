package org.saddlemap.refute;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.verdict.Verdict;

/**
 * A sample of what docs/verdict.md shows of margins ({@code scripts/margins}): under other seeds of
 * the examination, categories hold where the margin is no knife edge; on half of the rows, too,
 * they change less often where it is large.
 */
@Tag("slow")
@Tag("truth")
class MarginsTest {
  private static final long SEED = 5;
  private static final int TRIALS = 120;

  /** Of judgements off the knife edge; some more than what the whole campaign shows. */
  private static final double MOST = 0.02;

  private static final double FAR = 1;

  @Test
  void largeMarginsHold() {
    BlasRuntime.start();
    Map<String, List<Judged>> judgements = new HashMap<>();
    try (Judge judge = new Judge(new DataLibrary(Path.of("..")))) {
      for (int i = 0; i < TRIALS; i++) {
        Subject s = new RandomSubjects(SEED).at(i);
        Kept kept = judge.train(s);
        List<Judged> judged = new ArrayList<>();
        judged.add(judge.examine(Judged.Way.FIRST, s, kept));
        judged.addAll(judge.again(s, kept));
        judgements.put(s.name(), judged);
      }
    }
    Margins margins = new Margins(judgements);
    String found = "seed %d%n%s%s".formatted(SEED, margins.changes(0), margins.tables());
    System.out.println(found);
    Set<Judged.Way> seeds = Set.of(Judged.Way.SEED);
    Margins.Count off = margins.count(seeds, m -> m >= Verdict.KNIFE_EDGE);
    assertThat(off.trials()).as(found).isGreaterThan(TRIALS / 2);
    assertThat(off.share()).as(found).isLessThanOrEqualTo(MOST);
    Set<Judged.Way> both = Set.of(Judged.Way.SEED, Judged.Way.ROWS);
    Margins.Count edge = margins.count(both, m -> m < Verdict.KNIFE_EDGE);
    Margins.Count far = margins.count(both, m -> m >= FAR);
    assertThat(edge.changed()).as(found).isPositive();
    assertThat(far.anew()).as(found).isPositive();
    assertThat(far.share()).as(found).isLessThan(edge.share());
  }
}

package org.saddlemap.refute;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.saddlemap.spec.CsvSource;

/**
 * A sample of the campaign that docs/verdict.md shows ({@code scripts/refute}): of each category no
 * more verdicts are refuted than it may have, as far as a sample of this size can tell.
 */
@Tag("slow")
@Tag("truth")
class RefuterTest {
  private static final long SEED = 11;
  private static final int RANDOM = 150;
  private static final int LAYERED = 60;

  /** The largest share of refuted verdicts. */
  private static final Map<String, Double> MOST =
      Map.of(
          "optimum", 0.01, "saddle", 0.03, "plateau", 0.03, "diverged", 0.05, "descending", 0.05);

  @Test
  void verdictsAreSeldomRefuted() {
    seldomRefuted(
        campaign -> {
          List<Subject> subjects = new ArrayList<>();
          List<Subject> programs = campaign.programs();
          for (int i = 0; i < programs.size(); i += 4) {
            subjects.add(programs.get(i));
          }
          for (int i = 0; i < RANDOM; i++) {
            subjects.add(campaign.random(i));
          }
          return subjects;
        });
  }

  @Test
  void verdictsOfBlocksAndNormalizedLayersAreToo() {
    seldomRefuted(
        campaign -> IntStream.range(0, LAYERED).mapToObj(i -> campaign.layered(i)).toList());
  }

  @Test
  void theCampaignFindsItsData() {
    Path root = Path.of("..");
    try (Campaign campaign = new Campaign(root, SEED, 1, a -> {})) {
      List<Subject> listed = campaign.listed();
      assertThat(listed).hasSizeGreaterThan(700);
      for (Subject subject : listed) {
        if (subject.data().source() instanceof CsvSource csv
            && !csv.path().startsWith(DataLibrary.GENERATED)) {
          assertThat(root.resolve(csv.path())).as(subject.name()).exists();
        }
      }
    }
  }

  private static void seldomRefuted(Function<Campaign, List<Subject>> draw) {
    try (Campaign campaign = new Campaign(Path.of(".."), SEED, 1, a -> {})) {
      Report report = new Report(campaign.run(draw.apply(campaign)));
      System.out.println(report.tables());
      MOST.forEach(
          (category, most) -> {
            Report.Count count = report.count(category);
            assertThat(count.trials()).as(category).isPositive();
            assertThat(Wilson.of(count.refuted(), count.trials()).from())
                .as("seed %d, %s%n%s%s", SEED, category, report.refuted(), report.tables())
                .isLessThanOrEqualTo(most);
          });
    }
  }
}

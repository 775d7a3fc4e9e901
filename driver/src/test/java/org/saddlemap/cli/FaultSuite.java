package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The long form of a {@link FaultCampaign}, which writes docs/reliability.md: {@code main KILLS
 * MINUTES SEED REPORT TARGET SPECULATION}, called by {@code scripts/fault-suite}.
 */
final class FaultSuite {
  /**
   * 2,184 trials, in many more chunks than a compaction leaves alone. The widest need more memory
   * than there is, and fail before they train a step: 168.
   */
  private static final String LONG_SPEC =
      """
      name: faults
      data: {synthetic: {problem: xor, rows: 200, features: 2, classes: 2, noise: 0.1}, holdout: 0.2}
      network: {activation: tanh, loss: cross_entropy}
      train: {optimizer: sgd, max_steps: 100}
      limits: {trial_megabytes: 64}
      examine: {rows: 64, ceiling: 300}
      grid:
        depth: [1, 2]
        initializer: [zeros, normal(0.01), xavier_uniform, he_normal]
        learning_rate: [0.01, 0.03, 0.1, 0.3, 1.0, 3.0]
        batch_size: [16, full]
        clipping: [none, norm(1.0), value(0.5)]
        width: [8, 60000]
      exclude:
        - where: {width: 60000, depth: 1}
        - where: {width: 60000, batch_size: 16}
        - where: {width: 60000, clipping: [norm(1.0), value(0.5)]}
      replicates: 7
      seed: 7
      """;

  /** Of one sweep's compaction. */
  private static final int MOST_INTERRUPTIONS = 6;

  /** Kills of a warehouse, of all kinds: with more, another is begun. */
  private static final int KILLS_A_WAREHOUSE = 75;

  /** In which sweeps of a campaign Spark speculates. */
  private enum Speculation {
    OFF,
    ON,
    ALTERNATE;

    boolean of(int sweep) {
      return this == ON || (this == ALTERNATE && sweep % 2 == 0);
    }
  }

  private FaultSuite() {}

  /** The same sweep with more replicates, under another name. */
  private static String moreReplicates(String spec, int replicates, int more) {
    return spec.replaceFirst("name: .*", "name: more")
        .replace("replicates: " + replicates + "\n", "replicates: " + more + "\n");
  }

  /** The long form. */
  public static void main(String[] args) throws IOException {
    int wanted = Integer.parseInt(args[0]);
    double minutes = Double.parseDouble(args[1]);
    long seed = Long.parseLong(args[2]);
    Path report = Path.of(args[3]);
    Path target = Path.of(args[4]);
    Speculation speculation = Speculation.valueOf(args[5].toUpperCase(Locale.ROOT));
    Path folder = Files.createTempDirectory("saddlemap-faults");
    Path spec = Files.writeString(folder.resolve("faults.yaml"), LONG_SPEC);
    Path more = Files.writeString(folder.resolve("more.yaml"), moreReplicates(LONG_SPEC, 7, 10));
    long started = System.nanoTime();
    long deadline = started + (long) (minutes * 60e9);
    PrintStream log = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    log.println("Logs and warehouses are in " + folder);
    List<String> lines = new ArrayList<>();
    boolean clean = true;
    long trials = 0;
    try (LoopbackCluster cluster = new LoopbackCluster(target, folder.resolve("cluster"), 2)) {
      FaultCampaign campaign = new FaultCampaign(cluster, spec, folder, seed, log);
      campaign.undisturbed("undisturbed");
      campaign.undisturbed(more, "undisturbed-more");
      clean = campaign.verify("undisturbed") == 0 && campaign.verify("undisturbed-more") == 0;
      log.printf(
          Locale.ROOT, "The undisturbed runs took %.0f s.%n", (System.nanoTime() - started) / 1e9);
      long lost = 0;
      long doubled = 0;
      long differing = 0;
      int interrupted = 0;
      int committed = 0;
      int sweeps = 0;
      int warehouses = Math.max(2, (wanted + KILLS_A_WAREHOUSE - 1) / KILLS_A_WAREHOUSE);
      do {
        String name = "disturbed-" + ++sweeps;
        boolean speculative = speculation.of(sweeps);
        int before = campaign.kills();
        int runsBefore = campaign.runs();
        // Equal shares of the kills and of the time, at least one warehouse of each kind, and in
        // each at least one kill while rows are taken over, and one while trials are tried again.
        int share = Math.min(wanted - before, (wanted + warehouses - 1) / warehouses);
        long end =
            sweeps < warehouses ? started + (deadline - started) * sweeps / warehouses : deadline;
        Compactions compactions =
            campaign.disturbed(
                name,
                speculative,
                before + share * 6 / 10,
                Math.max(3, Math.min(MOST_INTERRUPTIONS, share / 4)),
                end);
        RowsCompared first = campaign.compare("undisturbed", name);
        Compactions others =
            campaign.takingOver(
                more,
                name,
                speculative,
                Math.max(before + share * 8 / 10, campaign.kills() + 1),
                3,
                end);
        campaign.retried(name, speculative, Math.max(before + share, campaign.kills() + 1), end);
        int verified = Math.max(campaign.verify(name, "faults"), campaign.verify(name, "more"));
        RowsCompared c =
            campaign
                .compare("undisturbed", name)
                .plus(campaign.compare(more, "undisturbed-more", name));
        clean &= verified == 0 && first.clean() && c.clean();
        clean &= compactions.happened() && compactions.clean() && others.clean();
        compactions.add(others);
        interrupted += compactions.interrupted();
        committed += compactions.committed();
        trials += c.planned();
        lost += c.lost();
        doubled += c.doubled();
        differing += c.differing();
        lines.add(
            String.format(
                Locale.ROOT,
                "| %d | %s | %d | %d | %d | %d | %d | %d | %d | %d → %d | %d | %s |",
                sweeps,
                speculative ? "on" : "off",
                campaign.kills() - before,
                campaign.runs() - runsBefore,
                c.planned(),
                c.lost(),
                c.doubled(),
                c.differing(),
                verified,
                compactions.filesBefore(),
                compactions.filesAfter(),
                compactions.interrupted(),
                compactions.codes()));
        log.println(lines.get(lines.size() - 1));
        Files.writeString(
            report,
            text(
                campaign,
                seed,
                wanted,
                minutes,
                speculation,
                trials,
                lost,
                doubled,
                differing,
                interrupted,
                committed,
                lines,
                (System.nanoTime() - started) / 60e9));
      } while (campaign.kills() < wanted && System.nanoTime() < deadline);
    }
    log.println(clean ? "All is well." : "Something is amiss.");
    System.exit(clean ? 0 : 1);
  }

  private static String text(
      FaultCampaign campaign,
      long seed,
      int wanted,
      double minutes,
      Speculation speculation,
      long trials,
      long lost,
      long doubled,
      long differing,
      int interrupted,
      int committed,
      List<String> lines,
      double took) {
    StringBuilder kinds = new StringBuilder();
    campaign
        .killsByTarget()
        .forEach((k, n) -> kinds.append("| ").append(k).append(" | " + n + " |\n"));
    return String.format(
        Locale.ROOT,
        """
        # Reliability

        *Written by `scripts/fault-suite`; do not edit. To repeat it: `./scripts/fault-suite %d %.0f %d %s`
        (kills, minutes, seed, Spark's speculation in every other sweep, in none, or in all).*

        A Spark master and two workers of one core ran two sweeps of small networks on loopback, into an empty warehouse
        each time, while processes were killed (SIGKILL) at random, seeded moments: while the first sweep was trained; while
        the second, which has more replicates of the same trials, took the rows of the first over and trained the rest; and
        while the first sweep's failed trials were tried again (`--retry failed`) and put in the place of their old rows.
        Where the driver died, or ended with an error, the same `run` was started again until it said that the sweep is
        complete and its many small files were compacted to few. Those compactions were killed too: the driver, or all
        executors, at random, seeded moments after one had begun, and the driver at the moment of its commit; after each of
        these, `verify` was called before anything else was started (where executors had died, beside the run that went on).
        In the end `verify` checked both sweeps once more, and every row was held against runs that nobody disturbed, each
        in a warehouse of its own: all columns but times and the machine's name.

        | | |
        |---|---|
        | kills | %d |
        | trials | %d |
        | lost | %d |
        | doubled | %d |
        | differing losses (or any other result) | %d |
        | compactions interrupted | %d |
        | of these after their commit | %d |
        | runs started | %d |
        | minutes | %.1f |

        | killed | times |
        |---|---|
        %s
        | warehouse | speculation | kills | runs | trials | lost | doubled | differing | `verify` exit code | files a table | compactions interrupted | `verify` after these |
        |---|---|---|---|---|---|---|---|---|---|---|---|
        %s

        "Files a table" are those that the first sweep's compaction found and those that it left.
        """,
        wanted,
        minutes,
        seed,
        speculation.name().toLowerCase(Locale.ROOT),
        campaign.kills(),
        trials,
        lost,
        doubled,
        differing,
        interrupted,
        committed,
        campaign.runs(),
        took,
        kinds,
        String.join("\n", lines));
  }
}

package org.saddlemap.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.analysis.ReadRetry;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.analysis.SweepModel;
import org.saddlemap.record.RuleRecord;
import org.saddlemap.record.Tables;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap analyse}: what drives a sweep's verdicts, as tables beside it. */
@Command(
    name = "analyse",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Fits models to a sweep's verdicts, and prints the rules that they come to.",
      "Writes the tables importance and rules, which 'sql' can ask."
    },
    footer = {
      "",
      "Example:",
      "  saddlemap analyse quickstart",
      "  saddlemap sql \"SELECT * FROM importance WHERE other IS NULL ORDER BY target, importance DESC\""
    })
public final class AnalyseCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "SWEEP",
      description = "A sweep's id, name, or spec file (default: the latest).")
  private String reference;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the split and the models (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private WarehouseOption warehouse;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = WarehouseOption.hadoop();
    Warehouse tables = warehouse.open();
    StoredSweep sweep = SweepArgument.find(tables, Optional.ofNullable(reference), hadoop);
    tables.requireWritable();
    SparkSession spark = Spark.session();
    SweepModel.Result result =
        ReadRetry.onMissingFiles(
            () -> model(new SqlSession(spark, tables, Set.of(sweep.id())), sweep));
    new Catalogue(tables).writeDerived(Tables.IMPORTANCE, sweep.id(), result.importance());
    new Catalogue(tables).writeDerived(Tables.RULES, sweep.id(), result.rules());
    print(result.rules());
    spec.commandLine()
        .getErr()
        .printf(
            "saddlemap: wrote %d rows of importance and %d rules of %s%n",
            result.importance().size(), result.rules().size(), sweep.id());
    return Saddlemap.OK;
  }

  private SweepModel.Result model(SqlSession session, StoredSweep sweep) {
    Dataset<Row> trials = session.table(Tables.TRIALS);
    if (trials.isEmpty()) {
      throw new InvalidInput(
          "The sweep %s has no finished trials yet; 'saddlemap run' makes some"
              .formatted(sweep.id()));
    }
    return SweepModel.of(trials, seed);
  }

  private void print(List<RuleRecord> rules) {
    for (RuleRecord rule : rules) {
      spec.commandLine()
          .getOut()
          .println(
              String.format(
                  Locale.ROOT,
                  "%s → %s, %.0f %% of %,d trials",
                  rule.condition(),
                  rule.category(),
                  100 * rule.precision(),
                  rule.trials()));
    }
    spec.commandLine().getOut().flush();
  }
}

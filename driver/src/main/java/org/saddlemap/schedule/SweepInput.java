package org.saddlemap.schedule;

import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.data.Dataset;
import org.saddlemap.load.DataLoader;
import org.saddlemap.load.SpecFile;
import org.saddlemap.plan.CostModel;
import org.saddlemap.plan.Repetitions;
import org.saddlemap.plan.Speed;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.run.Engine;
import org.saddlemap.spec.DataRequirements;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.EffectiveSpec;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.SweepId;
import org.saddlemap.verdict.VerdictRule;

/**
 * All that the user gives for a sweep, read and found valid: nothing is left that could be wrong
 * with it.
 *
 * @param path of the spec, as it was given
 * @param spec on the data's rows
 * @param digest of all that the sweep's results depend on
 * @param repetitions what of the spec as it was given only repeats other points
 */
public record SweepInput(
    String path,
    SweepSpec spec,
    String effectiveSpec,
    Dataset data,
    String digest,
    Repetitions repetitions) {
  /**
   * Reads a spec and loads its data.
   *
   * @param spark asked only for formats that Spark reads
   * @throws InvalidInput where either is wrong
   */
  public static SweepInput read(String path, Configuration hadoop, Supplier<SparkSession> spark) {
    String text = SpecFile.text(path, hadoop);
    SweepSpec spec = SpecReader.read(text, path);
    Dataset data = data(spec.data(), text, path, path, hadoop, spark);
    int rows = data.train().rows();
    DataRequirements.require(text, path, spec.space(), rows, data.classes());
    SweepSpec on = spec.on(rows);
    return new SweepInput(
        path,
        on,
        EffectiveSpec.yaml(on),
        data,
        SweepPlan.digest(
            on, data.fingerprint(), Engine.version(spec.arithmetic()), VerdictRule.VERSION),
        Repetitions.of(spec.space(), on.space(), rows));
  }

  /**
   * The data of a stored sweep, looked for where its spec was.
   *
   * @param place its data section, or the same with the paths where the files are now
   * @throws InvalidInput where they are not there any more
   */
  public static Dataset data(
      StoredSweep sweep, DataSpec place, Configuration hadoop, Supplier<SparkSession> spark) {
    return data(
        place, sweep.record().spec(), sweep.specName(), sweep.record().specPath(), hadoop, spark);
  }

  /**
   * How the trials of a stored sweep are predicted. Loads its data, whose size is part of the
   * costs.
   *
   * @throws InvalidInput where they are not there any more
   */
  public static CostModel costs(
      StoredSweep sweep, Speed speed, Configuration hadoop, Supplier<SparkSession> spark) {
    SweepSpec spec = sweep.spec();
    return CostModel.of(data(sweep, spec.data(), hadoop, spark), spec, speed);
  }

  /** Errors of the data name the spec and the key that lead to them. */
  private static Dataset data(
      DataSpec data,
      String text,
      String name,
      String path,
      Configuration hadoop,
      Supplier<SparkSession> spark) {
    try {
      return DataLoader.load(data, path, hadoop, spark);
    } catch (InvalidInput e) {
      throw SpecReader.dataError(text, name, e);
    }
  }

  /** The id of the sweep in a warehouse. */
  public String id() {
    return SweepId.of(spec.name(), digest);
  }
}

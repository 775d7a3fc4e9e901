package org.saddlemap.record;

import static org.saddlemap.record.Column.optional;
import static org.saddlemap.record.Column.required;
import static org.saddlemap.space.ValueType.LONG;
import static org.saddlemap.space.ValueType.STRING;

import java.util.List;

/** A sweep, column by column. */
final class SweepColumns {
  static final List<Column<SweepRecord>> ALL =
      List.of(
          required("name", STRING, "name in the spec", SweepRecord::name),
          required("spec", STRING, "effective spec in YAML, defaults filled in", SweepRecord::spec),
          required("spec_path", STRING, "spec file as it was given", SweepRecord::specPath),
          required(
              "plan_digest",
              STRING,
              "SHA-256 over everything that the sweep's trials and their results depend on",
              SweepRecord::planDigest),
          required(
              "data_fingerprint",
              STRING,
              "SHA-256 of the prepared data",
              SweepRecord::dataFingerprint),
          required(
              "data_summary",
              STRING,
              "rows, features and classes in words",
              SweepRecord::dataSummary),
          optional(
              "training_rows",
              LONG,
              "rows",
              "rows that are trained on; NULL before schema version 3",
              SweepRecord::trainingRows),
          required(
              "planned_trials", LONG, "trials", "trials of the plan", SweepRecord::plannedTrials),
          required("version", STRING, "version of Saddlemap", SweepRecord::version),
          required("spark_version", STRING, "version of Spark", SweepRecord::sparkVersion),
          required("started", STRING, "ISO 8601", "first start, UTC", SweepRecord::started),
          optional(
              "finished",
              STRING,
              "ISO 8601",
              "completion, UTC; NULL while incomplete",
              SweepRecord::finished),
          optional(
              "tags",
              STRING,
              "given with run --tag: words and key=value, in order, between them a comma and a blank",
              SweepRecord::tags),
          optional("note", STRING, "given with run --note", SweepRecord::note),
          required(
              "schema_version",
              LONG,
              "version of the tables' schema",
              r -> (long) Tables.SCHEMA_VERSION));

  private SweepColumns() {}
}

package org.saddlemap.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.attribute.NumericAttribute;
import org.apache.spark.ml.classification.DecisionTreeClassificationModel;
import org.apache.spark.ml.classification.DecisionTreeClassifier;
import org.apache.spark.ml.classification.RandomForestClassificationModel;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.RandomForestRegressor;
import org.apache.spark.ml.tree.CategoricalSplit;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.Node;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.saddlemap.record.ImportanceRecord;
import org.saddlemap.record.RuleRecord;
import org.saddlemap.verdict.Category;

/**
 * Models of one sweep's results by its hyperparameters: random forests for how much each
 * hyperparameter matters, and a shallow decision tree for plain rules. A fixed part of the
 * configurations (with all their replicates) is held out; importance is the fall of the held-out
 * quality when a hyperparameter's values are shuffled (Breiman 2001), and is only given where the
 * model is better than chance.
 *
 * <p>At most {@value #MAX_TRAINED} trials are fitted and {@value #MAX_HELD_OUT} shuffled, a seeded
 * sample where there are more.
 */
public final class SweepModel {
  private static final int MAX_TRAINED = 20_000;
  private static final int MAX_HELD_OUT = 5_000;
  private static final int TREES = 30;
  private static final int FOREST_DEPTH = 8;
  private static final int RULE_DEPTH = 4;
  private static final int MAX_RULES = 12;
  private static final int MIN_RULE_TRIALS = 5;
  private static final double MIN_PRECISION = 0.6;

  /** Trials of the smaller class, in each part, below which nothing is fitted. */
  private static final int MIN_CLASS = 5;

  private static final String FEATURES = "features";
  private static final String LABEL = "label";
  private static final String HELD_OUT = "is_held_out";

  private final Dataset<Row> judged;
  private final List<SweptAxis> axes;
  private final long seed;
  private final Dataset<Row> trained;

  /** Of the trained, how many are of each category. */
  private final Map<String, Long> categories;

  private final List<Row> heldOut;

  private SweepModel(
      Dataset<Row> judged,
      List<SweptAxis> axes,
      long seed,
      Dataset<Row> trained,
      Map<String, Long> categories,
      List<Row> heldOut) {
    this.judged = judged;
    this.axes = axes;
    this.seed = seed;
    this.trained = trained;
    this.categories = categories;
    this.heldOut = heldOut;
  }

  /** What came out. */
  public record Result(List<ImportanceRecord> importance, List<RuleRecord> rules) {
    public Result {
      importance = List.copyOf(importance);
      rules = List.copyOf(rules);
    }
  }

  /**
   * Fits everything; a few seconds of Spark jobs.
   *
   * @param trials of one sweep, all columns
   */
  public static Result of(Dataset<Row> trials, long seed) {
    List<SweptAxis> axes = SweptAxis.of(trials);
    if (axes.isEmpty()) {
      return new Result(List.of(), List.of());
    }
    Dataset<Row> judged =
        encoded(trials.where(functions.col("category").isNotNull()), axes, seed)
            .persist(StorageLevel.DISK_ONLY());
    try {
      Dataset<Row> seen = judged.where(functions.not(functions.col(HELD_OUT)));
      Dataset<Row> unseen = judged.where(functions.col(HELD_OUT));
      // In one order, since forests draw their samples by it: the same trials give the same model
      // whatever files they stand in.
      Dataset<Row> trained =
          thinned(seen, MAX_TRAINED).repartition(1).sortWithinPartitions("trial_id").cache();
      List<Row> heldOut =
          thinned(unseen, MAX_HELD_OUT)
              .select(FEATURES, "category", "final_loss")
              .orderBy("trial_id")
              .collectAsList();
      try {
        SweepModel model =
            new SweepModel(judged, axes, seed, trained, categories(trained), heldOut);
        // Beside each other: each is many small jobs, which leave cores idle.
        CompletableFuture<List<RuleRecord>> rules = CompletableFuture.supplyAsync(model::rules);
        return new Result(model.importance(), rules.join());
      } finally {
        trained.unpersist();
      }
    } finally {
      judged.unpersist();
    }
  }

  private static Map<String, Long> categories(Dataset<Row> trained) {
    return trained.groupBy("category").count().collectAsList().stream()
        .collect(Collectors.toMap(row -> row.getString(0), row -> row.getLong(1)));
  }

  private static Dataset<Row> encoded(Dataset<Row> trials, List<SweptAxis> axes, long seed) {
    List<Column> columns =
        new ArrayList<>(
            List.of(
                functions.col("trial_id"),
                functions.col("category"),
                functions.col("final_loss"),
                // Whole configurations are held out: their replicates would give them away.
                functions
                    .pmod(
                        functions.xxhash64(functions.col("configuration"), functions.lit(seed)),
                        functions.lit(10))
                    .lt(3)
                    .as(HELD_OUT)));
    for (SweptAxis axis : axes) {
      Column index = axis.index().cast("double");
      columns.add(
          axis.ordered()
              ? index.as(
                  axis.key(), NumericAttribute.defaultAttr().withName(axis.key()).toMetadata())
              : index.as(
                  axis.key(),
                  NominalAttribute.defaultAttr()
                      .withName(axis.key())
                      .withNumValues(axis.values().size())
                      .toMetadata()));
    }
    return new VectorAssembler()
        .setInputCols(axes.stream().map(SweptAxis::key).toArray(String[]::new))
        .setOutputCol(FEATURES)
        .transform(trials.select(columns.toArray(Column[]::new)));
  }

  /** About that many rows at most, chosen by their ids. */
  private static Dataset<Row> thinned(Dataset<Row> rows, long most) {
    long count = rows.count();
    if (count <= most) {
      return rows;
    }
    return rows.where(
        functions
            .pmod(functions.xxhash64(functions.col("trial_id")), functions.lit(1_000_000L))
            .lt(1_000_000L * most / count));
  }

  private int bins() {
    return Math.max(32, axes.stream().mapToInt(a -> a.values().size()).max().orElse(0));
  }

  private List<ImportanceRecord> importance() {
    return Stream.<Supplier<List<ImportanceRecord>>>of(
            () -> classified(Category.DIVERGED),
            () -> classified(Category.PLATEAU),
            () -> classified(Category.SADDLE),
            this::loss)
        .parallel()
        .flatMap(target -> target.get().stream())
        .toList();
  }

  private List<ImportanceRecord> classified(Category target) {
    long positive = categories.getOrDefault(target.text(), 0L);
    long count = categories.values().stream().mapToLong(Long::longValue).sum();
    boolean[] truth = new boolean[heldOut.size()];
    Vector[] features = new Vector[heldOut.size()];
    int heldOutPositive = 0;
    for (int i = 0; i < truth.length; i++) {
      truth[i] = target.text().equals(heldOut.get(i).getString(1));
      features[i] = heldOut.get(i).getAs(0);
      heldOutPositive += truth[i] ? 1 : 0;
    }
    int negative = truth.length - heldOutPositive;
    if (Math.min(Math.min(positive, count - positive), Math.min(heldOutPositive, negative))
        < MIN_CLASS) {
      return List.of();
    }
    RandomForestClassificationModel forest =
        new RandomForestClassifier()
            .setNumTrees(TREES)
            .setMaxDepth(FOREST_DEPTH)
            .setMaxBins(bins())
            .setSeed(seed)
            .fit(labelled(functions.col("category").equalTo(target.text()).cast("double"), 2));
    // Two standard deviations above what a ranking at random gets (Mann and Whitney 1947).
    double chance = 0.5 + 2 * Math.sqrt((truth.length + 1.0) / (12.0 * heldOutPositive * negative));
    return permuted(
        target.text(),
        "auc",
        features,
        x -> forest.predictProbability(x).apply(1),
        scores -> Quality.auc(scores, truth),
        chance,
        count);
  }

  /** Features and a label; that says how many classes it has, so that nobody counts them. */
  private Dataset<Row> labelled(Column label, int classes) {
    return trained
        .withColumn(LABEL, label)
        .select(FEATURES, LABEL)
        .withMetadata(
            LABEL,
            NominalAttribute.defaultAttr().withName(LABEL).withNumValues(classes).toMetadata());
  }

  private List<ImportanceRecord> loss() {
    Column log =
        functions.log10(functions.greatest(functions.col("final_loss"), functions.lit(1e-12)));
    Dataset<Row> labelled =
        trained.where(functions.col("final_loss").isNotNull()).withColumn(LABEL, log);
    long count = labelled.count();
    List<Row> rows = heldOut.stream().filter(r -> !r.isNullAt(2)).toList();
    double[] truth =
        rows.stream().mapToDouble(r -> Math.log10(Math.max(r.getDouble(2), 1e-12))).toArray();
    if (Math.min(count, truth.length) < 4 * MIN_CLASS
        || Arrays.stream(truth).distinct().count() < 2) {
      return List.of();
    }
    Vector[] features = rows.stream().map(r -> r.<Vector>getAs(0)).toArray(Vector[]::new);
    var forest =
        new RandomForestRegressor()
            .setNumTrees(TREES)
            .setMaxDepth(FOREST_DEPTH)
            .setMaxBins(bins())
            .setSeed(seed)
            .fit(labelled.select(FEATURES, LABEL));
    return permuted(
        "loss",
        "r2",
        features,
        forest::predict,
        predicted -> Quality.r2(predicted, truth),
        2 / Math.sqrt(truth.length),
        count);
  }

  private List<ImportanceRecord> permuted(
      String target,
      String measure,
      Vector[] features,
      ToDoubleFunction<Vector> model,
      ToDoubleFunction<double[]> score,
      double chance,
      long trainedRows) {
    double quality = score.applyAsDouble(Arrays.stream(features).mapToDouble(model).toArray());
    boolean better = quality > chance;
    // Few rows are shuffled several times, to the same work as many rows once.
    int repeats = Math.max(1, Math.min(10, MAX_HELD_OUT / 2 / features.length));
    SplittableRandom random = new SplittableRandom(seed);
    double[] alone = new double[axes.size()];
    List<ImportanceRecord> records = new ArrayList<>();
    for (int a = 0; a < axes.size(); a++) {
      if (better) {
        alone[a] = quality - shuffled(features, model, score, random, repeats, a);
      }
      records.add(
          new ImportanceRecord(
              target,
              axes.get(a).key(),
              Optional.empty(),
              better ? OptionalDouble.of(alone[a]) : OptionalDouble.empty(),
              OptionalDouble.empty(),
              measure,
              quality,
              chance,
              trainedRows,
              features.length));
    }
    for (int a = 0; better && a < axes.size(); a++) {
      for (int b = a + 1; b < axes.size(); b++) {
        double joint = quality - shuffled(features, model, score, random, repeats, a, b);
        records.add(
            new ImportanceRecord(
                target,
                axes.get(a).key(),
                Optional.of(axes.get(b).key()),
                OptionalDouble.of(joint),
                OptionalDouble.of(alone[a] + alone[b] - joint),
                measure,
                quality,
                chance,
                trainedRows,
                features.length));
      }
    }
    return records;
  }

  /** Mean quality with those features' values shuffled, each on its own. */
  private static double shuffled(
      Vector[] features,
      ToDoubleFunction<Vector> model,
      ToDoubleFunction<double[]> score,
      SplittableRandom random,
      int repeats,
      int... which) {
    double sum = 0;
    for (int repeat = 0; repeat < repeats; repeat++) {
      double[][] rows =
          Arrays.stream(features)
              .map(Vector::toArray)
              .map(double[]::clone)
              .toArray(double[][]::new);
      for (int feature : which) {
        for (int i = rows.length - 1; i > 0; i--) {
          int j = random.nextInt(i + 1);
          double value = rows[i][feature];
          rows[i][feature] = rows[j][feature];
          rows[j][feature] = value;
        }
      }
      sum +=
          score.applyAsDouble(
              Arrays.stream(rows)
                  .mapToDouble(r -> model.applyAsDouble(Vectors.dense(r)))
                  .toArray());
    }
    return sum / repeats;
  }

  private List<RuleRecord> rules() {
    List<String> names = Arrays.stream(Category.values()).map(Category::text).toList();
    Column label =
        functions
            .array_position(
                functions.array(names.stream().map(functions::lit).toArray(Column[]::new)),
                functions.col("category"))
            .minus(1)
            .cast("double");
    if (categories.values().stream().mapToLong(Long::longValue).sum() < 4 * MIN_CLASS
        || categories.size() < 2) {
      return List.of();
    }
    DecisionTreeClassificationModel tree =
        new DecisionTreeClassifier()
            .setMaxDepth(RULE_DEPTH)
            .setMaxBins(bins())
            .setMinInstancesPerNode(MIN_RULE_TRIALS)
            .setSeed(seed)
            .fit(labelled(label, names.size()));
    List<Leaf> leaves = new ArrayList<>();
    List<BitSet> everything =
        axes.stream()
            .map(
                a -> {
                  BitSet all = new BitSet();
                  all.set(0, a.values().size());
                  return all;
                })
            .toList();
    collect(tree.rootNode(), everything, leaves);
    return counted(leaves, names);
  }

  /** The values that each axis may take, and what is predicted there. */
  private record Leaf(List<BitSet> allowed, int prediction) {}

  private static void collect(Node node, List<BitSet> allowed, List<Leaf> leaves) {
    if (!(node instanceof InternalNode inner)) {
      leaves.add(new Leaf(allowed, (int) node.prediction()));
      return;
    }
    int feature = inner.split().featureIndex();
    BitSet left = new BitSet();
    if (inner.split() instanceof ContinuousSplit split) {
      left.set(0, Math.max(0, (int) Math.floor(split.threshold()) + 1));
    } else if (inner.split() instanceof CategoricalSplit split) {
      for (double value : split.leftCategories()) {
        left.set((int) value);
      }
    }
    collect(inner.leftChild(), narrowed(allowed, feature, left, true), leaves);
    collect(inner.rightChild(), narrowed(allowed, feature, left, false), leaves);
  }

  private static List<BitSet> narrowed(
      List<BitSet> allowed, int feature, BitSet values, boolean inside) {
    BitSet narrow = (BitSet) allowed.get(feature).clone();
    if (inside) {
      narrow.and(values);
    } else {
      narrow.andNot(values);
    }
    List<BitSet> result = new ArrayList<>(allowed);
    result.set(feature, narrow);
    return result;
  }

  /** Counts all judged trials of each leaf in one pass. */
  private List<RuleRecord> counted(List<Leaf> leaves, List<String> categories) {
    Map<String, String> rules = new LinkedHashMap<>();
    List<Column> counts = new ArrayList<>();
    for (Leaf leaf : leaves) {
      String condition = condition(leaf);
      if (condition.isEmpty()) {
        continue;
      }
      String category = categories.get(leaf.prediction());
      rules.put(condition, category);
      Column meets = meets(leaf);
      Column right = meets.and(functions.col("category").equalTo(category));
      Column unseen = functions.col(HELD_OUT);
      for (Column of : List.of(meets, right, meets.and(unseen), right.and(unseen))) {
        counts.add(functions.count_if(of));
      }
    }
    if (counts.isEmpty()) {
      return List.of();
    }
    Row row =
        judged.agg(counts.get(0), counts.subList(1, counts.size()).toArray(Column[]::new)).first();
    List<RuleRecord> found = new ArrayList<>();
    int at = 0;
    for (Map.Entry<String, String> rule : rules.entrySet()) {
      long trials = row.getLong(at);
      long right = row.getLong(at + 1);
      long unseen = row.getLong(at + 2);
      long unseenRight = row.getLong(at + 3);
      at += 4;
      double precision = right / (double) trials;
      if (trials >= MIN_RULE_TRIALS && precision >= MIN_PRECISION) {
        found.add(
            new RuleRecord(
                0,
                rule.getKey(),
                rule.getValue(),
                trials,
                precision,
                unseen,
                unseen == 0 ? Double.NaN : unseenRight / (double) unseen));
      }
    }
    found.sort(
        Comparator.comparingDouble((RuleRecord r) -> -r.trials() * r.precision())
            .thenComparing(RuleRecord::condition));
    List<RuleRecord> placed = new ArrayList<>();
    for (RuleRecord r : found.subList(0, Math.min(MAX_RULES, found.size()))) {
      placed.add(
          new RuleRecord(
              placed.size() + 1,
              r.condition(),
              r.category(),
              r.trials(),
              r.precision(),
              r.heldOutTrials(),
              r.heldOutPrecision()));
    }
    return placed;
  }

  private Column meets(Leaf leaf) {
    Column meets = functions.lit(true);
    for (int a = 0; a < axes.size(); a++) {
      BitSet allowed = leaf.allowed().get(a);
      if (allowed.cardinality() < axes.get(a).values().size()) {
        meets =
            meets.and(
                functions
                    .col(axes.get(a).key())
                    .isin(allowed.stream().mapToObj(v -> (Object) (double) v).toArray()));
      }
    }
    return meets;
  }

  /** The leaf as SQL on the columns of {@code trials}; empty where it is everything. */
  private String condition(Leaf leaf) {
    List<String> tests = new ArrayList<>();
    for (int a = 0; a < axes.size(); a++) {
      SweptAxis axis = axes.get(a);
      BitSet allowed = leaf.allowed().get(a);
      if (allowed.cardinality() < axis.values().size()) {
        tests.add(axis.test(allowed));
      }
    }
    return String.join(" AND ", tests);
  }
}

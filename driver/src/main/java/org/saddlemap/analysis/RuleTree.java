package org.saddlemap.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.classification.DecisionTreeClassificationModel;
import org.apache.spark.ml.classification.DecisionTreeClassifier;
import org.apache.spark.ml.tree.CategoricalSplit;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.Node;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.saddlemap.record.RuleRecord;
import org.saddlemap.verdict.Category;

/** Plain rules for where descents end: the leaves of a shallow decision tree, as SQL. */
final class RuleTree {
  private static final int DEPTH = 4;
  private static final int MAX_RULES = 12;
  private static final int MIN_RULE_TRIALS = 5;
  private static final double MIN_PRECISION = 0.6;

  private final SweepFeatures sweep;
  private final List<SweptAxis> axes;

  RuleTree(SweepFeatures sweep) {
    this.sweep = sweep;
    this.axes = sweep.axes();
  }

  /** The rules that hold for enough trials, those with the most right ones first. */
  List<RuleRecord> rules() {
    List<String> names = Arrays.stream(Category.values()).map(Category::text).toList();
    Column label =
        functions
            .array_position(
                functions.array(names.stream().map(functions::lit).toArray(Column[]::new)),
                functions.col("category"))
            .minus(1)
            .cast("double");
    if (sweep.trainedRows() < 4 * SweepModel.MIN_CLASS || sweep.categories().size() < 2) {
      return List.of();
    }
    DecisionTreeClassificationModel tree =
        new DecisionTreeClassifier()
            .setMaxDepth(DEPTH)
            .setMaxBins(sweep.bins())
            .setMinInstancesPerNode(MIN_RULE_TRIALS)
            .setSeed(sweep.seed())
            .fit(sweep.labelled(label, names.size()));
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
      Column unseen = functions.col(SweepFeatures.HELD_OUT);
      for (Column of : List.of(meets, right, meets.and(unseen), right.and(unseen))) {
        counts.add(functions.count_if(of));
      }
    }
    if (counts.isEmpty()) {
      return List.of();
    }
    Row row =
        sweep
            .judged()
            .agg(counts.get(0), counts.subList(1, counts.size()).toArray(Column[]::new))
            .first();
    List<RuleRecord> found = new ArrayList<>();
    int at = 0;
    for (Map.Entry<String, String> rule : rules.entrySet()) {
      long trials = row.getLong(at);
      long right = row.getLong(at + 1);
      long unseen = row.getLong(at + 2);
      long unseenRight = row.getLong(at + 3);
      at += 4;
      double precision = right / (double) trials;
      // A rule that unseen configurations refute is none.
      boolean refuted = unseen > 0 && unseenRight < MIN_PRECISION * unseen;
      if (trials >= MIN_RULE_TRIALS && precision >= MIN_PRECISION && !refuted) {
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

  /** The leaf's test in SQL on the columns of {@code trials}; empty where all trials pass it. */
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

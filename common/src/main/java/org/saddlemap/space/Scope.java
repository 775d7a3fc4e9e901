package org.saddlemap.space;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Where a hyperparameter has a meaning: at these values of another one, declared before it, that
 * applies everywhere.
 *
 * @param sql the same in SQL, behind the column's name
 * @param words the same, such as {@code momentum and nesterov}
 */
record Scope(Supplier<Hyperparameter> governor, Predicate<Object> holds, String sql, String words) {
  static Scope ofHiddenLayers() {
    return new Scope(() -> Hyperparameter.DEPTH, v -> !v.equals(0L), "NOT IN (0)", "hidden layers");
  }

  static Scope ofSeveralHiddenLayers() {
    return new Scope(
        () -> Hyperparameter.DEPTH,
        v -> (Long) v > 1,
        "NOT IN (0, 1)",
        "two hidden layers and more");
  }

  static Scope ofMiniBatches() {
    return new Scope(
        () -> Hyperparameter.BATCH_SIZE,
        v -> !v.equals(new BatchSize.Full()),
        "NOT IN ('full')",
        "mini-batches");
  }

  static Scope of(OptimizerKind... kinds) {
    return at(
        () -> Hyperparameter.OPTIMIZER,
        Set.of(kinds),
        Arrays.stream(kinds)
            .map(OptimizerKind::text)
            .sorted()
            .collect(joining(", "))
            .replaceFirst(", ([^,]*)$", " and $1"));
  }

  static Scope of(String... initializers) {
    return at(
        () -> Hyperparameter.INITIALIZER,
        Arrays.stream(initializers).map(Initializer::parse).collect(toSet()),
        String.join(" and ", initializers));
  }

  static Scope ofPlainBiases() {
    return new Scope(
        () -> Hyperparameter.INITIALIZER,
        v -> !((Initializer) v).ownBiases(),
        "NOT LIKE 'scaled_normal(%' AND initializer <> 'torch_default'",
        "initializers but scaled_normal and torch_default");
  }

  private static Scope at(Supplier<Hyperparameter> governor, Set<?> values, String words) {
    return new Scope(governor, values::contains, "IN " + listed(values), words);
  }

  private static String listed(Set<?> values) {
    return values.stream()
        .map(v -> v instanceof Number ? Hyperparameter.text(v) : "'" + Hyperparameter.text(v) + "'")
        .sorted()
        .collect(joining(", ", "(", ")"));
  }
}

package org.saddlemap.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.saddlemap.plan.IndexSet;
import org.saddlemap.spec.InvalidInput;

/** Finds a trial in a warehouse by the first digits of its id. */
public final class TrialSearch {
  private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{6,64}");
  private static final int ID_DIGITS = 64;

  private final Warehouse warehouse;
  private final TrialReader reader;

  public TrialSearch(Warehouse warehouse) {
    this.warehouse = warehouse;
    this.reader = new TrialReader(warehouse);
  }

  /**
   * The trial whose id starts with these digits. Reads two columns of every chunk; for a whole id,
   * only what Bloom filters do not rule out. A trial that is in several sweeps is taken from the
   * first of them.
   *
   * @param sweepIds where to look, in this order
   * @param prefix at least 6 hexadecimal digits
   * @throws InvalidInput where there is no such trial, or more than one
   */
  public StoredTrial find(List<String> sweepIds, String prefix) throws IOException {
    String wanted = prefix.strip().toLowerCase(Locale.ROOT);
    if (!PREFIX.matcher(wanted).matches()) {
      throw new InvalidInput(
          "'%s' is no trial: give 6 to 64 hexadecimal digits of its trial_id".formatted(prefix));
    }
    // Bloom filters know whole ids, and a whole id is that of one trial, in whatever sweeps it is.
    boolean whole = wanted.length() == ID_DIGITS;
    FilterCompat.Filter filter =
        whole ? RowReader.having(TrialReader.ID, wanted) : FilterCompat.NOOP;
    Map<String, StoredTrial> found = new LinkedHashMap<>();
    for (String sweepId : sweepIds) {
      Map<String, Long> there = new TreeMap<>();
      reader.forEach(
          sweepId,
          Set.of(TrialReader.INDEX, TrialReader.ID),
          filter,
          (chunk, row) -> {
            if (row.text(TrialReader.ID).startsWith(wanted)) {
              there.put(row.text(TrialReader.ID), row.whole(TrialReader.INDEX));
            }
          });
      there.keySet().removeAll(found.keySet());
      IndexSet numbers = new IndexSet();
      there.values().forEach(numbers::add);
      if (!there.isEmpty()) {
        reader.forEach(
            sweepId,
            Set.of(),
            RowReader.having(TrialReader.INDEX, numbers),
            (chunk, row) -> {
              if (there.containsKey(row.text(TrialReader.ID))) {
                found.put(row.text(TrialReader.ID), new StoredTrial(sweepId, chunk, row));
              }
            });
      }
      if (whole && !found.isEmpty()) {
        break;
      }
    }
    if (found.isEmpty()) {
      throw new InvalidInput(
          "There is no trial whose id starts with %s in %s"
              .formatted(
                  wanted,
                  sweepIds.isEmpty()
                      ? "the warehouse " + warehouse.location()
                      : "the sweep" + (sweepIds.size() == 1 ? " " : "s ") + some(sweepIds)));
    }
    if (found.size() > 1) {
      throw new InvalidInput(
          "%d trials start with %s: %s; give more digits"
              .formatted(found.size(), wanted, some(found.keySet())));
    }
    return found.values().iterator().next();
  }

  private static String some(Iterable<String> names) {
    List<String> all = new ArrayList<>();
    names.forEach(all::add);
    int shown = Math.min(10, all.size());
    return String.join(", ", all.subList(0, shown))
        + (all.size() > shown ? ", and " + (all.size() - shown) + " more" : "");
  }
}

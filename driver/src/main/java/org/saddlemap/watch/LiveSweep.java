package org.saddlemap.watch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.RowOutcome;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.RunState;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be seen of a sweep now, whoever runs it: by the files of its chunks, each read once,
 * and by the heartbeat of its run. Reads, and writes nothing. Costs nothing while nobody asks.
 *
 * <p>Kept are a byte for each trial that has a row, some hundred bytes for each chunk, and the
 * counts of a few maps.
 */
public final class LiveSweep {
  private static final Logger LOG = LoggerFactory.getLogger(LiveSweep.class);

  /** How often the folder is listed at most, in nanoseconds. */
  private static final long LIST_EVERY = 500_000_000L;

  /** Listing a very large folder takes at most this part of one core's time. */
  private static final int LIST_SHARE = 50;

  /** And yet a chunk is seen so soon, in nanoseconds. */
  private static final long LIST_AT_LEAST_EVERY = 1_400_000_000L;

  /** For so long files are read before the caller gets an answer, in nanoseconds. */
  private static final long READ_FOR = 400_000_000L;

  /** How often a file that cannot be read is tried: it may only have gone away. */
  private static final int ATTEMPTS = 3;

  private static final int MAX_MAPS = 4;
  private static final int MAX_LISTED = 60;

  private final Warehouse warehouse;
  private final String id;
  private final SweepPlan plan;
  private final long planned;
  private final Places places;
  private final LongSupplier nanoTime;
  private final Chunks chunks;
  private final TrialReader reader;

  /** Chunks that are listed, and what was read of them. */
  private final SortedMap<ChunkRange, Known> known = new TreeMap<>();

  private final TreeSet<ChunkRange> unread = new TreeSet<>();
  private final Endings endings = new Endings();
  private final long[] outcomes = new long[RowOutcome.ALL.size()];
  private long onKnifeEdge;
  private long version;

  /** The maps that were asked for last. */
  private final Map<MapChoice, MapCounts> maps =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<MapChoice, MapCounts> eldest) {
          return size() > MAX_MAPS;
        }
      };

  private boolean listed;
  private long listAgain;
  private String heartbeat = "";
  private long heartbeatAt;

  /**
   * @param file that was listed
   * @param failures how often it could not be read
   */
  private record Known(Chunks.Stamp file, int failures) {}

  /**
   * @param spec on its data's rows
   */
  public LiveSweep(Warehouse warehouse, String id, SweepSpec spec) {
    this(warehouse, id, spec, System::nanoTime);
  }

  LiveSweep(Warehouse warehouse, String id, SweepSpec spec, LongSupplier nanoTime) {
    this.warehouse = warehouse;
    this.id = id;
    this.plan = new SweepPlan(spec);
    this.planned = plan.planned();
    this.places = new Places(plan);
    this.nanoTime = nanoTime;
    this.chunks = new Chunks(warehouse);
    this.reader = new TrialReader(warehouse);
  }

  /**
   * The sweep in numbers.
   *
   * @param outcomes trials by outcome, in the order of {@link RowOutcome#ALL}
   * @param onKnifeEdge of all of them
   * @param unread chunks that are there and were not read yet
   * @param unreadable chunks whose file cannot be read
   * @param version changes with every chunk that is read or gone
   */
  record Numbers(
      long planned,
      List<Long> outcomes,
      long onKnifeEdge,
      long unread,
      long unreadable,
      long version) {
    long done() {
      return outcomes.stream().mapToLong(n -> n).sum();
    }
  }

  /**
   * What the run's lock says.
   *
   * @param state empty where no run has ever had the sweep
   * @param quietSeconds since its heartbeat was last seen to change, by this process's own clock
   */
  record Run(Optional<RunState> state, double quietSeconds) {}

  /**
   * A trial of a cell.
   *
   * @param at its places on the axes in which trials of the cell may differ
   */
  record Listed(long index, byte ending, List<Integer> at) {}

  /** Its id in the warehouse. */
  String id() {
    return id;
  }

  Places places() {
    return places;
  }

  long replicates() {
    return plan.replicates();
  }

  /**
   * Looks which chunks have come, changed or gone, and reads what is new of them, for a moment.
   *
   * @throws IOException where the warehouse cannot be read
   */
  synchronized Numbers refresh() throws IOException {
    long now = nanoTime.getAsLong();
    if (!listed || now - listAgain >= 0) {
      list();
      long took = nanoTime.getAsLong() - now;
      listed = true;
      listAgain = now + Math.max(LIST_EVERY, Math.min(LIST_AT_LEAST_EVERY, LIST_SHARE * took));
    }
    do {
      ChunkRange next = unread.pollFirst();
      if (next == null) {
        break;
      }
      read(next);
    } while (nanoTime.getAsLong() - now < READ_FOR);
    List<Long> counts = new ArrayList<>();
    for (long n : outcomes) {
      counts.add(n);
    }
    long broken = known.values().stream().filter(k -> k.failures() >= ATTEMPTS).count();
    return new Numbers(planned, counts, onKnifeEdge, unread.size(), broken, version);
  }

  private void list() throws IOException {
    SortedMap<ChunkRange, Chunks.Stamp> there = chunks.stamps(id);
    List<ChunkRange> gone =
        known.keySet().stream().filter(range -> !there.containsKey(range)).toList();
    known.keySet().removeAll(gone);
    unread.removeIf(range -> !there.containsKey(range));
    there.forEach(
        (range, file) -> {
          Known before = known.get(range);
          boolean same = before != null && before.file().equals(file);
          if (!same) {
            known.put(range, new Known(file, 0));
          }
          boolean again = same && before.failures() > 0 && before.failures() < ATTEMPTS;
          if (!same || again) {
            unread.add(range);
          }
        });
    if (!gone.isEmpty()) {
      version++;
      // Chunks that were merged into larger ones stay; those that went to quarantine go.
      Coverage now = Coverage.of(there.keySet());
      gone.stream().flatMap(range -> now.missing(range).stream()).forEach(this::forget);
    }
  }

  private void read(ChunkRange chunk) {
    version++;
    long[] next = {chunk.from()};
    try {
      reader.outcomes(
          id,
          chunk,
          (index, outcome, margin) -> {
            if (index > next[0]) {
              forget(new ChunkRange(next[0], index));
            }
            next[0] = index + 1;
            set(index, Ending.of(outcome, margin));
          });
      if (next[0] < chunk.to()) {
        forget(new ChunkRange(next[0], chunk.to()));
      }
    } catch (IOException e) {
      Known now = known.get(chunk);
      known.put(chunk, new Known(now.file(), now.failures() + 1));
      LOG.info("Cannot read the chunk {} of {}", chunk, id, e);
    }
  }

  /** These numbers have no row. */
  private void forget(ChunkRange range) {
    endings.forEach(
        range,
        (index, ending) -> {
          set(index, Ending.NONE);
          return true;
        });
  }

  private void set(long index, byte ending) {
    byte before = endings.set(index, ending);
    if (before != ending) {
      count(before, -1);
      count(ending, 1);
      maps.values().forEach(map -> map.change(index, before, ending, version));
    }
  }

  private void count(byte ending, int by) {
    if (ending != Ending.NONE) {
      outcomes[Ending.outcome(ending)] += by;
      onKnifeEdge += Ending.isOnKnifeEdge(ending) ? by : 0;
    }
  }

  /** What the run says, and since when it says nothing. */
  synchronized Run run() throws IOException {
    Optional<RunState> state = RunState.of(warehouse, id);
    long now = nanoTime.getAsLong();
    String beat = state.map(RunState::heartbeat).orElse("");
    if (!beat.equals(heartbeat)) {
      heartbeat = beat;
      heartbeatAt = now;
    }
    return new Run(state, (now - heartbeatAt) / 1e9);
  }

  /** The cells of a map that changed after a version. */
  synchronized MapCounts.Change cells(MapChoice choice, long since) {
    return map(choice).since(since);
  }

  private MapCounts map(MapChoice choice) {
    MapCounts map = maps.get(choice);
    if (map == null) {
      MapCounts counted = new MapCounts(places, choice, version);
      endings.forEach(
          (index, ending) -> {
            counted.change(index, Ending.NONE, ending, version);
            return true;
          });
      maps.put(choice, counted);
      map = counted;
    }
    return map;
  }

  /** How many trials a cell of a map has. */
  synchronized long trials(MapChoice choice, int cell) {
    return map(choice).trials(cell);
  }

  /** The first {@value #MAX_LISTED} trials of a cell, in the order of the plan. */
  synchronized List<Listed> list(MapChoice choice, int cell) {
    List<Integer> dividing = choice.dividing();
    List<Listed> trials = new ArrayList<>();
    endings.forEach(
        (index, ending) -> {
          if (choice.cell(places, index) == cell) {
            trials.add(
                new Listed(
                    index, ending, dividing.stream().map(a -> places.place(a, index)).toList()));
          }
          return trials.size() < MAX_LISTED;
        });
    return trials;
  }

  /**
   * A trial, from the chunk that holds it now.
   *
   * @param index any number
   * @throws IOException where its chunk cannot be read
   */
  Optional<StoredTrial> trial(long index) throws IOException {
    for (ChunkRange chunk : chunks.stamps(id).keySet()) {
      if (chunk.contains(index)) {
        Optional<StoredTrial> found = reader.trial(id, chunk, index);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  TrialReader reader() {
    return reader;
  }
}

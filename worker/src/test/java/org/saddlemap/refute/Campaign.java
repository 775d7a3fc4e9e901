package org.saddlemap.refute;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.verdict.Category;

/** Many trials, each an attempt to refute its verdict, on a few threads. */
final class Campaign implements AutoCloseable {
  /** A whole campaign's trials; a smaller one is thinned alike everywhere. */
  static final int WHOLE = 1500;

  /** Trials of each category that a whole campaign shall have at least. */
  private static final int OF_EACH = 100;

  /** Draws of the random source in a round, when some category is still short of trials. */
  private static final int ROUND = 40;

  private final DataLibrary library;
  private final Path root;
  private final long seed;
  private final ExecutorService threads;
  private final ThreadLocal<Refuter> refuters;
  private final Consumer<Attempt> watcher;

  /**
   * @param root the project's
   * @param watcher is told of every attempt that is done
   */
  Campaign(Path root, long seed, int threads, Consumer<Attempt> watcher) {
    BlasRuntime.start();
    this.root = root;
    this.seed = seed;
    this.library = new DataLibrary(root);
    this.threads = Executors.newFixedThreadPool(threads);
    this.refuters = ThreadLocal.withInitial(() -> new Refuter(library));
    this.watcher = watcher;
  }

  /** The whole campaign, or so many trials of it: those that are listed, then random ones. */
  List<Attempt> whole(int trials) {
    List<Subject> listed = listed();
    int every = Math.max(1, WHOLE / trials);
    List<Subject> some =
        IntStream.range(0, listed.size())
            .filter(i -> i % every == 0)
            .mapToObj(listed::get)
            .toList();
    return fill(run(some), trials, Math.min(OF_EACH, OF_EACH * trials / WHOLE));
  }

  /** The quickstart, a seeded sample of the studies, and the small programs. */
  List<Subject> listed() {
    List<Subject> all = new ArrayList<>();
    all.addAll(of("conf/quickstart.yaml", 320));
    all.addAll(of("conf/studies/chapter.yaml", 140));
    all.addAll(of("conf/studies/chapter-small.yaml", 160));
    all.addAll(of("conf/studies/chapter-noise.yaml", 60));
    all.addAll(of("conf/studies/tiny-million.yaml", 40));
    all.addAll(programs());
    return all;
  }

  private List<Subject> of(String spec, int most) {
    return SpecSubjects.of(SpecSubjects.read(root.resolve(spec)), most, seed);
  }

  /** The small programs' trials. */
  List<Subject> programs() {
    try (InputStream in = Campaign.class.getResourceAsStream("programs.yaml")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return SpecSubjects.readAll(text).stream()
          .flatMap(spec -> SpecSubjects.of(spec, 1000, seed).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The trials of the specs below a folder, at most so many of each. */
  List<Subject> extra(Path folder, int most) {
    List<Subject> all = new ArrayList<>();
    for (SweepSpec spec : SpecSubjects.below(folder)) {
      all.addAll(SpecSubjects.of(spec, most, seed));
    }
    return all;
  }

  Subject random(long index) {
    return new RandomSubjects(seed).at(index);
  }

  /** One of the family with residual blocks, normalization, dropout, and layers that differ. */
  Subject layered(long index) {
    return new LayeredSubjects(seed).at(index);
  }

  /** Random trials until there are so many in all, and enough of each category. */
  private List<Attempt> fill(List<Attempt> before, int trials, int ofEach) {
    List<Attempt> all = new ArrayList<>(before);
    long next = 0;
    while (claims(all) < trials) {
      long count = Math.min(1000, trials - claims(all));
      all.addAll(run(LongStream.range(next, next + count).mapToObj(this::random).toList()));
      next += count;
    }
    for (int round = 0; round < 40; round++) {
      List<Category> wanted = wanted(all, ofEach);
      if (wanted.isEmpty()) {
        break;
      }
      List<Subject> subjects = new ArrayList<>();
      for (; subjects.size() < ROUND; next++) {
        long index = next;
        if (wanted.stream().anyMatch(c -> RandomSubjects.tendsTo(index, c))) {
          subjects.add(random(index));
        }
      }
      all.addAll(run(subjects));
    }
    return all;
  }

  private static long claims(List<Attempt> attempts) {
    return attempts.stream().filter(Attempt::claims).count();
  }

  private static List<Category> wanted(List<Attempt> attempts, int ofEach) {
    Map<Category, Integer> counts = new EnumMap<>(Category.class);
    for (Attempt a : attempts) {
      if (a.claims()) {
        counts.merge(a.verdict().category().orElseThrow(), 1, Integer::sum);
      }
    }
    return List.of(Category.values()).stream()
        .filter(c -> counts.getOrDefault(c, 0) < ofEach)
        .toList();
  }

  /** Attempts on all of them, in their order. */
  List<Attempt> run(List<Subject> subjects) {
    List<Future<Attempt>> futures = new ArrayList<>();
    for (Subject s : subjects) {
      Callable<Attempt> work =
          () -> {
            Attempt attempt = refuters.get().attempt(s);
            watcher.accept(attempt);
            return attempt;
          };
      futures.add(threads.submit(work));
    }
    List<Attempt> attempts = new ArrayList<>();
    try {
      for (Future<Attempt> f : futures) {
        attempts.add(f.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      futures.forEach(f -> f.cancel(true));
    }
    return attempts;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}

package org.saddlemap.refute;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.verdict.Verdict;

/**
 * What margins are worth, from the command line: {@code scripts/margins}. The process that it
 * starts as judges trials, anew with other seeds and rows, and then starts itself once more for
 * each other BLAS kernel.
 */
final class MarginsCommand {
  /** So many trials are what docs/verdict.md shows. */
  private static final int WHOLE = 400;

  private final Path folder;
  private final Command command;
  private final int threads;
  private final long seed;

  private MarginsCommand(String[] arguments) {
    this.command = new Command(arguments);
    this.threads = command.option("--threads").map(Integer::parseInt).orElse(2);
    this.seed = command.option("--seed").map(Long::parseLong).orElse(1L);
    this.folder = Command.root().resolve("worker/target/margins");
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    new MarginsCommand(arguments).run();
  }

  private void run() throws IOException, InterruptedException {
    List<Subject> subjects = subjects();
    if (command.option("--judge-to").isPresent()) {
      Kept.writeAll(
          Path.of(command.option("--judge-to").get()), each(subjects, this::underThisKernel));
      return;
    }
    Files.createDirectories(folder);
    clear();
    Map<String, List<Judged>> all = each(subjects, this::firstAndAnew);
    Kept.writeAll(folder.resolve("first.judged"), all);
    List<String> kernels = new ArrayList<>();
    String own = BlasRuntime.start().kernel();
    for (String kernel :
        command.option("--kernels").orElse("Haswell,SkylakeX,Prescott").split(",", -1)) {
      if (!kernel.equalsIgnoreCase(own)) {
        Path file = folder.resolve(kernel + ".judged");
        start(kernel, file);
        Kept.readAll(file).forEach((name, judged) -> all.get(name).addAll(judged));
        kernels.add(kernel);
      }
    }
    Margins margins = new Margins(all);
    System.out.println(margins.changes(Verdict.KNIFE_EDGE));
    String text = text(margins, own, kernels);
    System.out.println(text);
    if (command.option("--only").isPresent()) {
      all.forEach((name, judged) -> judged.forEach(j -> System.out.println(name + " " + j)));
    } else if (subjects.size() >= WHOLE) {
      Command.write("margins", text);
    }
  }

  /** A sample of the quickstart, and random ones for the rest. */
  private List<Subject> subjects() {
    if (command.option("--only").isPresent()) {
      return only(List.of(command.option("--only").get().split(",")));
    }
    int trials = command.option("--trials").map(Integer::parseInt).orElse(480);
    int quickstart = command.option("--quickstart").map(Integer::parseInt).orElse(trials / 6);
    List<Subject> subjects =
        new ArrayList<>(
            SpecSubjects.of(
                SpecSubjects.read(Command.root().resolve("conf/quickstart.yaml")),
                quickstart,
                seed));
    for (long i = 0; subjects.size() < trials; i++) {
      subjects.add(new RandomSubjects(seed).at(i));
    }
    return subjects;
  }

  /** Names such as {@code random:12,quickstart:3}. */
  private List<Subject> only(List<String> names) {
    List<Subject> subjects = new ArrayList<>();
    for (Subject s :
        SpecSubjects.of(
            SpecSubjects.read(Command.root().resolve("conf/quickstart.yaml")), 320, seed)) {
      if (names.contains(s.name())) {
        subjects.add(s);
      }
    }
    for (String name : names) {
      if (name.startsWith("random:")) {
        subjects.add(new RandomSubjects(seed).at(Long.parseLong(name.substring(7))));
      }
    }
    return subjects;
  }

  private List<Judged> firstAndAnew(Judge judge, Subject s) {
    Kept kept = judge.train(s);
    kept.write(file(s));
    List<Judged> judged = new ArrayList<>();
    judged.add(judge.examine(Judged.Way.FIRST, s, kept));
    judged.addAll(judge.again(s, kept));
    return judged;
  }

  /** Of the weights that were kept, and of such as were trained under the same kernel. */
  private List<Judged> underThisKernel(Judge judge, Subject s) {
    return List.of(
        judge.examine(Judged.Way.KERNEL, s, Kept.read(file(s))),
        judge.examine(Judged.Way.TRAINED, s, judge.train(s)));
  }

  private Path file(Subject s) {
    return folder.resolve(s.source() + "-" + s.index() + ".kept");
  }

  private Map<String, List<Judged>> each(
      List<Subject> subjects, BiFunction<Judge, Subject, List<Judged>> work) {
    BlasRuntime blas = BlasRuntime.start();
    if (command.option("--judge-to").isPresent()
        && !blas.kernel().equalsIgnoreCase(System.getenv("OPENBLAS_CORETYPE"))) {
      throw new IllegalStateException("OpenBLAS took the kernel " + blas.kernel());
    }
    DataLibrary library = new DataLibrary(Command.root());
    ThreadLocal<Judge> judges = ThreadLocal.withInitial(() -> new Judge(library));
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    Map<String, List<Judged>> judged = new ConcurrentHashMap<>();
    AtomicInteger done = new AtomicInteger();
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (Subject s : subjects) {
        futures.add(
            pool.submit(
                () -> {
                  judged.put(s.name(), new ArrayList<>(work.apply(judges.get(), s)));
                  if (done.incrementAndGet() % 50 == 0) {
                    System.err.println(blas.kernel() + ": " + done + " trials");
                  }
                }));
      }
      for (Future<?> f : futures) {
        f.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      pool.shutdownNow();
    }
    return judged;
  }

  /** This command once more, with the same trials, under another kernel. */
  private void start(String kernel, Path file) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(ProcessHandle.current().info().command().orElse("java"));
    line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.add(MarginsCommand.class.getName());
    line.addAll(command.arguments());
    line.addAll(List.of("--judge-to", file.toString()));
    ProcessBuilder builder = new ProcessBuilder(line).inheritIO();
    builder.environment().put("OPENBLAS_CORETYPE", kernel);
    int status = builder.start().waitFor();
    if (status != 0) {
      throw new IllegalStateException("Status " + status + " under the kernel " + kernel);
    }
  }

  private void clear() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(folder)) {
          Files.delete(file);
        }
      }
    }
  }

  private String text(Margins margins, String own, List<String> kernels) {
    return """
        `scripts/margins %s` wrote this; first judged under the kernel %s, then under %s.

        %s
        %s"""
        .formatted(
            String.join(" ", command.arguments()),
            own,
            String.join(", ", kernels),
            margins.sentences(),
            margins.tables());
  }
}

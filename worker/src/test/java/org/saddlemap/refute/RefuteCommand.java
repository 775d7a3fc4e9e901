package org.saddlemap.refute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The campaign from the command line: {@code scripts/refute}. */
final class RefuteCommand {
  /** A campaign of so many trials is what docs/verdict.md shows. */
  private static final int WHOLE = 1500;

  private static final String BEGIN = "<!-- refuter:begin -->";
  private static final String END = "<!-- refuter:end -->";
  private static final int OF_AN_EXTRA_SPEC = 40;

  private final Path root = Path.of(System.getProperty("refute.root", "."));
  private final List<String> arguments;

  private RefuteCommand(String[] arguments) {
    this.arguments = List.of(arguments);
  }

  public static void main(String[] arguments) throws IOException {
    new RefuteCommand(arguments).run();
  }

  private Optional<String> option(String name) {
    int at = arguments.indexOf(name);
    if (at < 0) {
      return Optional.empty();
    }
    if (at + 1 == arguments.size()) {
      throw new IllegalArgumentException(name + " needs a value");
    }
    return Optional.of(arguments.get(at + 1));
  }

  private void run() throws IOException {
    int trials = option("--trials").map(Integer::parseInt).orElse(WHOLE);
    long seed = option("--seed").map(Long::parseLong).orElse(1L);
    int threads = option("--threads").map(Integer::parseInt).orElse(2);
    Path out = Path.of(option("--out").orElse("worker/target/refuter.csv"));
    AtomicInteger done = new AtomicInteger();
    try (Campaign campaign =
        new Campaign(root, seed, threads, a -> progress(done.incrementAndGet(), a))) {
      List<Attempt> attempts = attempts(campaign, trials);
      Report report = new Report(attempts);
      Files.writeString(out, report.csv());
      System.out.println(report.refuted());
      System.out.println(report.tables());
      System.out.println("All trials: " + out);
      boolean whole =
          List.of("--only", "--extra", "--random").stream().noneMatch(arguments::contains);
      if (whole && trials >= WHOLE) {
        write(report.tables(), trials, seed);
      }
    }
  }

  /**
   * One trial, a folder's, random ones alone, or the whole: the listed ones, then random ones up to
   * the number.
   */
  private List<Attempt> attempts(Campaign campaign, int trials) {
    if (option("--only").isPresent()) {
      return only(campaign, option("--only").get());
    }
    if (option("--extra").isPresent()) {
      return campaign.run(campaign.extra(Path.of(option("--extra").get()), OF_AN_EXTRA_SPEC));
    }
    if (option("--random").isPresent()) {
      List<Subject> subjects = new ArrayList<>();
      for (long i = 0; i < Long.parseLong(option("--random").get()); i++) {
        subjects.add(campaign.random(i));
      }
      return campaign.run(subjects);
    }
    return campaign.fill(campaign.run(campaign.listed()), trials);
  }

  /** Names such as {@code random:12,xor:3}, and all of a source by its name alone. */
  private List<Attempt> only(Campaign campaign, String names) {
    List<Subject> listed = campaign.listed();
    List<Subject> subjects = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      if (name.startsWith("random:")) {
        subjects.add(campaign.random(Long.parseLong(name.substring("random:".length()))));
      } else {
        listed.stream()
            .filter(s -> s.name().equals(name) || s.source().equals(name))
            .forEach(subjects::add);
      }
    }
    return campaign.run(subjects);
  }

  private void progress(int done, Attempt a) {
    if (option("--only").isPresent() || arguments.contains("--verbose")) {
      System.err.println(done + " " + a);
    } else if (done % 50 == 0) {
      System.err.println(done + " trials");
    }
  }

  private void write(String tables, int trials, long seed) throws IOException {
    Path file = root.resolve("docs/verdict.md");
    String text = Files.readString(file);
    int from = text.indexOf(BEGIN);
    int to = text.indexOf(END);
    if (from < 0 || to < from) {
      System.err.println(file + " has no place for the tables: " + BEGIN + " … " + END);
      return;
    }
    Files.writeString(
        file,
        text.substring(0, from + BEGIN.length())
            + "\n`scripts/refute --trials %d --seed %d` wrote these tables.\n\n"
                .formatted(trials, seed)
            + tables
            + text.substring(to));
  }
}

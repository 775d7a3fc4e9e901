package org.saddlemap.refute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/** The campaign from the command line: {@code scripts/refute}. */
final class RefuteCommand {
  private static final int OF_AN_EXTRA_SPEC = 40;

  /** Fewer layered trials are a look, and do not change the page. */
  private static final int LAYERED = 300;

  private final Command command;

  private RefuteCommand(String[] arguments) {
    this.command = new Command(arguments);
  }

  public static void main(String[] arguments) throws IOException {
    new RefuteCommand(arguments).run();
  }

  private void run() throws IOException {
    int trials = command.option("--trials").map(Integer::parseInt).orElse(Campaign.WHOLE);
    long seed = command.option("--seed").map(Long::parseLong).orElse(1L);
    int threads = command.option("--threads").map(Integer::parseInt).orElse(2);
    Path out = Path.of(command.option("--out").orElse("worker/target/refuter.csv"));
    AtomicInteger done = new AtomicInteger();
    try (Campaign campaign =
        new Campaign(Command.root(), seed, threads, a -> progress(done.incrementAndGet(), a))) {
      List<Attempt> attempts = attempts(campaign, trials);
      Report report = new Report(attempts);
      Files.writeString(out, report.csv());
      System.out.println(report.refuted());
      System.out.println(report.tables());
      System.out.println("All trials: " + out);
      if (command.has("--layers") && attempts.size() >= LAYERED) {
        Command.write(
            "refuter-layers",
            "`scripts/refute --layers %d --seed %d` wrote these tables.%n%n"
                    .formatted(attempts.size(), seed)
                + report.tables());
      }
      boolean whole =
          List.of("--only", "--extra", "--random", "--layers").stream().noneMatch(command::has);
      if (whole && trials >= Campaign.WHOLE) {
        Command.write(
            "refuter",
            "`scripts/refute --trials %d --seed %d` wrote these tables.%n%n".formatted(trials, seed)
                + report.tables());
      }
    }
  }

  /**
   * One trial, a folder's, random or layered ones alone, or the whole: the listed ones, then random
   * ones up to the number.
   */
  private List<Attempt> attempts(Campaign campaign, int trials) {
    if (command.option("--only").isPresent()) {
      return only(campaign, command.option("--only").get());
    }
    if (command.option("--extra").isPresent()) {
      return campaign.run(
          campaign.extra(Path.of(command.option("--extra").get()), OF_AN_EXTRA_SPEC));
    }
    if (command.option("--random").isPresent()) {
      List<Subject> subjects = new ArrayList<>();
      for (long i = 0; i < Long.parseLong(command.option("--random").get()); i++) {
        subjects.add(campaign.random(i));
      }
      return campaign.run(subjects);
    }
    if (command.option("--layers").isPresent()) {
      return campaign.run(
          LongStream.range(0, Long.parseLong(command.option("--layers").get()))
              .mapToObj(campaign::layered)
              .toList());
    }
    return campaign.whole(trials);
  }

  /** Names such as {@code random:12,xor:3}, and all of a source by its name alone. */
  private List<Attempt> only(Campaign campaign, String names) {
    List<Subject> listed = campaign.listed();
    List<Subject> subjects = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      if (name.startsWith("random:")) {
        subjects.add(campaign.random(Long.parseLong(name.substring("random:".length()))));
      } else if (name.startsWith(LayeredSubjects.SOURCE + ":")) {
        subjects.add(
            campaign.layered(Long.parseLong(name.substring(LayeredSubjects.SOURCE.length() + 1))));
      } else {
        listed.stream()
            .filter(s -> s.name().equals(name) || s.source().equals(name))
            .forEach(subjects::add);
      }
    }
    return campaign.run(subjects);
  }

  private void progress(int done, Attempt a) {
    if (command.option("--only").isPresent() || command.has("--verbose")) {
      System.err.println(done + " " + a);
    } else if (done % 50 == 0) {
      System.err.println(done + " trials");
    }
  }
}

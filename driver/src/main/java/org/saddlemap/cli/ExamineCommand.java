package org.saddlemap.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.saddlemap.data.Dataset;
import org.saddlemap.examine.Case;
import org.saddlemap.examine.CaseJudge;
import org.saddlemap.examine.CaseReader;
import org.saddlemap.examine.Examination;
import org.saddlemap.load.DataLoader;
import org.saddlemap.run.Engine;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.train.Interruption;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Comparison;
import org.saddlemap.verdict.VerdictRule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap examine}: judges networks that are given from outside (docs/examine.md). */
@Command(
    name = "examine",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Judges a network given as JSON: its architecture, data, weights, and perhaps some training first.",
      "docs/examine.md says what the file looks like."
    })
final class ExamineCommand implements Callable<Integer> {
  private static final VerdictRule RULE = new VerdictRule(ExaminationSpec.DEFAULT.thresholds());

  @Parameters(paramLabel = "FILE", description = "JSON with one case, or several under 'cases'.")
  private Path file;

  @Option(names = "--all", description = "Judges all cases of a file with several.")
  private boolean all;

  @Option(names = "--case", paramLabel = "NAME", description = "Judges the one of that name.")
  private String name;

  @Mixin private TextFormatOption format;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Case> cases = chosen(read());
    Engine.start(1);
    CaseJudge judge = new CaseJudge(ExaminationSpec.DEFAULT);
    PrintWriter out = spec.commandLine().getOut();
    List<Map<String, Object>> results = new ArrayList<>();
    int unexpected = 0;
    for (Case c : cases) {
      Examination examination = judged(judge, c);
      boolean agrees =
          c.expected().isEmpty() || c.expected().equals(examination.verdict().category());
      unexpected += agrees ? 0 : 1;
      if (format.isJson()) {
        results.add(json(c, examination));
      } else {
        print(out, c, examination, agrees);
      }
    }
    if (format.isJson()) {
      out.println(Json.text(all ? results : results.get(0)));
    }
    out.flush();
    if (unexpected > 0) {
      spec.commandLine()
          .getErr()
          .printf(
              "saddlemap: %d of %d cases are not what the file expects%n",
              unexpected, cases.size());
    }
    return unexpected == 0 ? Saddlemap.OK : Saddlemap.INCOMPLETE;
  }

  private Examination judged(CaseJudge judge, Case c) {
    try {
      return judge.judge(c, Interruption.NEVER);
    } catch (InvalidInput e) {
      throw new InvalidInput(file + ": " + e.getMessage(), e);
    }
  }

  private List<Case> read() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInput("There is no file '" + file + "' to examine");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new CaseReader(this::data).read(in, file.toString());
    }
  }

  /** The data of a spec's section, which JSON writes and YAML reads. */
  private Dataset data(Map<String, Object> section) {
    try {
      String text = Json.text(Map.of("name", "case", "data", section));
      return DataLoader.load(
          SpecReader.read(text, file.toString()).data(),
          file.toString(),
          WarehouseOption.hadoop(),
          Spark::session);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new InvalidInput(
          file + ": the data section cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  private List<Case> chosen(List<Case> cases) {
    if (name != null) {
      return List.of(
          cases.stream()
              .filter(c -> c.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new InvalidInput(
                          "%s has no case '%s'; it has %s"
                              .formatted(
                                  file,
                                  name,
                                  String.join(", ", cases.stream().map(Case::name).toList())))));
    }
    if (!all && cases.size() != 1) {
      throw new InvalidInput(
          "%s holds %d cases: give --all, or one of them by --case NAME"
              .formatted(file, cases.size()));
    }
    return cases;
  }

  private static Map<String, Object> json(Case c, Examination examination) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("name", c.name());
    DecisionText.putVerdict(out, Optional.of(examination.verdict()));
    out.put("reason", examination.verdict().reason());
    c.expected().ifPresent(expected -> out.put("expected", expected.text()));
    out.put("decided", DecisionText.json(trace(examination)));
    out.put("evidence", Json.evidence(examination.evidence()));
    return out;
  }

  private static void print(PrintWriter out, Case c, Examination examination, boolean agrees) {
    DecisionText.printVerdict(out, c.name() + ": ", examination.verdict(), examination.evidence());
    if (!agrees) {
      out.printf("  expected %s%n", c.expected().map(Category::text).orElse(""));
    }
    DecisionText.printDecided(out, trace(examination));
    out.printf("%nEvidence%n");
    examination
        .evidence()
        .values()
        .forEach(
            (measure, value) ->
                out.printf("  %-28s %s%n", measure.key(), Numbers.text(measure, value)));
    out.println();
  }

  private static List<Comparison> trace(Examination examination) {
    return DecisionText.trace(RULE, examination.evidence());
  }
}

package org.saddlemap.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.saddlemap.analysis.Export;
import org.saddlemap.analysis.RowPrinter;
import org.saddlemap.analysis.SqlEngine;
import org.saddlemap.analysis.Statements;
import org.saddlemap.record.Tables;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap sql}: asks the tables of a warehouse, once or at a prompt. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Asks the tables sweeps, trials, curves and layers in SQL, DuckDB's or Spark's (--engine).",
      "Without a query: a prompt on a terminal, else reads standard input."
    },
    footer = {
      "",
      "Example:",
      "  saddlemap sql \"SELECT depth, category, count(*) FROM trials GROUP BY ALL ORDER BY ALL\""
    })
public final class SqlCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "QUERY",
      description = "Statements, separated by semicolons.")
  private String query;

  @Option(names = "--file", paramLabel = "FILE", description = "Reads them from a file, or - .")
  private String file;

  @Mixin private WarehouseOption warehouse;

  @Mixin private FormatOption output;

  @Mixin private EngineOption engine;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Writes the rows into FILE.parquet, .csv or .json instead.")
  private String out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (query != null && file != null) {
      throw new InvalidInput("Give a query or --file, not both");
    }
    if (query == null && file == null && out == null) {
      Optional<Terminal> terminal = SqlPrompt.terminal();
      if (terminal.isPresent()) {
        try (Terminal open = terminal.get()) {
          new SqlPrompt(session(), output.format(), open).run();
        }
        return Saddlemap.OK;
      }
    }
    // The statements are read and checked before an engine takes its time to start.
    List<String> statements = Statements.split(text()).all();
    if (statements.isEmpty()) {
      throw new InvalidInput("There is no query: the input is empty");
    }
    if (out != null && statements.size() > 1) {
      throw new InvalidInput(
          "--out takes a single query, not " + statements.size() + " statements");
    }
    SqlEngine session = session();
    if (out != null) {
      Export.write(session, statements.get(0), out, WarehouseOption.hadoop());
    } else {
      PrintWriter writer = spec.commandLine().getOut();
      RowPrinter printer = new RowPrinter(output.format(), writer, OptionalInt.empty());
      for (String statement : statements) {
        printer.print(session.run(statement));
      }
    }
    return Saddlemap.OK;
  }

  /**
   * The engine that answers. It is not closed, since others may share it; it ends with the process.
   */
  private SqlEngine session() throws IOException {
    Warehouse tables = warehouse.open();
    if (!tables.hasFolder(Tables.SWEEPS) && !tables.hasFolder(Tables.TRIALS)) {
      spec.commandLine()
          .getErr()
          .println("saddlemap: the warehouse " + tables.location() + " is empty");
    }
    return engine.open(tables);
  }

  private String text() throws IOException {
    if (query != null) {
      return query;
    }
    if (file == null || file.equals("-")) {
      return read(System.in);
    }
    try {
      Path path = Path.of(file);
      if (!Files.isRegularFile(path)) {
        throw new InvalidInput("There is no file '" + file + "'");
      }
      return Files.readString(path);
    } catch (InvalidPathException | java.nio.charset.CharacterCodingException e) {
      throw new InvalidInput(
          "Cannot read '%s' as text in UTF-8: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static String read(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}

package org.saddlemap.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.RowPrinter;
import org.saddlemap.analysis.SqlEngine;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.analysis.Statements;
import org.saddlemap.record.Column;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.spec.InvalidInput;

/** Reads statements on a terminal and prints their answers, until its user leaves. */
final class SqlPrompt {
  private static final List<String> KEYWORDS =
      List.of(
          "SELECT",
          "FROM",
          "WHERE",
          "GROUP BY",
          "GROUP BY ALL",
          "ORDER BY",
          "HAVING",
          "LIMIT",
          "DISTINCT",
          "JOIN",
          "LEFT JOIN",
          "USING",
          "ON",
          "AS",
          "AND",
          "OR",
          "NOT",
          "IN",
          "LIKE",
          "BETWEEN",
          "IS NULL",
          "IS NOT NULL",
          "CASE",
          "WHEN",
          "THEN",
          "ELSE",
          "END",
          "WITH",
          "UNION ALL",
          "DESC",
          "FILTER",
          "OVER",
          "PARTITION BY",
          "PIVOT",
          "DESCRIBE",
          "count",
          "count_if",
          "sum",
          "avg",
          "min",
          "max",
          "median",
          "percentile",
          "max_by",
          "min_by");
  private static final Set<String> LEAVE = Set.of("exit", "quit", "\\q");
  private static final String DELIMITERS = "(),;=<>+-*/%!";

  private final SqlEngine session;
  private final RowPrinter.Format format;
  private final Terminal terminal;

  SqlPrompt(SqlEngine session, RowPrinter.Format format, Terminal terminal) {
    this.session = session;
    this.format = format;
    this.terminal = terminal;
  }

  /** The terminal that a user sits at; empty where input or output is a file or a pipe. */
  static Optional<Terminal> terminal() throws IOException {
    Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build();
    if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
      terminal.close();
      return Optional.empty();
    }
    return Optional.of(terminal);
  }

  void run() throws IOException {
    LineReader reader =
        LineReaderBuilder.builder()
            .appName("saddlemap")
            .terminal(terminal)
            .parser(new UntilSemicolon())
            .completer(new StringsCompleter(words()))
            .option(LineReader.Option.CASE_INSENSITIVE, true)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .variable(LineReader.HISTORY_FILE, history())
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "  -> ")
            .build();
    terminal
        .writer()
        .println("Tables: sweeps, trials, curves, layers. End with ; — leave with exit.");
    while (true) {
      String text;
      try {
        text = reader.readLine("sql> ");
      } catch (UserInterruptException e) {
        continue; // Ctrl-C drops the line
      } catch (EndOfFileException e) {
        return;
      }
      if (LEAVE.contains(text.strip().replaceAll(";$", "").toLowerCase(Locale.ROOT))) {
        return;
      }
      Statements.split(text).all().forEach(this::answer);
    }
  }

  /** Runs one statement and prints its rows or its error. Ctrl-C cancels it. */
  private void answer(String statement) {
    Terminal.SignalHandler before =
        terminal.handle(Terminal.Signal.INT, signal -> session.cancel());
    try {
      QueryResult result = session.run(statement);
      int width = terminal.getWidth();
      long rows =
          new RowPrinter(
                  format,
                  terminal.writer(),
                  width > 0 ? OptionalInt.of(width) : OptionalInt.empty())
              .print(result);
      if (!result.columns().isEmpty()) {
        terminal.writer().println("(" + rows + (rows == 1 ? " row)" : " rows)"));
      }
    } catch (InvalidInput e) {
      terminal.writer().println(e.getMessage());
    } catch (RuntimeException e) {
      // The infrastructure failed, or the user cancelled; the next statement may succeed.
      terminal.writer().println(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    } finally {
      terminal.handle(Terminal.Signal.INT, before);
      terminal.flush();
    }
  }

  private static Set<String> words() {
    Set<String> words = new TreeSet<>(KEYWORDS);
    for (Table<?> table : Tables.ALL) {
      words.add(table.name());
      for (Column<?> column : table.columns()) {
        words.add(column.name());
      }
    }
    words.add(SqlSession.SWEEP);
    return words;
  }

  /** The file of past statements in the user's state folder (XDG base directory specification). */
  private static Path history() throws IOException {
    String state = System.getenv("XDG_STATE_HOME");
    Path folder =
        (state != null && Path.of(state).isAbsolute()
                ? Path.of(state)
                : Path.of(System.getProperty("user.home"), ".local", "state"))
            .resolve("saddlemap");
    Files.createDirectories(folder);
    return folder.resolve("sql_history");
  }

  /** Lets a statement go on over lines until its semicolon. */
  static final class UntilSemicolon extends DefaultParser {
    UntilSemicolon() {
      setEscapeChars(null);
      setQuoteChars(new char[0]);
    }

    @Override
    public boolean isDelimiterChar(CharSequence buffer, int pos) {
      return DELIMITERS.indexOf(buffer.charAt(pos)) >= 0 || super.isDelimiterChar(buffer, pos);
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context == ParseContext.ACCEPT_LINE
          && !LEAVE.contains(line.strip().toLowerCase(Locale.ROOT))
          && !Statements.split(line).rest().isEmpty()) {
        throw new EOFError(-1, cursor, "the statement has not ended", ";");
      }
      return super.parse(line, cursor, context);
    }
  }
}

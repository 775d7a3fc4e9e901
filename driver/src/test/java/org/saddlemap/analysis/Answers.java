package org.saddlemap.analysis;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pages of the documentation with queries and their answers: in blocks ({@code ```sql}, then {@code
 * ```text}), and single values within a line ({@code <!--sql SELECT … -->42<!--/-->}).
 */
public final class Answers {
  private static final Pattern BLOCK =
      Pattern.compile("```sql\\n(.*?)\\n```\\n(?:\\n```text\\n(.*?)```\\n)?", Pattern.DOTALL);
  private static final Pattern VALUE =
      Pattern.compile("<!--sql (.*?) -->(.*?)<!--/-->", Pattern.DOTALL);

  private Answers() {}

  /** The queries of the page's blocks. */
  public static List<String> queries(String page) {
    return BLOCK.matcher(page).results().map(m -> m.group(1)).toList();
  }

  /** The page without its blocks and values: what somebody wrote. */
  public static String prose(String page) {
    return VALUE.matcher(page.replaceAll("(?s)```.*?```", "")).replaceAll("");
  }

  /** The page with every answer as it is now. */
  public static String answered(String page, SqlEngine session) {
    String blocks =
        BLOCK
            .matcher(page)
            .replaceAll(
                m ->
                    Matcher.quoteReplacement(
                        "```sql\n%s\n```\n\n```text\n%s```\n"
                            .formatted(m.group(1), printed(session.run(m.group(1))))));
    return VALUE
        .matcher(blocks)
        .replaceAll(
            m ->
                Matcher.quoteReplacement(
                    "<!--sql %s -->%s<!--/-->"
                        .formatted(m.group(1), value(session.run(m.group(1))))));
  }

  /** Rewrites the page where {@code -Dsaddlemap.regenerate=true}; what it should hold. */
  public static String regenerated(Path page, SqlSession session) throws IOException {
    String now = answered(Files.readString(page), session);
    if (Boolean.getBoolean("saddlemap.regenerate")) {
      Files.writeString(page, now);
    }
    return now;
  }

  private static String printed(QueryResult result) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    new RowPrinter(RowPrinter.Format.TABLE, out, OptionalInt.empty()).print(result);
    out.flush();
    return text.toString();
  }

  /** Of one row and one column. */
  private static String value(QueryResult result) {
    List<String> lines = new ArrayList<>(printed(result).lines().toList());
    if (lines.size() != 3 || result.columns().size() != 1) {
      throw new IllegalArgumentException("Not a single value: " + lines);
    }
    return lines.get(2).strip();
  }
}

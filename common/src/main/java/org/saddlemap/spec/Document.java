package org.saddlemap.spec;

import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A YAML 1.2 document as a tree of nodes that know their place. No objects are constructed from it,
 * and its size, nesting and aliases are bounded, so that no text can do harm.
 */
final class Document {
  /** The largest document, in code points; a spec of a hundred lines has a few thousand. */
  private static final int MAX_SIZE = 1 << 20;

  private static final int MAX_NESTING = 32;
  private static final int MAX_ALIASES = 50;

  private final String file;

  private Document(String file) {
    this.file = file;
  }

  /**
   * The document's root.
   *
   * @param file name for messages
   * @throws InvalidInput where the text is not one YAML document within the limits
   */
  static Value read(String text, String file) {
    Document document = new Document(file);
    if (text.codePointCount(0, text.length()) > MAX_SIZE) {
      throw new InvalidInput(
          "%s: is longer than %d characters; a spec is a short text".formatted(file, MAX_SIZE));
    }
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file)
            .setCodePointLimit(MAX_SIZE)
            .setMaxAliasesForCollections(MAX_ALIASES)
            .build();
    try {
      document.checkNesting(new Parse(settings).parseString(text));
      Node root =
          new Compose(settings)
              .composeString(text)
              .orElseThrow(
                  () -> new InvalidInput(file + ": is empty; expected keys and their values"));
      return new Value(document, "", root);
    } catch (MarkedYamlEngineException e) {
      throw new InvalidInput(
          "%s: is not valid YAML: %s"
              .formatted(document.place(e.getProblemMark()), flat(e.getContext(), e.getProblem())),
          e);
    } catch (YamlEngineException e) {
      throw new InvalidInput(
          "%s: is not valid YAML: %s".formatted(file, flat(null, e.getMessage())), e);
    }
  }

  /** Refuses deep nesting on the flat stream of events, before composing recurses into it. */
  private void checkNesting(Iterable<Event> events) {
    int depth = 0;
    for (Event event : events) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {}
      }
      if (depth > MAX_NESTING) {
        throw new InvalidInput(
            "%s: is nested more than %d levels deep"
                .formatted(place(event.getStartMark()), MAX_NESTING));
      }
    }
  }

  /** An error at a node. */
  InvalidInput error(Node at, String path, String message) {
    return new InvalidInput(
        path.isEmpty()
            ? "%s: %s".formatted(place(at.getStartMark()), message)
            : "%s: key '%s': %s".formatted(place(at.getStartMark()), path, message));
  }

  /** {@code file:line:column}, from 1. */
  private String place(Optional<Mark> mark) {
    return mark.map(m -> "%s:%d:%d".formatted(file, m.getLine() + 1, m.getColumn() + 1))
        .orElse(file);
  }

  /** On one line; each part may be missing. */
  private static String flat(String context, String problem) {
    return Stream.of(context, problem)
        .filter(Objects::nonNull)
        .map(t -> t.replaceAll("\\s+", " ").strip())
        .collect(Collectors.joining(" "));
  }
}

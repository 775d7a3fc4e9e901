package org.saddlemap.record;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.saddlemap.spec.InvalidInput;

/** Words and {@code key=value} pairs that a user gives a sweep; no part of any identity. */
public final class Tags {
  private static final String SEPARATOR = ", ";
  private static final Pattern TAG =
      Pattern.compile("[^\\s,=\\p{Cntrl}][^,=\\p{Cntrl}]*(=[^,\\p{Cntrl}]*)?");

  private Tags() {}

  /**
   * The text of a sweep's tags once others came, in the order of their keys.
   *
   * @param before such a text, or null for none
   * @param more each {@code KEY=VALUE} or {@code WORD}; takes the place of one with the same key
   * @return null where there are none
   * @throws InvalidInput where one is neither, or two have the same key
   */
  public static String merged(String before, Iterable<String> more) {
    Map<String, String> tags = new TreeMap<>();
    if (before != null) {
      for (String tag : before.split(SEPARATOR, -1)) {
        tags.put(key(tag), tag);
      }
    }
    Map<String, String> added = new TreeMap<>();
    for (String given : more) {
      String tag = given.strip();
      if (!TAG.matcher(tag).matches()) {
        throw new InvalidInput(
            "--tag '%s' is no tag; needs WORD or KEY=VALUE without commas and line breaks"
                .formatted(given.replaceAll("\\p{Cntrl}", " ")));
      }
      if (added.put(key(tag), tag) != null) {
        throw new InvalidInput("--tag '%s' is given twice; keep one".formatted(key(tag)));
      }
    }
    tags.putAll(added);
    return tags.isEmpty() ? null : tags.values().stream().collect(Collectors.joining(SEPARATOR));
  }

  private static String key(String tag) {
    return tag.contains("=") ? tag.substring(0, tag.indexOf('=')) : tag;
  }
}

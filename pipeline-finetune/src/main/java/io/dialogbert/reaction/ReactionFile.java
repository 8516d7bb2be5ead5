package io.dialogbert.reaction;

import io.dialogbert.common.BadInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The mapping as a file of tab-separated values, which a person edits: another class id moves a
 * member, the note {@code drop} takes it out. Text has no tabs, so nothing is quoted.
 */
public final class ReactionFile {
  public static final String NAME = "reactions.tsv";

  static final List<String> HEADER =
      List.of("class_id", "lang", "display", "key", "member", "count", "note");

  /** More classes than any corpus carries. */
  static final int MAX_CLASS_ID = 999_999;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private ReactionFile() {}

  /** The file of a mapping. */
  public static String write(List<ReactionRow> rows) {
    StringBuilder file = new StringBuilder(String.join("\t", HEADER)).append('\n');
    for (ReactionRow row : rows) {
      file.append(row.classId()).append('\t').append(row.lang()).append('\t');
      file.append(row.display()).append('\t').append(row.key()).append('\t');
      file.append(row.member()).append('\t').append(row.count()).append('\t');
      file.append(row.note()).append('\n');
    }
    return file.toString();
  }

  /**
   * Reads an edited file. Editors may add a byte order mark, other line ends, and blank lines.
   *
   * @param name of the file, for errors
   * @return its rows; {@code rows.get(i)} is from line {@code lines.get(i)}
   * @throws BadInputException naming file, row and rule, never the text
   */
  public static Numbered read(String text, String name) {
    String content = text.isEmpty() || text.charAt(0) != BYTE_ORDER_MARK ? text : text.substring(1);
    String[] lines = content.split("\r\n|\r|\n", -1);
    if (!List.of(lines[0].split("\t", -1)).equals(HEADER)) {
      throw broken(name, 1, "must be the header " + String.join(", ", HEADER) + ", by tabs");
    }
    List<ReactionRow> rows = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    Set<String> members = new HashSet<>();
    Map<Integer, String> langs = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      if (lines[i].isBlank()) {
        continue;
      }
      ReactionRow row = row(lines[i].split("\t", -1), name, i + 1);
      if (!members.add(row.lang() + " " + row.member())) {
        throw broken(name, i + 1, "member must be in one row only");
      }
      if (!langs.computeIfAbsent(row.classId(), id -> row.lang()).equals(row.lang())) {
        throw broken(name, i + 1, "lang must be that of the class's other rows");
      }
      rows.add(row);
      numbers.add(i + 1);
    }
    return new Numbered(rows, numbers);
  }

  /** Rows of a file, with their line numbers, from 1. */
  public record Numbered(List<ReactionRow> rows, List<Integer> lines) {}

  private static ReactionRow row(String[] fields, String name, int line) {
    if (fields.length != HEADER.size()) {
      throw broken(name, line, "must have " + HEADER.size() + " fields, has " + fields.length);
    }
    if (!ReactionRules.LANGUAGES.contains(fields[1])) {
      throw broken(name, line, "lang must be one of " + ReactionRules.LANGUAGES);
    }
    if (!fields[6].isEmpty() && !fields[6].equals(ReactionRow.DROP)) {
      throw broken(name, line, "note must be empty or " + ReactionRow.DROP);
    }
    long id = number(fields[0]);
    if (id < 0 || id > MAX_CLASS_ID) {
      throw broken(name, line, "class_id must be a whole number from 0 to " + MAX_CLASS_ID);
    }
    long count = number(fields[5]);
    if (count < 0) {
      throw broken(name, line, "count must be a whole number");
    }
    return new ReactionRow((int) id, fields[1], fields[2], fields[3], fields[4], count, fields[6]);
  }

  /** A number of at most 18 digits; -1 for anything else. */
  private static long number(String field) {
    return field.matches("[0-9]{1,18}") ? Long.parseLong(field) : -1;
  }

  /** An error in a row. */
  public static BadInputException broken(String name, int line, String rule) {
    return new BadInputException(name + ", row " + line + ": " + rule);
  }
}

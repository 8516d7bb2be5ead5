package io.dialogbert.reaction;

import io.dialogbert.common.BadInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The mapping as a tab-separated file that a person edits: another class id moves a reply, the note
 * {@code drop} or a deleted row takes it out. The other columns are for reading.
 */
public final class MappingFile {
  private static final List<String> COLUMNS =
      List.of("class_id", "lang", "display", "key", "member", "count", "note");

  private MappingFile() {}

  /** The file's text, with a header. */
  public static String write(List<ReactionMember> members) {
    StringBuilder text = new StringBuilder(String.join("\t", COLUMNS)).append('\n');
    for (ReactionMember row : members) {
      text.append(row.classId()).append('\t').append(row.lang()).append('\t');
      text.append(row.display()).append('\t').append(row.key()).append('\t');
      text.append(row.member()).append('\t').append(row.count()).append('\t');
      text.append(row.note()).append('\n');
    }
    return text.toString();
  }

  /**
   * Reads an edited file. Rows count from 1, the header's. LF or CR LF; a byte order mark and blank
   * lines are skipped.
   *
   * @param file its name in error messages
   * @param known replies that may occur, by {@link #id}, with their mined rows, whose key and count
   *     replace the file's
   * @throws BadInputException naming file, row and rule, if a row breaks one
   */
  public static List<ReactionMember> read(
      String text, String file, Map<String, ReactionMember> known) {
    List<ReactionMember> members = new ArrayList<>();
    Map<Integer, String> languages = new HashMap<>();
    Set<String> seen = new HashSet<>();
    int row = 0;
    for (String line : text.replaceFirst("^\uFEFF", "").split("\r?\n")) {
      row++;
      if (row == 1) {
        require(
            List.of(line.split("\t")).equals(COLUMNS),
            "the header must be " + String.join(", ", COLUMNS) + ", separated by tabs",
            file,
            row);
      } else if (!line.isBlank()) {
        ReactionMember member = member(line, file, row, known);
        require(seen.add(id(member)), "a reply must occur once", file, row);
        String lang = languages.computeIfAbsent(member.classId(), id -> member.lang());
        require(
            member.dropped() || lang.equals(member.lang()),
            "a class must have one language",
            file,
            row);
        members.add(member);
      }
    }
    return members;
  }

  private static ReactionMember member(
      String line, String file, int row, Map<String, ReactionMember> known) {
    String[] fields = line.split("\t", -1);
    require(
        fields.length == COLUMNS.size(),
        "a row must have " + COLUMNS.size() + " columns, has " + fields.length,
        file,
        row);
    String note = fields[6].strip();
    boolean dropped = note.equals(ReactionMember.DROP);
    String id = fields[0].strip();
    require(
        id.matches("\\d{1,9}") || dropped && id.equals("" + ReactionMember.NO_CLASS),
        "class_id must be a whole number from 0 to 999999999",
        file,
        row);
    ReactionMember mined = known.get(id(fields[1].strip(), fields[4].strip()));
    require(
        mined != null,
        "the reply must be one that enough people of the training split wrote",
        file,
        row);
    return new ReactionMember(
        Integer.parseInt(id), mined.lang(), "", mined.key(), mined.member(), mined.count(), note);
  }

  private static void require(boolean holds, String rule, String file, int row) {
    if (!holds) {
      throw new BadInputException(
          "reaction mapping: " + rule + " (" + file + ", row " + row + ")");
    }
  }

  /** Identifies a reply. */
  public static String id(ReactionMember member) {
    return id(member.lang(), member.member());
  }

  private static String id(String lang, String member) {
    return lang + " " + member;
  }
}

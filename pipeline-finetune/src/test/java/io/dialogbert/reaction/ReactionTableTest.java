package io.dialogbert.reaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.reaction.CanonicalKey.Tense;
import io.dialogbert.reaction.ReactionTable.Group;
import io.dialogbert.reaction.ReactionTable.Member;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReactionTableTest {
  private static final Group YES =
      Group.of("ko", List.of(new Member("네", "넵", 7), new Member("네", "네", 9)));
  private static final Group NO = Group.of("ko", List.of(new Member("아니", "아니", 5)));
  private static final Group GOOD = Group.of("ja", List.of(new Member("いい", "いいね", 4)));

  private static List<String> rows(ReactionTable table) {
    return table.rows().stream()
        .map(row -> row.classId() + " " + row.display() + " " + row.member() + " " + row.note())
        .map(String::strip)
        .toList();
  }

  private static List<ReactionRow> edited(ReactionTable table, int row, int id, String note) {
    List<ReactionRow> edited = new ArrayList<>(table.rows());
    ReactionRow old = edited.get(row);
    edited.set(
        row,
        new ReactionRow(id, old.lang(), old.display(), old.key(), old.member(), old.count(), note));
    return edited;
  }

  @Test
  void numbersGroupsInOrderUpToTheMaximum() {
    ReactionTable table = ReactionTable.of(List.of(YES, GOOD, NO), List.of(), 2);
    assertThat(rows(table)).containsExactly("0 네 네", "0 네 넵", "1 いいね いいね");
    assertThat(table.changes()).containsEntry("classes_added", 2L).containsEntry("moved", 0L);
  }

  @Test
  void obeysMovedAndDroppedMembers() {
    ReactionTable table = ReactionTable.of(List.of(YES, NO), List.of(), 10);
    ReactionTable moved = ReactionTable.of(List.of(YES, NO), edited(table, 1, 1, ""), 10);
    assertThat(rows(moved)).containsExactly("0 네 네", "1 넵 넵", "1 넵 아니");
    assertThat(moved.changes()).containsEntry("moved", 1L).containsEntry("dropped", 0L);
    ReactionTable dropped = ReactionTable.of(List.of(YES, NO), edited(table, 0, 0, "drop"), 10);
    assertThat(rows(dropped)).containsExactly("0 넵 넵", "0 넵 네 drop", "1 아니 아니");
    assertThat(dropped.changes()).containsEntry("dropped", 1L);
  }

  @Test
  void keepsIdsOnAGrownCorpusAndNumbersNewClassesAfterTheLast() {
    List<ReactionRow> earlier = ReactionTable.of(List.of(YES, NO), List.of(), 10).rows();
    Group more = Group.of("ko", List.of(new Member("아니", "아니", 50), new Member("아니", "아뇨", 6)));
    ReactionTable grown = ReactionTable.of(List.of(more, GOOD, YES), earlier, 10);
    assertThat(rows(grown)).containsExactly("0 네 네", "0 네 넵", "1 아니 아니", "1 아니 아뇨", "2 いいね いいね");
    assertThat(grown.changes())
        .containsEntry("members_added", 1L)
        .containsEntry("classes_added", 1L)
        .containsEntry("not_found", 0L);
    assertThat(ReactionTable.of(List.of(more, GOOD, YES), grown.rows(), 10).rows())
        .isEqualTo(grown.rows());
  }

  @Test
  void newMembersFollowTheirKeyEvenIfItIsDropped() {
    ReactionTable table = ReactionTable.of(List.of(NO, YES), List.of(), 10);
    Group more = Group.of("ko", List.of(new Member("아니", "아니", 5), new Member("아니", "아뇨", 3)));
    ReactionTable grown = ReactionTable.of(List.of(more, YES), edited(table, 0, 0, "drop"), 10);
    assertThat(rows(grown)).startsWith("0 아니 아니 drop", "0 아니 아뇨 drop");
  }

  @Test
  void countsRowsWhoseGroupLostItsSupport() {
    List<ReactionRow> earlier = ReactionTable.of(List.of(YES, NO), List.of(), 10).rows();
    ReactionTable less = ReactionTable.of(List.of(YES), earlier, 10);
    assertThat(rows(less)).containsExactly("0 네 네", "0 네 넵");
    assertThat(less.changes()).containsEntry("not_found", 1L);
  }

  @Test
  void findsTheClassByMemberThenByKey() {
    ReactionTable table = ReactionTable.of(List.of(YES, NO), List.of(), 10);
    ReactionClasses classes = new ReactionClasses(edited(table, 1, 1, ""));
    CanonicalKey yes = new CanonicalKey("네", false, false, Tense.PRESENT);
    assertThat(classes.of(new Candidate("ko", "넵", yes))).hasValue(1);
    assertThat(classes.of(new Candidate("ko", "넹", yes))).hasValue(0);
    assertThat(classes.of(new Candidate("ja", "넹", yes))).isEmpty();
    ReactionClasses dropped = new ReactionClasses(edited(table, 0, 0, "drop"));
    assertThat(dropped.of(new Candidate("ko", "네", yes))).isEmpty();
    assertThat(dropped.of(new Candidate("ko", "넹", yes))).isEmpty();
    assertThat(dropped.of(new Candidate("ko", "넵", yes))).hasValue(0);
  }

  @Test
  void readsBackItsFileAsEditorsLeaveIt() {
    List<ReactionRow> rows =
        edited(ReactionTable.of(List.of(YES, GOOD), List.of(), 10), 1, 0, "drop");
    String file = ReactionFile.write(rows);
    assertThat(ReactionFile.read(file, "f").rows()).isEqualTo(rows);
    ReactionFile.Numbered windows =
        ReactionFile.read("\uFEFF" + file.replace("\n", "\r\n") + "\r\n", "f");
    assertThat(windows.rows()).isEqualTo(rows);
    assertThat(windows.lines()).containsExactly(2, 3, 4);
  }

  @ParameterizedTest
  @CsvSource({
    "x|ko|a|k|m|1|, class_id must be a whole number from 0 to 999999",
    "-1|ko|a|k|m|1|, class_id must be a whole number from 0 to 999999",
    "1000000|ko|a|k|m|1|, class_id must be a whole number from 0 to 999999",
    "0|en|a|k|m|1|, 'lang must be one of [ko, ja]'",
    "0|ko|a|k|m|many|, count must be a whole number",
    "0|ko|a|k|m|1|delete, note must be empty or drop",
    "0|ko|a|k|m|1, 'must have 7 fields, has 6'",
    "5|ko|a|k|secret|1|, member must be in one row only",
    "3|ja|a|k|m|1|, lang must be that of the class's other rows",
  })
  void refusesABrokenRowByFileRowAndRule(String row, String rule) {
    String file =
        String.join("\t", ReactionFile.HEADER)
            + "\n3\tko\ta\tk\tsecret\t1\t\n"
            + row.replace('|', '\t');
    assertThatThrownBy(() -> ReactionFile.read(file, "f.tsv"))
        .isInstanceOf(BadInputException.class)
        .hasMessage("f.tsv, row 3: " + rule);
  }

  @Test
  void refusesAnotherHeader() {
    assertThatThrownBy(() -> ReactionFile.read("class_id\tlang\n", "f.tsv"))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("f.tsv, row 1: must be the header class_id, lang, display, key,");
  }
}

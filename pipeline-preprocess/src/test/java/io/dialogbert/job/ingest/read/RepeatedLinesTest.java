package io.dialogbert.job.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RepeatedLinesTest {
  private static final String WARNING = "처음 보는 문구의 법률 안내가 여기에 한 줄 적혀 있습니다.";

  @Test
  void namesALineThatStandsBehindSeveralFirstLines() {
    RepeatedLines all = new RepeatedLines();
    all.addAll(of("안녕", 7, "뭐 해", 3), "b.txt");
    assertThat(all.places()).isEmpty();
    all.addAll(of("점심 먹자", 5), "a.txt");
    assertThat(all.places()).containsExactly("a.txt row 5");
  }

  @Test
  void whatPeopleCopyBeginsAlikeAndIsNotNamed() {
    RepeatedLines all = new RepeatedLines();
    all.addAll(of("참가자 명단", 7, "참가자 명단", 9, "참가자 명단", 11), "a.txt");
    RepeatedLines tasks = new RepeatedLines();
    tasks.addAll(all);
    assertThat(tasks.places()).isEmpty();
  }

  @Test
  void shortAnswersAreNotNamed() {
    RepeatedLines lines = new RepeatedLines();
    for (String first : List.of("안녕", "뭐 해", "점심 먹자")) {
      lines.add("잘 부탁드립니다", first, 1);
    }
    assertThat(lines.places()).isEmpty();
  }

  private static RepeatedLines of(Object... firstLinesAndRows) {
    RepeatedLines lines = new RepeatedLines();
    for (int i = 0; i < firstLinesAndRows.length; i += 2) {
      lines.add(WARNING, (String) firstLinesAndRows[i], (int) firstLinesAndRows[i + 1]);
    }
    return lines;
  }
}

package io.dialogbert.job.ingest.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.job.ingest.Inputs;
import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.IngestCounts;
import io.dialogbert.job.ingest.read.InputFormat;
import io.dialogbert.job.ingest.read.RowReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the lines of an export: each is counted once, and each row is one of them. */
class ExportLinesPropertyTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final List<String> LINES =
      List.of(
          "",
          " ",
          "여행 님과 카카오톡 대화",
          "저장한 날짜 : 2026-07-30 10:00:00",
          "--------------- 2026년 7월 23일 목요일 ---------------",
          "2026. 7. 24.",
          "2026년 7월 25일 토요일",
          "[노을] [오후 4:30] 글",
          "[여울] [PM 4:31] \"따옴표",
          "오후 4:32, 노을 : 글",
          "2026. 7. 23. 오후 4:33, 여울 : 글",
          "2026. 7. 23. 오후 4:34: 노을님이 나갔습니다.",
          "도토리님이 들어왔습니다.",
          "도토리님의 말하기 권한이 제한되었습니다.",
          "불법촬영물등 식별 및 게재제한 조치 안내",
          "이어지는 줄",
          "10:00 출발",
          "끝\"",
          "2026/07/23(木)",
          "15:10\t空\t\"글",
          "15:11\t\t空がグループに参加しました。",
          "15:12 空 글",
          "\uD83D\uDC3F️ [a] [b]",
          "[x] [오후 4:99] 글");

  @TempDir private Path temp;

  @Test
  void everyLineIsCountedOnce() throws Exception {
    Random random = new Random(SEED);
    for (int run = 0; run < 300; run++) {
      List<String> lines = new ArrayList<>();
      for (int n = random.nextInt(30); n > 0; n--) {
        lines.add(LINES.get(random.nextInt(LINES.size())));
      }
      for (InputFormat format : List.of(InputFormat.KAKAOTALK, InputFormat.LINE)) {
        check(lines, format);
      }
    }
  }

  private void check(List<String> lines, InputFormat format) throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("chat.txt"),
            lines.stream().map(line -> line + "\n").collect(Collectors.joining()));
    IngestCounts counts = new IngestCounts();
    long rows = 0;
    try (RowReader reader =
        Inputs.open(Inputs.whole(file), format, Inputs.exportSchema("ko", "Asia/Seoul"))) {
      try {
        long last = 0;
        while (reader.next()) {
          assertThat(reader.row()).as("rows are in order").isGreaterThan(last);
          last = reader.row();
          rows++;
        }
      } catch (BadFileException e) {
        assertThat(e.reason).isIn(BadFileException.NO_EXPORT, BadFileException.UNKNOWN_FORM);
      }
      reader.countLines(counts, "chat.txt");
    }
    SortedMap<String, Long> byKey = counts.byKey();
    assertThat(byKey.getOrDefault("lines_in", 0L))
        .as("%s of %s, tests.seed %d", byKey, lines, SEED)
        .isEqualTo(lines.size());
    assertThat(
            byKey.getOrDefault("lines.message", 0L)
                + byKey.getOrDefault("lines.notice", 0L)
                + byKey.getOrDefault("lines.notice-like", 0L)
                + byKey.getOrDefault("lines.stray", 0L))
        .as("%s of %s, tests.seed %d", byKey, lines, SEED)
        .isEqualTo(rows);
  }
}

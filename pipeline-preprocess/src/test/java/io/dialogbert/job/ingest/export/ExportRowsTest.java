package io.dialogbert.job.ingest.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.job.ingest.Inputs;
import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.InputFormat;
import io.dialogbert.job.ingest.read.RawMessage;
import io.dialogbert.job.ingest.read.RowReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportRowsTest {
  @TempDir private Path temp;

  @Test
  void readsKakaoTalkOfPc() throws Exception {
    assertThat(golden("kakaotalk-pc.txt"))
        .containsExactly(
            "5 system line",
            "6 10-28 15:12 #1 하늘: 다들 도착했어?",
            "7 10-28 15:12 #2 바다: 응 방금/짐만 풀고 갈게//그 다음에 밥 먹자",
            "11 10-28 23:59 #3 구름 [회사]: 오늘 일정/1. 시장/2. 바다",
            "15 10-29 00:05 #4 하늘: 이모티콘",
            "16 10-29 00:06 #5 바다: [오후 3:12] 이게 몇 시야",
            "17 system line",
            "18 10-29 12:30 #6 바다: 점심 먹자");
    assertThat(golden("kakaotalk-pc-english.txt"))
        .containsExactly(
            "5 10-28 15:12 #1 하늘: 다들 도착했어?",
            "6 10-28 15:12 #2 바다: 응 방금/짐만 풀고 갈게",
            "9 10-29 00:30 #3 바다: 아직 안 자?");
  }

  @Test
  void readsKakaoTalkOfAndroid() throws Exception {
    assertThat(golden("kakaotalk-android.txt"))
        .containsExactly(
            "6 system line",
            "7 10-28 15:12 #1 하늘: 다들 도착했어?",
            "8 10-28 15:12 #2 바다: 응 방금/짐만 풀고 갈게//그 다음에 밥 먹자",
            "12 10-28 15:13 #3 바다: 시간 : 6시",
            "15 10-29 00:05 #4 하늘: 사진",
            "16 10-29 00:06 #5 바다: ",
            "17 10-29 15:30 #6 하늘: 24시간제도 돼");
    assertThat(golden("kakaotalk-android-english.txt"))
        .containsExactly(
            "6 10-28 15:12 #1 하늘: 다들 도착했어?",
            "7 10-28 15:12 #2 바다: 응 방금/짐만 풀고 갈게",
            "9 10-29 00:05 #3 하늘: 아직 안 자?");
  }

  @Test
  void readsKakaoTalkOfIos() throws Exception {
    assertThat(golden("kakaotalk-ios.txt"))
        .containsExactly(
            "6 system line",
            "7 10-28 15:12 #1 하늘: 다들 도착했어?",
            "8 10-28 15:12 #2 바다: 응 방금/짐만 풀고 갈게",
            "13 10-29 00:05 #3 하늘: 아직 안 자?");
  }

  @Test
  void readsKakaoTalkAsCsv() throws Exception {
    assertThat(golden("kakaotalk-mac.csv"))
        .containsExactly(
            "2 10-28 15:12 #2 하늘: 다들 도착했어?",
            "3 10-28 15:12 #3 바다: 응 방금/짐만 풀고 갈게",
            "5 10-28 15:13 #5 바다: \"시장\"으로 와, 얼른");
  }

  @Test
  void readsLine() throws Exception {
    assertThat(golden("line.txt"))
        .containsExactly(
            "5 system line",
            "6 10-28 15:12 #1 空: もう着いた？",
            "7 10-28 15:12 #2 海: うん、今着いた/荷物を置いて\"すぐ\"行くね/2019/10/30(水)/までいるよ",
            "11 10-28 15:14 #3 空: ☎ 通話時間 1:23",
            "12 system line",
            "15 10-29 00:05 #4 空: [スタンプ]",
            "16 10-29 09:30 #5 海: \"おはよう",
            "17 10-29 09:31 #6 空: タブ\tもある");
    assertThat(golden("line-12-hours.txt"))
        .containsExactly(
            "5 10-28 15:12 #1 空: もう着いた？",
            "6 10-28 15:12 #2 海: うん、今着いた/荷物を置いて行くね",
            "10 10-29 00:05 #3 空: まだ起きてる？",
            "11 10-29 12:30 #4 空: お昼だよ");
    assertThat(golden("line-english.txt"))
        .containsExactly("5 10-28 15:12 #1 空: もう着いた？", "6 10-28 15:12 #2 海: うん");
  }

  @Test
  void conversationIsNamedByFileAndHeaderAndSenderByName() throws Exception {
    RawMessage message = first(goldenFile("kakaotalk-ios.txt"));
    assertThat(message.senderName()).isEqualTo("하늘").isEqualTo(message.message().senderId());
    assertThat(message.message().conversationId()).matches("kakaotalk-ios\\.txt\n[0-9a-f]{16}");
    String text = "%s 님과 카카오톡 대화\n2019년 10월 28일 오후 3:12, 하늘 : 응\n";
    Path file = temp.resolve("KakaoTalkChats.txt");
    String one = first(Inputs.write(file, text.formatted("여행"))).message().conversationId();
    String other = first(Inputs.write(file, text.formatted("회사"))).message().conversationId();
    assertThat(one).isNotEqualTo(other);
  }

  @Test
  void linesWithoutAPlaceOrAPossibleTimeAreRejected() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("chat.txt"),
            """
            제목 님과 카카오톡 대화
            [하늘] [오후 3:12] 비밀
            --------------- 2019년 2월 30일 월요일 ---------------
            [하늘] [오후 3:13] 비밀
            --------------- 2019년 10월 28일 월요일 ---------------
            비밀 공지
            [하늘] [오후 3:72] 비밀
            [하늘] [오후 3:14] 안녕
            """);
    assertThat(read(file))
        .containsExactly(
            "2 bad-time: a line with a date must come before the message",
            "4 bad-time: a message must have a day and time that exist",
            "6 stray-line: a line must be part of a message",
            "7 bad-time: a message must have a day and time that exist",
            "8 10-28 15:14 #4 하늘: 안녕");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n"})
  void fileWithoutLinesHasNoMessages(String text) throws Exception {
    assertThat(read(Inputs.write(temp.resolve("chat.txt"), text))).isEmpty();
  }

  @Test
  void fileOfSomethingElseIsRefused() throws IOException {
    Path file = Inputs.write(temp.resolve("chat.txt"), "비밀 일기\n오늘은 맑음\n");
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadFileException.class)
        .hasMessage(
            "no-export: a line must look like one of an export of KakaoTalk, but there are 2 like"
                + " \"가\", the first in row 1");
  }

  private static List<String> golden(String name) throws Exception {
    return read(goldenFile(name));
  }

  private static Path goldenFile(String name) throws URISyntaxException {
    return Path.of(ExportRowsTest.class.getResource("/golden/exports/" + name).toURI());
  }

  private static InputFormat format(Path file) {
    return file.getFileName().toString().startsWith("line")
        ? InputFormat.LINE
        : InputFormat.KAKAOTALK;
  }

  private static List<String> read(Path file) throws IOException, BadFileException {
    return Inputs.read(Inputs.whole(file), format(file), Inputs.exportSchema("ko", "Asia/Seoul"));
  }

  private static RawMessage first(Path file) throws Exception {
    try (RowReader reader =
        Inputs.open(Inputs.whole(file), format(file), Inputs.exportSchema("ko", "Asia/Seoul"))) {
      do {
        assertThat(reader.next()).isTrue();
      } while (reader.systemLine());
      return reader.message();
    }
  }
}

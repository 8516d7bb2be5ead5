package io.dialogbert.job.ingest.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.job.ingest.Inputs;
import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.InputFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exports of all versions give the same messages; one of an unknown version is refused, and the
 * error shows its form.
 */
class ExportFormsTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--------------- 2026년 7월 23일 목요일 ---------------\n[노을] [오후 9:04] 글\n",
        "--------------- 2026년 7월 23일 목요일 ---------------\n[노을] [PM 9:04] 글\n",
        "--------------- 2026년 7월 23일 목요일 ---------------\n[노을] [21:04] 글\n",
        "--------------- 2026년 7월 23일 목요일 ---------------\n[노을] [午後 9:04] 글\n",
        "--------------- 2026年7月23日木曜日 ---------------\n[노을] [午後9:04] 글\n",
        "--------------- Thursday, July 23, 2026 ---------------\n[노을] [9:04 PM] 글\n",
        "--------------- Thursday, 23 July 2026 ---------------\n[노을] [9:04 p.m.] 글\n",
        "--------------- 2026. 7. 23. 목요일 ---------------\n[노을] [오후 9:04:33] 글\n",
        "2026년 7월 23일 오후 9:04\n2026년 7월 23일 오후 9:04, 노을 : 글\n",
        "2026년 7월 23일 목요일\n2026. 7. 23. 오후 9:04, 노을 : 글\n",
        "2026. 7. 23. 목요일\n오후 9:04, 노을 : 글\n",
        "2026년 7월 23일 목요일\n오후 9:04, 노을 : 글\n",
        "2026. 7. 23.\n오후 9:04, 노을 : 글\n",
        "2026년 7월 23일 목요일\n21:04, 노을 : 글\n",
        "Thursday, July 23, 2026\n9:04 PM, 노을 : 글\n",
        "July 23, 2026 at 9:04 PM\nJuly 23, 2026 at 9:04 PM, 노을 : 글\n",
        "Jul 23, 2026 9:04 PM, 노을 : 글\n",
        "2026-07-23 21:04, 노을 : 글\n",
        "2026年7月23日 午後9:04, 노을 : 글\n"
      })
  void readsAFormOfKakaoTalk(String lines) throws Exception {
    assertThat(read(Inputs.write(temp.resolve("chat.txt"), "방 님과 카카오톡 대화\n\n" + lines)))
        .hasSize(1)
        .first()
        .asString()
        .endsWith(" 07-23 21:04 #1 노을: 글");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026/07/23(木)\n21:04\t空\tあ\n",
        "2026/07/23（木）\n午後9:04\t空\tあ\n",
        "2026.07.23 木曜日\n午後 9:04\t空\tあ\n",
        "2026.07.23 목요일\n오후 9:04\t空\tあ\n",
        "2026. 7. 23. 목요일\n오후 9:04\t空\tあ\n",
        "2026.07.23 Thursday\n9:04 PM\t空\tあ\n",
        "2026/07/23 Thu\n21:04:59\t空\tあ\n",
        "Thu, 07/23/2026\n09:04PM\t空\tあ\n",
        "Thu, 23/07/2026\n21:04\t空\tあ\n",
        "07/23/2026 Thu\n21:04\t空\tあ\n",
        "2026年7月23日(木)\n21:04\t空\tあ\n",
        "2026.07.23 木曜日\n21:04 空 あ\n",
        "2026.07.23 Thursday\n21:04 空 あ\n"
      })
  void readsAFormOfLine(String lines) throws Exception {
    assertThat(read(Inputs.write(temp.resolve("line.txt"), "[LINE] 空とのトーク履歴\n\n" + lines)))
        .hasSize(1)
        .first()
        .asString()
        .endsWith(" 07-23 21:04 #1 空: あ");
  }

  @Test
  void weekdayTellsWhichNumberIsTheMonth() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("line.txt"), "Tue, 06/01/2026\n9:00\t空\tあ\nMon, 06/01/2026\n9:00\t空\tい\n");
    assertThat(read(file)).containsExactly("2 01-06 09:00 #1 空: あ", "4 06-01 09:00 #2 空: い");
  }

  @Test
  void namesOfSeveralWordsAreFoundWhereSpacesPartTheLines() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("line.txt"),
            """
            2026.07.23 木曜日
            14:30 山田 太郎 山田 太郎がグループに参加しました。
            14:31 山田 太郎 おはよう ございます
            14:32 川 了解
            予定は
            10:00 集合 です
            14:33 Sky Blue hello
            14:34 Sky Blue good morning
            14:35 Sky Blue いいね みんな
            14:36 谷
            """);
    assertThat(read(file))
        .containsExactly(
            "2 system line",
            "3 07-23 14:31 #1 山田 太郎: おはよう ございます",
            "4 07-23 14:32 #2 川: 了解/予定は/10:00 集合 です",
            "7 07-23 14:33 #3 Sky Blue: hello",
            "8 07-23 14:34 #4 Sky Blue: good morning",
            "9 07-23 14:35 #5 Sky Blue: いいね みんな",
            "10 07-23 14:36 #6 谷: ");
  }

  @Test
  void aDayThatSomebodyWroteIsNoDateLine() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("chat.txt"),
            """
            2026년 7월 23일 목요일
            오후 9:04, 노을 : 만나는 날
            2026. 8. 3.
            오후 9:05, 여울 : 응
            """);
    assertThat(read(file))
        .containsExactly("2 07-23 21:04 #1 노을: 만나는 날/2026. 8. 3.", "4 07-23 21:05 #2 여울: 응");
  }

  @Test
  void fileOfAnUnknownFormIsRefusedWithItsShape() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("chat.txt"),
            """
            방 님과 카카오톡 대화
            저장한 날짜 : 2026-07-30 10:00:00

            --------------- 2026년 7월 23일 목요일 ---------------
            <노을> (오후 9시 4분) 비밀
            <여울> (오후 9시 5분) 비밀 이야기
            """);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadFileException.class)
        .hasMessage(
            "unknown-form: most lines must look like messages of an export of KakaoTalk, but 0 do"
                + " and 2 do not, 2 like \"<가> (가 9가 9가) 가\", the first in row 5; export the chat"
                + " with another version, or give it in another format");
  }

  @Test
  void unknownFormBehindANoticeIsRefusedToo() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("chat.txt"),
            """
            --------------- 2026년 7월 23일 목요일 ---------------
            도토리님이 들어왔습니다.
            노을 >> 9:04 >> 비밀
            여울 >> 9:05 >> 비밀
            """);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining("0 do and 2 do not, 2 like \"가 >> 9:99 >> 가\", the first in row 3");
  }

  @Test
  void messagesOfWhichNoNameIsReadAreNoNotices() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("chat.txt"),
            """
            2026년 7월 23일 오후 9:04, 노을: 비밀
            2026년 7월 23일 오후 9:05, 여울: 비밀 이야기
            """);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining(
            "0 do and 2 do not, 1 like \"9999가 9가 99가 9:99, 가: 가\", the first in row 1");
    Path notices =
        Inputs.write(
            temp.resolve("notices.txt"),
            """
            2026년 7월 23일 오후 9:04, 노을님이 들어왔습니다.
            2026년 7월 23일 오후 9:05, 처음 보는 안내
            2026년 7월 23일 오후 9:06, 채팅방 이름이 '모임: 여름'으로 변경되었습니다.
            """);
    assertThat(read(notices)).hasSize(3).allMatch(row -> row.endsWith(" system line"));
  }

  @Test
  void noticeOfAnAlbumIsNoNameWhereSpacesPartTheLines() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("line.txt"), "2026.07.23 木曜日\n14:31 空 あ\n14:32 海がアルバムを作成しました。\n14:33 海\n");
    assertThat(read(file))
        .containsExactly("2 07-23 14:31 #1 空: あ", "3 system line", "4 07-23 14:33 #2 海: ");
  }

  @Test
  void roomWhereNobodyWroteIsNoError() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("chat.txt"),
            "--------------- 2026년 7월 23일 목요일 ---------------\n도토리님이 들어왔습니다.\n처음 보는 안내\n");
    assertThat(read(file)).containsExactly("2 system line");
  }

  @Test
  void shapeHoldsNoLetterAndNoNumberOfTheText() {
    assertThat(LineShapes.of("[노을 2] [PM 9:04] 010-1234")).isEqualTo("[가 9] [A 9:99] 999-9999");
    assertThat(LineShapes.of("山田\tたろう—x y 😀😀")).isEqualTo("あ→あ*A *");
    assertThat(LineShapes.of("")).isEmpty();
  }

  private static List<String> read(Path file) throws IOException, BadFileException {
    return Inputs.read(
        Inputs.whole(file),
        file.getFileName().toString().startsWith("line") ? InputFormat.LINE : InputFormat.KAKAOTALK,
        Inputs.exportSchema("ko", "Asia/Seoul"));
  }
}

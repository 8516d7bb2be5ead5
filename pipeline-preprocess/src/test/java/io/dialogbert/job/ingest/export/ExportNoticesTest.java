package io.dialogbert.job.ingest.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.job.ingest.Inputs;
import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.IngestCounts;
import io.dialogbert.job.ingest.read.InputFormat;
import io.dialogbert.job.ingest.read.RowReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The messenger's own lines between messages are part of no message, and what people write stays
 * whole.
 */
class ExportNoticesTest {
  private static final String HEAD =
      """
      뜨개 모임 님과 카카오톡 대화
      저장한 날짜 : 2026-07-30 10:00:00

      --------------- 2026년 7월 23일 목요일 ---------------
      """;

  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "도토리님이 들어왔습니다.",
        "도토리님이 들어왔습니다.타인, 기관 등의 사칭에 유의해 주세요. 금전 또는 개인정보를 요구 받을 경우 신고해 주시기 바랍니다.",
        "도토리님이 들어왔습니다. 운영정책을 위반한 메시지로 신고 접수 시 카카오톡 이용에 제한이 있을 수 있습니다. ",
        "도토리님이 들어왔습니다.\n처음 보는 안내 문구\n그 다음 줄",
        "도토리?!님이 나갔습니다.",
        "3.5점 | 🐿 | 2년차님이 나갔습니다.",
        "도토리님을 내보냈습니다.",
        "도토리님이 부방장이 되었습니다.",
        "도토리님이 부방장에서 해제되었습니다.",
        "방장이 도토리님에서 밤톨이님으로 변경되었습니다.\n밤톨이님은 참여자 관리와 채팅방 관리에 신경써주세요!",
        "도토리님이 밤톨이님을 초대하였습니다.",
        "도토리님이 밤톨이님, 호두!님과 잣.송이님을 초대했습니다.",
        "채팅방 관리자가 메시지를 가렸습니다.",
        "방장이 2개의 메시지를 가렸습니다.",
        "메시지가 삭제되었습니다.",
        "채팅방 이름이 '도토리 모임'으로 변경되었습니다.",
        "도토리님이 채팅방 커버를 변경했습니다.",
        "도토리님이 공지를 등록했습니다.",
        "도토리님이 QR코드로 오픈채팅방에 참여하셨습니다.",
        "도토리님의 말하기 권한이 제한되었습니다.",
        "도토리 left.",
        "도토리 joined.",
        "도토리 invited 밤톨이 and 호두.",
        "J. R. Kim left.",
        "도토리! joined.",
        "도토리 left this chatroom.",
        "도토리 has been removed from this chatroom.",
        "도토리 has been assigned as the admin.",
        "The host has been reassigned from 도토리 to 밤톨이.",
        "The message has been deleted.",
        "Moderator has hidden 3 message(s).",
        "도토리さんが入室しました。",
        "도토리さんが退室しました。",
        "[] [오후 4:31] 도토리 알림",
        "[\u200B] [오후 4:31] 도토리 알림",
        "다른 방 님과 카카오톡 대화\n저장한 날짜 : 2026-07-31 10:00:00"
      })
  void noticeBetweenMessagesIsPartOfNone(String notice) throws Exception {
    assertThat(kakaoTalk("[노을] [오후 4:30] 실 샀어\n" + notice + "\n[여울] [오후 4:32] 좋겠다\n"))
        .containsExactly("노을: 실 샀어", "여울: 좋겠다");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "어제 일을 적어 볼게요\n선생님이 교실에 들어왔습니다.\n모두 조용해졌습니다.",
        "공지 드립니다\n회의를 시작했습니다.\n자료는 제가 올렸습니다.\n링크를 변경했습니다.",
        "오늘 할 일\n10:00 출발\n11:30 도착\n12:00 점심 : 국수",
        "이 글 봤어?\n나는 방에서 나갔습니다\n그리고 문을 닫았습니다.",
        "사진\n동영상\n이모티콘\n이 세 개는 단어야",
        "만나는 날\n2026. 8. 3.\n오후 3:00\n공원 앞",
        "가격표\n[실] 3,000원\n[바늘] 1,000원",
        "제가 부방장으로 지정되었습니다\n잘 부탁드립니다",
        "We talked about lunch.\nThe group is nice\nsee you"
      })
  void messageOfSeveralLinesStaysWhole(String text) throws Exception {
    assertThat(kakaoTalk("[노을] [오후 4:30] " + text + "\n[여울] [오후 4:32] 그렇구나\n"))
        .containsExactly("노을: " + text.replace("\n", "/"), "여울: 그렇구나");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "15:11\t\t栗がグループに参加しました。",
        "15:11\t栗がグループを退会しました。",
        "15:11\t\t栗が梨をグループに招待しました。招待中の友だちが参加するまでしばらくお待ちください。",
        "15:11\t\tChestnut joined the group.",
        "15:11\t\t밤님이 그룹에 참가했습니다.",
        "15:11\t\tメッセージの送信を取り消しました",
        "栗がグループに参加しました。"
      })
  void noticeOfLineIsPartOfNoMessage(String notice) throws Exception {
    assertThat(line("2019/10/28(月)\n15:10\t空\tもう着いた？\n" + notice + "\n15:12\t海\tうん\n"))
        .containsExactly("空: もう着いた？", "海: うん");
  }

  @Test
  void noticeWithinQuotesIsWhatSomebodyWrote() throws Exception {
    assertThat(line("2019/10/28(月)\n15:10\t空\t\"見て\n栗がグループに参加しました。\nだって\"\n15:12\t海\tうん\n"))
        .containsExactly("空: 見て/栗がグループに参加しました。/だって", "海: うん");
  }

  @Test
  void linesAreCountedByWhatBecameOfThem() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("chat.txt"),
            HEAD
                + """
                갈 곳 없는 줄
                [노을] [오후 4:30] 할 일
                실 사기

                10:00 출발
                도토리님이 들어왔습니다.
                처음 보는 안내
                도토리님의 말하기 권한이 제한되었습니다.
                [여울] [오후 4:32] 응
                """);
    assertThat(counts(file, InputFormat.KAKAOTALK))
        .containsEntry("lines_in", 13L)
        .containsEntry("lines.header", 2L)
        .containsEntry("lines.blank", 2L)
        .containsEntry("lines.date", 1L)
        .containsEntry("lines.stray", 1L)
        .containsEntry("lines.message", 2L)
        .containsEntry("lines.continuation", 1L)
        .containsEntry("lines.continuation-with-time", 1L)
        .containsEntry("lines.notice", 1L)
        .containsEntry("lines.notice-like", 1L)
        .containsEntry("lines.after-notice", 1L);
  }

  private List<String> kakaoTalk(String lines) throws Exception {
    return texts(Inputs.write(temp.resolve("chat.txt"), HEAD + lines), InputFormat.KAKAOTALK);
  }

  private List<String> line(String lines) throws Exception {
    return texts(Inputs.write(temp.resolve("line.txt"), lines), InputFormat.LINE);
  }

  /** Sender and text of each message. */
  private static List<String> texts(Path file, InputFormat format)
      throws IOException, BadFileException {
    return Inputs.read(Inputs.whole(file), format, Inputs.exportSchema("ko", "Asia/Seoul")).stream()
        .filter(row -> !row.endsWith(" system line"))
        .map(row -> Stream.of(row.split(" ")).skip(4).collect(Collectors.joining(" ")))
        .toList();
  }

  static SortedMap<String, Long> counts(Path file, InputFormat format)
      throws IOException, BadFileException {
    IngestCounts counts = new IngestCounts();
    try (RowReader rows =
        Inputs.open(Inputs.whole(file), format, Inputs.exportSchema("ko", "Asia/Seoul"))) {
      while (rows.next()) {
        assertThat(rows.row()).isPositive();
      }
      rows.countLines(counts, "chat.txt");
    }
    return counts.byKey();
  }
}

package io.dialogbert.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import io.dialogbert.text.normalize.Normalizer;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SystemLinesTest {
  private static final SystemLines SYSTEM_LINES = new SystemLines();
  private static final Normalizer NORMALIZER = new Normalizer(2, false);
  private static final Config FILE = SystemLines.file();

  /** What people do to a room or send, and how: each must be recognized in each language. */
  private static final List<String> COMMON =
      List.of(
          "join",
          "leave",
          "invite",
          "remove",
          "room",
          "hidden",
          "photo",
          "video",
          "voice-message",
          "file",
          "location",
          "contact",
          "sticker",
          "deleted",
          "call",
          "missed-call",
          "poll",
          "schedule",
          "gift",
          "money");

  private static final List<String> KAKAOTALK =
      List.of("host", "warning", "voice-room", "live-talk", "bulletin");
  private static final List<String> LINE = List.of("album", "note", "announcement", "group-call");

  static Stream<Arguments> matrix() {
    return SystemLines.MESSENGERS.stream()
        .flatMap(
            messenger ->
                SystemLines.LANGUAGES.stream()
                    .flatMap(
                        language ->
                            Stream.concat(
                                    COMMON.stream(),
                                    (messenger.equals("line") ? LINE : KAKAOTALK).stream())
                                .map(kind -> Arguments.of(messenger, language, kind))));
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void eachKindIsKnownInEachLanguage(String messenger, String language, String kind) {
    Optional<SystemLines.Cell> cell =
        SystemLines.cells(FILE).stream()
            .filter(
                c ->
                    c.messenger().equals(messenger)
                        && c.language().equals(language)
                        && c.kind().equals(kind))
            .findFirst();
    assertThat(cell).as("%s.%s.%s", messenger, language, kind).isPresent();
    assertThat(cell.get().strings("examples")).isNotEmpty();
    assertThat(cell.get().strings("messages")).isNotEmpty();
  }

  @Test
  void allMessengersAndLanguagesHaveTheSameKinds() {
    for (String messenger : SystemLines.MESSENGERS) {
      for (String language : SystemLines.LANGUAGES) {
        TreeSet<String> kinds = new TreeSet<>(COMMON);
        kinds.addAll(messenger.equals("line") ? LINE : KAKAOTALK);
        assertThat(FILE.getConfig(messenger + "." + language).root().keySet())
            .as("%s.%s", messenger, language)
            .containsExactlyInAnyOrderElementsOf(kinds);
      }
    }
  }

  static Stream<Arguments> lines() {
    return SystemLines.cells(FILE).stream()
        .flatMap(
            cell ->
                Stream.concat(cell.strings("lines").stream(), cell.strings("examples").stream())
                    .map(line -> Arguments.of(cell.reason(), line)));
  }

  static Stream<String> notices() {
    return SystemLines.cells(FILE).stream().flatMap(c -> c.strings("notice-examples").stream());
  }

  static Stream<String> messages() {
    return SystemLines.cells(FILE).stream().flatMap(cell -> cell.strings("messages").stream());
  }

  static Stream<Arguments> like() {
    return FILE.getConfigList("like").stream()
        .flatMap(
            like ->
                Stream.concat(
                    like.getStringList("examples").stream()
                        .map(line -> Arguments.of(line, SystemLines.Notice.PROBABLE)),
                    like.getStringList("messages").stream()
                        .map(line -> Arguments.of(line, SystemLines.Notice.NONE))));
  }

  static Stream<Arguments> headers() {
    Config headers = FILE.getConfig("headers");
    return Stream.concat(
        headers.getStringList("examples").stream().map(line -> Arguments.of(line, true)),
        headers.getStringList("messages").stream().map(line -> Arguments.of(line, false)));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void recognizesALine(DropReason reason, String line) {
    assertThat(SYSTEM_LINES.reasonToDrop(" " + NORMALIZER.normalize(line)))
        .as(line)
        .contains(reason);
  }

  @ParameterizedTest
  @MethodSource("notices")
  void recognizesANoticeThatNobodySent(String line) {
    String normalized = NORMALIZER.normalize(line);
    assertThat(SYSTEM_LINES.notice(normalized)).isEqualTo(SystemLines.Notice.KNOWN);
    assertThat(SYSTEM_LINES.reasonToDrop(normalized))
        .as("a notice that patterns know belongs to the examples: %s", line)
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("messages")
  void keepsWhatSomebodyWrote(String message) {
    assertThat(SYSTEM_LINES.reasonToDrop(NORMALIZER.normalize(message))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("like")
  void tellsNoticesInUnknownWordsFromSentences(String line, SystemLines.Notice notice) {
    assertThat(SYSTEM_LINES.notice(NORMALIZER.normalize(line))).isEqualTo(notice);
  }

  @ParameterizedTest
  @MethodSource("headers")
  void recognizesAHeader(String line, boolean header) {
    assertThat(SYSTEM_LINES.isHeader(NORMALIZER.normalize(line))).isEqualTo(header);
  }

  @ParameterizedTest
  @CsvSource({
    "나, 나님이 나갔습니다.",
    "누구?!, 누구?!님이 들어왔습니다.",
    "Stewie, Stewie left.",
    "테스트, 테스트 invited 나 and.",
    "Yuna, Minseo invited Yuna.",
    "도토리?!, 밤톨이님이 도토리?!님을 내보냈습니다.",
    "Sora M., Sora M.がグループに参加しました。",
    "다온, 다온님이 링크로 채팅방에 들어왔습니다."
  })
  void recognizesANoticeUnderTheNameOfWhomItIsAbout(String sender, String text) {
    assertThat(SYSTEM_LINES.reasonToDrop(text, sender)).contains(DropReason.SYSTEM_LINE);
  }

  @ParameterizedTest
  @CsvSource({"나, 나 먼저 나갔습니다.", "Stewie, Everyone left.", "다온, 선생님이 들어왔습니다.", "o, Mom left."})
  void keepsWhatSomebodyWroteOfThemselvesOrOthers(String sender, String text) {
    assertThat(SYSTEM_LINES.reasonToDrop(text, sender)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t", "\u3000"})
  void dropsWhatIsBlank(String text) {
    assertThat(SYSTEM_LINES.reasonToDrop(text)).contains(DropReason.EMPTY_TEXT);
  }

  @Test
  void keepsALongTextThatEndsLikeALine() {
    assertThat(SYSTEM_LINES.reasonToDrop("가".repeat(1_000_000) + "님이 나갔습니다.")).isEmpty();
  }

  @Test
  void recognizesAnInvitationOfManyPeople() {
    String names = "아무개님, ".repeat(300);
    assertThat(SYSTEM_LINES.notice("하늘님이 " + names + "구름님을 초대했습니다."))
        .isEqualTo(SystemLines.Notice.KNOWN);
  }
}

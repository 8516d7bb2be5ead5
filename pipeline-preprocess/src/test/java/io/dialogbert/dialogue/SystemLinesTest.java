package io.dialogbert.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SystemLinesTest {
  private static final SystemLines SYSTEM_LINES = new SystemLines();

  static Stream<Arguments> lines() {
    return SystemLines.groups().stream()
        .flatMap(
            group ->
                Stream.concat(
                        group.getStringList("lines").stream(),
                        group.getStringList("examples").stream())
                    .map(line -> Arguments.of(SystemLines.reason(group), line)));
  }

  static Stream<String> messages() {
    return SystemLines.groups().stream().flatMap(group -> group.getStringList("messages").stream());
  }

  @ParameterizedTest
  @MethodSource("lines")
  void recognizesALine(DropReason reason, String line) {
    assertThat(SYSTEM_LINES.reasonToDrop(" " + line)).contains(reason);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void keepsWhatSomebodyWrote(String message) {
    assertThat(SYSTEM_LINES.reasonToDrop(message)).isEmpty();
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
}

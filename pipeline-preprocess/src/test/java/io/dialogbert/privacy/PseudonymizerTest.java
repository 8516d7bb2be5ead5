package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.privacy.Pseudonymizer.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PseudonymizerTest {
  private static final String KEY = "0123456789abcdef0123456789abcdef";
  private static final Pseudonymizer PSEUDONYMIZER = new Pseudonymizer(key(KEY));

  @TempDir private Path folder;

  /** The expected values are from Python's hmac module. */
  @Test
  void agreesWithAnotherImplementation() {
    assertThat(PSEUDONYMIZER.pseudonym(Kind.SENDER, "u1")).isEqualTo("E2kG0_EogVU1Gq3EXYpfDg");
    assertThat(PSEUDONYMIZER.pseudonym(Kind.MESSAGE, "u1")).isEqualTo("mHV1zt658Lk4M7257znZOw");
    assertThat(PSEUDONYMIZER.pseudonym(Kind.CONVERSATION, "대화방"))
        .isEqualTo("v5lEoH191uCEbIye8rBNcg");
  }

  /** The expected value is from the call of openssl in docs/tables.md. */
  @Test
  void marksAreOfTheKeyToo() {
    assertThat(PSEUDONYMIZER.mark(Kind.FILE, "/raw/chat.txt")).isEqualTo("98c380051a3d65d5");
  }

  @Test
  void idsThatLookAlikeHaveOnePseudonym() {
    assertThat(PSEUDONYMIZER.pseudonym(Kind.SENDER, " u\u200B1\u00A0"))
        .isEqualTo(PSEUDONYMIZER.pseudonym(Kind.SENDER, "u1"));
    assertThat(PSEUDONYMIZER.pseudonym(Kind.MESSAGE, "c ", " 1"))
        .isEqualTo(PSEUDONYMIZER.pseudonym(Kind.MESSAGE, "c", "1"))
        .isNotEqualTo(PSEUDONYMIZER.pseudonym(Kind.MESSAGE, "c1"));
  }

  @Test
  void hasAFixedLengthAndOnlyCharactersThatFileNamesMayHave() {
    assertThat(
            IntStream.range(0, 1000).mapToObj(i -> PSEUDONYMIZER.pseudonym(Kind.MESSAGE, "m" + i)))
        .allMatch(pseudonym -> pseudonym.matches("[A-Za-z0-9_-]{" + Pseudonymizer.LENGTH + "}"))
        .doesNotHaveDuplicates();
  }

  @Test
  void dependsOnTheKey() {
    Pseudonymizer other = new Pseudonymizer(key("another key, also long enough"));

    assertThat(other.pseudonym(Kind.SENDER, "u1"))
        .isNotEqualTo(PSEUDONYMIZER.pseudonym(Kind.SENDER, "u1"));
  }

  @Test
  void givesTheSameFromManyThreads() {
    String expected = PSEUDONYMIZER.pseudonym(Kind.SENDER, "u1");

    assertThat(
            IntStream.range(0, 10_000)
                .parallel()
                .mapToObj(i -> PSEUDONYMIZER.pseudonym(Kind.SENDER, "u1")))
        .containsOnly(expected);
  }

  @Test
  void readsAKeyFileWithoutItsLastLineBreak() throws IOException {
    Path file = Files.writeString(folder.resolve("key"), KEY + "\r\n");

    assertThat(PseudonymKey.ofFile(file).bytes()).isEqualTo(KEY.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void namesAMissingKeyFile() {
    Path file = folder.resolve("none");

    assertThatThrownBy(() -> PseudonymKey.ofFile(file))
        .isInstanceOf(BadConfigException.class)
        .hasMessage("pseudonym key file cannot be read: " + file + " (No such file or directory)");
  }

  @Test
  void namesAMissingVariable() {
    assertThatThrownBy(() -> PseudonymKey.ofEnvironment("DIALOGBERT_KEY", Map.of()))
        .isInstanceOf(BadConfigException.class)
        .hasMessage("pseudonym key missing: environment variable DIALOGBERT_KEY is not set");
  }

  @Test
  void refusesAShortKeyWithoutShowingIt() {
    assertThatThrownBy(() -> key("short secret"))
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "pseudonym key too short: 12 bytes, at least 16 needed (environment variable KEY)");
  }

  @Test
  void hidesTheKey() {
    assertThat(key(KEY).toString()).isEqualTo("PseudonymKey[hidden]");
  }

  private static PseudonymKey key(String value) {
    return PseudonymKey.ofEnvironment("KEY", Map.of("KEY", value));
  }
}

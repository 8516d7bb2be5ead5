package io.dialogbert.job.day;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A day that is put in after the next one, with sessions around both of its midnights. */
class LateDayIT {
  private static final String FIRST = "2026-11-24";
  private static final String LATE = "2026-11-25";
  private static final String THIRD = "2026-11-26";
  private static final String LAST = "2026-11-27";

  /** Near-duplicates are not looked for: that takes most of the time, and {@link DaysIT} does. */
  private static final String EXACT = "build-dialogues.near-duplicate-threshold=1";

  @TempDir private static Path temp;
  private static DayChain chain;
  private static byte[] thirdBefore;

  @BeforeAll
  static void addDays() throws IOException {
    chain = new DayChain(temp);
    talk("evening", FIRST + "T23:50:00Z", 2);
    talk("evening", LATE + "T00:00:00Z", 3);
    talk("night", LATE + "T23:55:00Z", 2);
    talk("night", THIRD + "T00:01:00Z", 2);
    talk("end", THIRD + "T23:58:00Z", 2);
    // Two messages of the first day are delivered again with the third.
    for (String second : List.of("00", "05")) {
      Instant at = Instant.parse(FIRST + "T23:50:" + second + "Z");
      chain.deliver(THIRD, "evening", sender(at), at, "evening " + at);
    }
    chain.add(FIRST, EXACT);
    chain.add(THIRD, EXACT);
    thirdBefore = Files.readAllBytes(manifest(THIRD));
    chain.add(LATE, EXACT);
    chain.add(LAST, EXACT);
  }

  private static void talk(String conversation, String from, int numMessages) {
    for (int i = 0; i < numMessages; i++) {
      Instant at = Instant.parse(from).plusSeconds(5L * i);
      chain.say(conversation, sender(at), at, conversation + " " + at);
    }
  }

  private static String sender(Instant at) {
    return at.getEpochSecond() / 5 % 2 == 0 ? "a" : "b";
  }

  private static Path manifest(String day) {
    return chain.path("dialogues/day=" + day + "/manifest.json");
  }

  private static List<String> texts(String day) {
    if (chain.manifest("dialogues/day=" + day).rows("data") == 0) {
      return List.of();
    }
    return chain.rows("dialogues/day=" + day + "/data", "array_join(turns.text, ', ')").stream()
        .map(row -> row.getString(0))
        .toList();
  }

  @Test
  void everyMessageIsInOneDialogueAndSessionsAreCutWhereTheLateDayWasMissing() {
    assertThat(texts(FIRST)).as("left open").isEmpty();
    assertThat(texts(THIRD))
        .containsExactlyInAnyOrder(
            "evening 2026-11-24T23:50:00Z, evening 2026-11-24T23:50:05Z",
            "night 2026-11-26T00:01:00Z, night 2026-11-26T00:01:05Z");
    assertThat(texts(LATE))
        .containsExactlyInAnyOrder(
            "evening 2026-11-25T00:00:00Z, evening 2026-11-25T00:00:05Z,"
                + " evening 2026-11-25T00:00:10Z",
            "night 2026-11-25T23:55:00Z, night 2026-11-25T23:55:05Z");
    assertThat(texts(LAST)).containsExactly("end 2026-11-26T23:58:00Z, end 2026-11-26T23:58:05Z");
  }

  @Test
  void lateDayTakesNothingOverAndLeavesNothingOpen() {
    assertThat(chain.manifest("dialogues/day=" + LATE).counts())
        .containsEntry("messages_taken_over", 0L)
        .containsEntry("messages_left_open", 0L);
    Manifest last = chain.manifest("dialogues/day=" + LAST);
    assertThat(last.counts()).containsEntry("messages_taken_over", 2L);
    assertThat(last.inputs())
        .filteredOn(input -> input.name().equals("open"))
        .extracting(Manifest.Input::path)
        .singleElement()
        .asString()
        .endsWith("day=" + THIRD);
  }

  @Test
  void messageThatIsDeliveredAgainIsDropped() {
    assertThat(chain.manifest("dialogues/day=" + THIRD).counts())
        .containsEntry("dropped.repeated-id", 2L)
        .containsEntry("messages_taken_over", 2L)
        .containsEntry("rows_in", 8L);
  }

  @Test
  void daysThatWereThereStayAsTheyAreAndAreStillDone() throws IOException {
    assertThat(manifest(THIRD)).hasBinaryContent(thirdBefore);
    for (String day : List.of(FIRST, LATE, THIRD, LAST)) {
      assertThat(chain.build(day, "messages", "dialogues", EXACT).out())
          .as(day)
          .contains("done already, nothing to do");
    }
  }

  @Test
  void dayBuiltByOtherSettingsIsRefused() {
    DayChain.done(chain.ingest("2026-11-28", "messages"));
    JobRun run =
        chain.build(
            "2026-11-28", "messages", "dialogues", EXACT, "build-dialogues.session-gap=40m");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err()).contains("build-dialogues.session-gap was 30m, is now 40m");
  }

  @Test
  void wholeRunOverTheDaysJoinsWhatTheLateDayCut() {
    DayChain.done(chain.build("", "messages", "whole", EXACT));
    List<String> texts = new ArrayList<>();
    for (Row row : chain.rows("whole/data", "array_join(turns.text, ', ')")) {
      texts.add(row.getString(0));
    }
    assertThat(texts).hasSize(3);
    assertThat(chain.manifest("whole").counts()).containsEntry("dropped.repeated-id", 2L);
    assertThat(chain.manifest("whole").inputs())
        .extracting(Manifest.Input::name)
        .hasSizeGreaterThanOrEqualTo(4)
        .containsOnly("messages");
  }
}

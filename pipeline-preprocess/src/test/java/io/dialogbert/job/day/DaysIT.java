package io.dialogbert.job.day;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.dialogue.PlantedDuplicates;
import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A corpus built day by day has the rows of one built whole, except those that rules name. */
class DaysIT {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final List<String> DAYS = List.of("2026-11-24", "2026-11-25", "2026-11-26");

  /** Without messages, so that nothing stays open. */
  private static final String LAST = "2026-11-27";

  private static final Instant START = Instant.parse(DAYS.get(0) + "T00:00:00Z");
  private static final String AD = "오늘만 특가! 지금 바로 가입하시면 선물을 드립니다";
  private static final int MAX_CONVERSATIONS = 3;
  private static final int COPIES = 12;

  private static final String[] SETTINGS = {
    "build-dialogues.max-turns=8",
    "build-dialogues.max-messages=12",
    "build-dialogues.max-conversations-per-text=" + MAX_CONVERSATIONS
  };

  /** What decides where a row may differ. */
  private static final String[] COLUMNS = {
    "dialogue_id",
    "conversation_id",
    "array_join(turns.text, '\n') as text",
    "cast(struct(dialogue_id, lang, split, started_at, turns) as string) as whole"
  };

  @TempDir private static Path temp;
  private static DayChain chain;
  private static final PlantedDuplicates MADE = new PlantedDuplicates(SEED, 5);
  private static final SplittableRandom RANDOM = new SplittableRandom(SEED);

  /** The conversations with the same dialogue, or nearly the same, by their pseudonyms. */
  private static final Map<String, Integer> GROUPS = new TreeMap<>();

  private static final Set<String> WITH_ADS = new HashSet<>();

  @BeforeAll
  static void makeAndBuild() throws IOException {
    System.out.println("seed " + SEED);
    chain = new DayChain(temp);
    for (int c = 0; c < 12; c++) {
      chat("chat" + c);
    }
    neverPause("endless");
    copies();
    ads();
    DayChain.done(chain.ingest("", "messages-whole"));
    DayChain.done(chain.build("", "messages-whole", "whole", SETTINGS));
    for (String day : DAYS) {
      chain.add(day, SETTINGS);
    }
    chain.add(LAST, SETTINGS);
  }

  /** Sessions at random times, many of them around midnight. */
  private static void chat(String conversation) {
    Instant at = START.plusSeconds(RANDOM.nextInt(3600));
    for (int session = 0; session < 9; session++) {
      for (int message = RANDOM.nextInt(2, 40); message > 0; message--) {
        if (isOver(at)) {
          return;
        }
        chain.say(conversation, conversation + RANDOM.nextInt(2), at, MADE.dialogue(1));
        at = at.plusSeconds(RANDOM.nextInt(1, 1800));
      }
      at = at.plusSeconds(RANDOM.nextInt(1800, 40_000));
    }
  }

  private static void neverPause(String conversation) {
    for (Instant at = START; !isOver(at); at = at.plusSeconds(RANDOM.nextInt(900, 1800))) {
      chain.say(conversation, conversation + RANDOM.nextInt(2), at, MADE.dialogue(1));
    }
  }

  private static boolean isOver(Instant at) {
    return !at.isBefore(START.plus(Duration.ofDays(DAYS.size())));
  }

  /** Dialogues that come again on each day, word for word or nearly. */
  private static void copies() {
    for (int group = 0; group < COPIES; group++) {
      String text = MADE.dialogue(6);
      for (int day = 0; day < DAYS.size(); day++) {
        String conversation = "copy" + group + "-" + day;
        GROUPS.put(DayChain.pseudonym(conversation), group);
        Instant at = START.plus(Duration.ofHours(24L * day + 12)).plusSeconds(group);
        String copy = group % 2 == 0 || day == 0 ? text : MADE.copy(text, 0.93);
        for (String turn : copy.lines().toList()) {
          chain.say(conversation, conversation + (at.getEpochSecond() % 2), at, turn);
          at = at.plusSeconds(5);
        }
      }
    }
  }

  /** On the last day one text has gone to more conversations than it may. */
  private static void ads() {
    for (int day = 0; day < DAYS.size(); day++) {
      for (int n = 0; n < 2; n++) {
        String conversation = "ads" + day + n;
        WITH_ADS.add(DayChain.pseudonym(conversation));
        Instant at = START.plus(Duration.ofHours(24L * day + 10)).plusSeconds(n);
        chain.say(conversation, "x" + conversation, at, MADE.dialogue(1));
        chain.say(conversation, "advertiser", at.plusSeconds(60), AD);
        chain.say(conversation, "y" + conversation, at.plusSeconds(120), MADE.dialogue(1));
      }
    }
  }

  @Test
  void rowsAreThoseOfOneRunExceptAdsOfEarlierDaysAndWhichOfTheCopiesStays() {
    List<Row> whole = chain.rows("whole/data", COLUMNS);
    List<Row> byDay = new ArrayList<>();
    for (String day : DAYS) {
      byDay.addAll(chain.rows("dialogues/day=" + day + "/data", COLUMNS));
    }
    byDay.addAll(lastDay());

    assertThat(byDay).extracting(row -> row.getString(0)).doesNotHaveDuplicates();
    assertThat(plain(byDay))
        .containsExactlyInAnyOrderElementsOf(plain(whole))
        .hasSizeGreaterThan(50);

    Map<Integer, String> keptWhole = copiesKept(whole);
    Map<Integer, String> keptByDay = copiesKept(byDay);
    assertThat(keptByDay.keySet()).isEqualTo(keptWhole.keySet()).hasSize(COPIES);
    assertThat(keptByDay)
        .as("ids are random, so some first ones are not the smallest")
        .isNotEqualTo(keptWhole);
    for (int group = 0; group < COPIES; group++) {
      assertThat(keptByDay.get(group)).isEqualTo(DayChain.pseudonym("copy" + group + "-0"));
    }

    assertThat(ads(whole)).isZero();
    assertThat(ads(byDay)).as("those before the limit was passed").isEqualTo(2);
    assertThat(withAds(byDay)).hasSameSizeAs(withAds(whole)).hasSize(2 * DAYS.size());
  }

  /** The day without a message has only what was left open. */
  private static List<Row> lastDay() {
    Manifest last = chain.manifest("dialogues/day=" + LAST);
    assertThat(last.counts())
        .containsEntry("messages_left_open", 0L)
        .containsEntry("rows_in", last.counts().get("messages_taken_over"));
    assertThat(last.counts().get("messages_taken_over")).isPositive();
    return last.rows("data") == 0
        ? List.of()
        : chain.rows("dialogues/day=" + LAST + "/data", COLUMNS);
  }

  /** The rows that no rule lets differ. */
  private static List<String> plain(List<Row> rows) {
    return rows.stream()
        .filter(
            row -> !GROUPS.containsKey(row.getString(1)) && !WITH_ADS.contains(row.getString(1)))
        .map(row -> row.getString(3))
        .toList();
  }

  /** The conversation that stays of each group; fails if there are two. */
  private static Map<Integer, String> copiesKept(List<Row> rows) {
    return rows.stream()
        .map(row -> row.getString(1))
        .filter(GROUPS::containsKey)
        .collect(Collectors.toMap(GROUPS::get, conversation -> conversation));
  }

  private static long ads(List<Row> rows) {
    return rows.stream().filter(row -> row.getString(2).contains("특가")).count();
  }

  private static List<Row> withAds(List<Row> rows) {
    return rows.stream().filter(row -> WITH_ADS.contains(row.getString(1))).toList();
  }

  @Test
  void everyMessageIsCountedOnceInADialogueOrADropOrLeftOpen() {
    long left = 0;
    for (String day : List.of(DAYS.get(0), DAYS.get(1), DAYS.get(2), LAST)) {
      Map<String, Long> counts = chain.manifest("dialogues/day=" + day).counts();
      assertThat(counts.get("messages_taken_over")).isEqualTo(left);
      long dropped =
          counts.entrySet().stream()
              .filter(count -> count.getKey().startsWith("dropped."))
              .mapToLong(Map.Entry::getValue)
              .sum();
      left = counts.get("messages_left_open");
      long own = chain.manifest("messages/day=" + day).rows("data");
      assertThat(counts.get("rows_in")).isEqualTo(own + counts.get("messages_taken_over"));
      assertThat(counts.get("messages_kept") + dropped + left).isEqualTo(counts.get("rows_in"));
      // Bounded by the limit of messages, however long conversations go on.
      assertThat(left).isLessThanOrEqualTo(13 * 12L);
    }
    assertThat(left).isZero();
  }

  @Test
  void aDayThatIsDoneStaysAsItIs() throws IOException {
    String day = DAYS.get(1);
    byte[] before = Files.readAllBytes(chain.path("dialogues/day=" + day + "/manifest.json"));
    assertThat(chain.ingest(day, "messages").out()).contains("done already, nothing to do");
    assertThat(chain.build(day, "messages", "dialogues", SETTINGS).out())
        .contains("done already, nothing to do");
    assertThat(chain.path("dialogues/day=" + day + "/manifest.json")).hasBinaryContent(before);
  }

  @Test
  void partitionsLeaveNoTrace() throws IOException {
    Path other = Files.createDirectory(chain.path("again"));
    for (int i = 0; i < 2; i++) {
      String name = "day=" + DAYS.get(i);
      FileUtils.copyDirectory(
          chain.path("dialogues/" + name).toFile(), other.resolve(name).toFile());
    }
    List<String> settings = new ArrayList<>(List.of(SETTINGS));
    settings.add("spark.sql.shuffle.partitions=7");
    String day = DAYS.get(2);
    DayChain.done(chain.build(day, "messages", "again", settings.toArray(String[]::new)));
    assertThat(chain.manifest("again/day=" + day).files())
        .isEqualTo(chain.manifest("dialogues/day=" + day).files());
  }
}

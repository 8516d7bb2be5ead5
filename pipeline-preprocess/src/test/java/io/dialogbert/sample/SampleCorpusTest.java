package io.dialogbert.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SampleCorpusTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> FIELDS =
      Set.of("conversation_id", "message_id", "sender_id", "sent_at", "lang", "text", "source");

  @Test
  void sameConfigurationGivesTheSameRows() {
    SampleConfig config = new SampleConfig(2_000, SEED, 0.15, 2, 0.01);
    assertThat(lines(config, 0)).isEqualTo(lines(config, 0));
    assertThat(lines(config, 0))
        .isNotEqualTo(lines(new SampleConfig(2_000, SEED + 1, 0.15, 2, 0.01), 0));
  }

  @Test
  void shardDoesNotDependOnOthersHavingBeenWritten() {
    SampleConfig config = new SampleConfig(2_000, SEED, 0.15, 4, 0);
    SampleCorpus corpus = new SampleCorpus(config);
    corpus.planted(0);
    List<String> afterAnother = new ArrayList<>();
    corpus.lines(3).forEachRemaining(afterAnother::add);
    assertThat(afterAnother).isEqualTo(lines(config, 3)).isNotEqualTo(lines(config, 2));
  }

  @Test
  void shardsAddUpToTheNumberOfMessagesAndShareNoIds() {
    SampleConfig config = new SampleConfig(1_003, SEED, 0.5, 4, 0);
    Map<String, Integer> shardOfId = new HashMap<>();
    long numRows = 0;
    for (int shard = 0; shard < 4; shard++) {
      for (JsonNode row : rows(config, shard)) {
        numRows++;
        for (String field : List.of("message_id", "conversation_id")) {
          Integer other = shardOfId.put(field + row.get(field).asText(), shard);
          assertThat(other == null || other == shard).as("id in two shards").isTrue();
        }
      }
    }
    assertThat(numRows).isEqualTo(1_003);
  }

  @Test
  void wholeRowsHaveTheRawMessageForm() {
    for (JsonNode row : rows(new SampleConfig(5_000, SEED, 0.3, 1, 0), 0)) {
      Set<String> fields = new HashSet<>();
      row.fieldNames().forEachRemaining(fields::add);
      assertThat(fields).isEqualTo(FIELDS);
      assertThat(row.get("text").asText()).isNotBlank();
      assertThat(row.get("lang").asText()).isIn("ko", "ja");
      assertThat(row.get("message_id").isTextual())
          .isEqualTo(row.get("lang").asText().equals("ja"));
      assertThat(OffsetDateTime.parse(row.get("sent_at").asText()).getYear()).isBetween(2024, 2026);
    }
  }

  @Test
  void ratesAreWithinTolerance() {
    List<JsonNode> rows = new ArrayList<>();
    SampleConfig config = new SampleConfig(40_000, SEED, 0.15, 4, 0.01);
    long numBroken = 0;
    for (int shard = 0; shard < 4; shard++) {
      for (String line : lines(config, shard)) {
        if (isWhole(line)) {
          rows.add(parse(line));
        } else {
          numBroken++;
        }
      }
    }
    String seed = "seed " + SEED;
    assertThat(numBroken / 40_000.0).as(seed).isCloseTo(0.01, within(0.003));
    double japanese = share(rows, row -> row.get("lang").asText().equals("ja"));
    assertThat(japanese).as(seed).isCloseTo(0.15, within(0.03));
    Set<String> ids =
        rows.stream().map(row -> row.get("message_id").asText()).collect(Collectors.toSet());
    assertThat(1 - ids.size() / (double) rows.size())
        .as("repeated rows, " + seed)
        .isBetween(0.001, 0.008);
    assertThat(share(rows, row -> row.get("sender_id").asText().equals("system")))
        .as("system rows, " + seed)
        .isBetween(0.001, 0.03);
  }

  @Test
  void brokenRowsBreakInSeveralWays() {
    List<String> lines = lines(new SampleConfig(600, SEED, 0.15, 1, 1), 0);
    assertThat(lines).as("seed %d", SEED).noneMatch(SampleCorpusTest::isWhole);
    assertThat(lines).as("not JSON").anyMatch(line -> !isJson(line));
    assertThat(lines.stream().filter(SampleCorpusTest::isJson).map(SampleCorpusTest::parse))
        .as("missing field")
        .anyMatch(row -> !row.has("text"))
        .as("wrong type")
        .anyMatch(row -> row.path("text").isArray());
  }

  @Test
  void textsAreManyAndTheirHeadIsHeavy() {
    List<JsonNode> rows = new ArrayList<>();
    for (int shard = 0; shard < 4; shard++) {
      rows.addAll(rows(new SampleConfig(30_000, SEED, 0.15, 4, 0), shard));
    }
    Map<String, Long> counts =
        rows.stream()
            .collect(Collectors.groupingBy(row -> row.get("text").asText(), Collectors.counting()));
    long numWords =
        counts.keySet().stream().flatMap(text -> Arrays.stream(text.split(" "))).distinct().count();
    long head =
        counts.values().stream()
            .sorted((a, b) -> Long.compare(b, a))
            .limit(100)
            .mapToLong(n -> n)
            .sum();
    assertThat(counts.size()).as("texts, seed %d", SEED).isGreaterThan(12_000);
    assertThat(numWords).as("words, seed %d", SEED).isGreaterThan(8_000);
    assertThat(head / 30_000.0).as("100 most frequent, seed %d", SEED).isBetween(0.1, 0.4);
  }

  @Test
  void sessionsHaveShortPausesWithinAndLongOnesBetween() {
    List<JsonNode> rows = rows(new SampleConfig(10_000, SEED, 0, 1, 0), 0);
    long numShort = 0;
    long numLong = 0;
    for (int i = 1; i < rows.size(); i++) {
      if (rows.get(i).get("conversation_id").equals(rows.get(i - 1).get("conversation_id"))) {
        Duration pause = Duration.between(sentAt(rows.get(i - 1)), sentAt(rows.get(i)));
        numShort += pause.compareTo(Duration.ofMinutes(15)) < 0 ? 1 : 0;
        numLong += pause.compareTo(Duration.ofHours(2)) >= 0 ? 1 : 0;
      }
    }
    assertThat(numShort).as("seed %d", SEED).isGreaterThan(8_500);
    assertThat(numLong).as("seed %d", SEED).isBetween(300L, 1_500L);
    assertThat(numShort + numLong).as("seed %d", SEED).isGreaterThan(9_600);
  }

  @Test
  void plantedDataStandsUnchangedInItsMessage() {
    SampleConfig config = new SampleConfig(20_000, SEED, 0.3, 1, 0);
    List<PlantedPii> planted = new SampleCorpus(config).planted(0);
    Map<String, String> texts = new HashMap<>();
    rows(config, 0)
        .forEach(row -> texts.put(row.get("message_id").asText(), row.get("text").asText()));
    assertThat(planted).allSatisfy(p -> assertThat(texts.get(p.messageId())).contains(p.value()));
    assertThat(planted.stream().map(PlantedPii::kind))
        .as("seed %d", SEED)
        .contains(
            "PHONE",
            "EMAIL",
            "URL",
            "ACCOUNT",
            "ADDRESS",
            "NAME",
            "BIRTH_DATE",
            "MESSENGER_ID",
            "CARD");
  }

  @Test
  void refusesValuesOutOfRange() {
    assertThatThrownBy(() -> new SampleConfig(0, 1, 0.15, 1, 0))
        .hasMessageContaining("numMessages is 0");
    assertThatThrownBy(() -> new SampleConfig(1, 1, 0.15, 0, 0))
        .hasMessageContaining("numShards is 0");
    assertThatThrownBy(() -> new SampleConfig(1, 1, 1.5, 1, 0))
        .hasMessageContaining("japaneseRatio is 1.5");
    assertThatThrownBy(() -> new SampleConfig(1, 1, 0.5, 1, Double.NaN))
        .hasMessageContaining("brokenRowRatio is NaN");
    assertThatThrownBy(() -> new SampleCorpus(new SampleConfig(1, 1, 0, 1, 0)).lines(1))
        .hasMessageContaining("shard is 1");
  }

  private static double share(
      List<JsonNode> rows, java.util.function.Predicate<JsonNode> predicate) {
    return rows.stream().filter(predicate).count() / (double) rows.size();
  }

  private static OffsetDateTime sentAt(JsonNode row) {
    return OffsetDateTime.parse(row.get("sent_at").asText());
  }

  private static boolean isJson(String line) {
    try {
      return JSON.readTree(line).isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static boolean isWhole(String line) {
    if (!isJson(line)) {
      return false;
    }
    JsonNode row = parse(line);
    return row.path("text").isTextual()
        && !row.get("text").asText().isEmpty()
        && row.path("sent_at").asText().matches("202[4-6]-.*T([01]\\d|2[0-3]):.*");
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a row is not JSON", e);
    }
  }

  private static List<JsonNode> rows(SampleConfig config, int shard) {
    return lines(config, shard).stream().map(SampleCorpusTest::parse).toList();
  }

  private static List<String> lines(SampleConfig config, int shard) {
    List<String> lines = new ArrayList<>();
    new SampleCorpus(config).lines(shard).forEachRemaining(lines::add);
    return lines;
  }
}

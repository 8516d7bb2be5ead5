package io.dialogbert.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.privacy.PiiKind;
import io.dialogbert.sample.PlantedPii;
import io.dialogbert.sample.SampleCorpus;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Ingestion lets through no personal data of the kinds that have rules, and no id of the messenger:
 * not in a table, the tokenizer or a manifest, nor in what jobs print.
 */
class PrivacyIT {
  private static final Set<String> KINDS_WITH_RULES =
      Stream.of(PiiKind.values()).map(Enum::name).collect(Collectors.toUnmodifiableSet());

  /** Shorter strings occur in any text by chance. */
  private static final int MIN_TELLING_CHARACTERS = 8;

  private static SampleChain chain;

  /** The content of everything except the raw sample, by place: one line per row or file. */
  private static Map<String, List<String>> places;

  private static final List<PlantedPii> PLANTED = new ArrayList<>();
  private static final Set<String> RAW_IDS = new HashSet<>();
  private static final Set<String> RAW_TEXTS = new HashSet<>();

  @BeforeAll
  static void collect() throws IOException {
    chain = SampleChain.shared();
    SampleCorpus corpus = new SampleCorpus(SampleChain.SAMPLE);
    ObjectMapper json = new ObjectMapper();
    for (int shard = 0; shard < SampleChain.SAMPLE.numShards(); shard++) {
      List<String> lines = new ArrayList<>();
      corpus.lines(shard, PLANTED::add).forEachRemaining(lines::add);
      lines.forEach(line -> remember(json, line));
    }
    places = new TreeMap<>();
    for (String job : chain.runs().keySet()) {
      places.put("printed by " + job, List.of(chain.runs().get(job).printed()));
      if (!job.equals("make-sample")) {
        addFiles(job);
      }
    }
  }

  private static void remember(ObjectMapper json, String line) {
    try {
      JsonNode row = json.readTree(line);
      for (String id : List.of("conversation_id", "sender_id")) {
        if (row.path(id).asText().length() >= MIN_TELLING_CHARACTERS) {
          RAW_IDS.add(row.path(id).asText());
        }
      }
      if (row.path("text").asText().length() >= MIN_TELLING_CHARACTERS) {
        RAW_TEXTS.add(row.path("text").asText());
      }
    } catch (JsonProcessingException e) {
      // A broken row of the sample; the rejects table has its hash.
      RAW_TEXTS.add(line);
    }
  }

  private static void addFiles(String job) throws IOException {
    Set<Path> tables = new HashSet<>();
    try (Stream<Path> files = Files.walk(chain.output(job))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.toString().endsWith(".parquet")) {
          tables.add(chain.output(job).resolve(chain.output(job).relativize(file).getName(0)));
        } else {
          places.put(
              job + "/" + file.getFileName(),
              List.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)));
        }
      }
    }
    for (Path table : tables) {
      places.put(
          job + "/" + table.getFileName(),
          SparkTestSession.get().read().parquet(table.toString()).toJSON().collectAsList());
    }
  }

  @Test
  void sampleHoldsDataToLookFor() {
    assertThat(PLANTED.stream().map(PlantedPii::kind).filter(KINDS_WITH_RULES::contains).distinct())
        .contains(
            "PHONE", "EMAIL", "URL", "ACCOUNT", "ADDRESS", "NAME", "BIRTH_DATE", "MESSENGER_ID");
    assertThat(RAW_IDS).hasSizeGreaterThan(20);
    assertThat(RAW_TEXTS).hasSizeGreaterThan(500);
    assertThat(places.keySet())
        .contains(
            "ingest-messages/data",
            "ingest-messages/rejects",
            "ingest-messages/manifest.json",
            "build-dialogues/data",
            "build-examples/data",
            "corpus-stats/frequent_texts",
            "corpus-stats/token_frequencies",
            "train-tokenizer/manifest.json");
  }

  @Test
  void plantedPersonalDataIsNowhere() {
    Normalizer normalizer = new Normalizer(2, false);
    for (PlantedPii planted : PLANTED) {
      if (KINDS_WITH_RULES.contains(planted.kind())) {
        assertNowhere(planted.kind(), planted.value());
        assertNowhere(planted.kind(), normalizer.normalize(planted.value()));
      }
    }
  }

  @Test
  void maskedDataIsCountedByKind() {
    Map<String, Long> counts = chain.manifest("ingest-messages").counts();
    for (PiiKind kind : PiiKind.values()) {
      long planted = PLANTED.stream().filter(p -> p.kind().equals(kind.name())).count();
      assertThat(counts.getOrDefault("pii." + kind.fileName(), 0L))
          .as(kind.name())
          .isGreaterThanOrEqualTo(planted);
    }
  }

  @Test
  void idsOfTheMessengerAreNowhere() {
    RAW_IDS.forEach(id -> assertNowhere("id", id));
  }

  @Test
  void pseudonymKeyIsNowhere() throws IOException {
    assertNowhere("key", Files.readString(chain.root().resolve("pseudonym.key")).strip());
  }

  @Test
  void jobsPrintAndManifestsHoldNoMessage() {
    places.forEach(
        (place, contents) -> {
          if (place.startsWith("printed") || place.endsWith(".json")) {
            for (String text : RAW_TEXTS) {
              assertThat(contents.get(0).contains(text)).as("a message in " + place).isFalse();
            }
          }
        });
  }

  @Test
  void rejectsTellNothingOfTheirLines() {
    for (String reject : places.get("ingest-messages/rejects")) {
      for (String text : RAW_TEXTS) {
        assertThat(reject.contains(text)).as("a message in a reject").isFalse();
      }
    }
  }

  @Test
  void examplesSpellOutNoPlantedData() throws IOException {
    Vocabulary vocabulary =
        Tokenizers.load(
                new Directories(new Configuration(false)),
                chain.output("train-tokenizer").toString())
            .tokenizer()
            .vocabulary();
    List<String> spelled =
        SparkTestSession.get()
            .read()
            .parquet(chain.output("build-examples").resolve("data").toString())
            .select("input_ids")
            .collectAsList()
            .stream()
            .map(row -> spell(row, vocabulary))
            .toList();
    Normalizer normalizer = new Normalizer(2, false);
    for (PlantedPii planted : PLANTED) {
      String value = normalizer.normalize(planted.value()).replace(" ", "");
      if (KINDS_WITH_RULES.contains(planted.kind())) {
        assertThat(spelled.stream().anyMatch(example -> example.contains(value)))
            .as("a planted " + planted.kind() + " in an example")
            .isFalse();
      }
    }
  }

  private static String spell(Row row, Vocabulary vocabulary) {
    List<Integer> ids = row.getList(0);
    return ids.stream().map(vocabulary::piece).collect(Collectors.joining()).replace("\u2581", "");
  }

  /** Does not print the value, so that anyone may see a failure. */
  private static void assertNowhere(String what, String value) {
    places.forEach(
        (place, contents) ->
            assertThat(contents.stream().filter(content -> content.contains(value)).count())
                .as(
                    "rows of "
                        + place
                        + " with a "
                        + what
                        + " of "
                        + value.length()
                        + " characters")
                .isZero());
  }
}

package io.dialogbert.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.max;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.example.RangeCheck;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.example.BuildExamplesJob;
import io.dialogbert.job.ingest.IngestMessagesJob;
import io.dialogbert.text.morpheme.MorphemeDictionary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole preprocessing chain: every input is in an output or counted, whatever the layout. */
class PipelineIT {
  private static SampleChain chain;

  @BeforeAll
  static void runChain() throws IOException {
    chain = SampleChain.shared();
  }

  @Test
  void everyJobEndsWellAndSaysSo() {
    assertThat(chain.runs()).hasSize(SampleChain.JOBS.size());
    chain
        .runs()
        .forEach(
            (job, run) -> {
              assertThat(run.exitCode()).as(job).isZero();
              assertThat(run.err()).as(job).isEmpty();
              assertThat(run.out())
                  .as(job)
                  .contains(job + " done in ")
                  .contains(chain.output(job).toString());
            });
  }

  @Test
  void effectiveSettingsArePrintedOnceWithTheirDefaults() {
    assertThat(chain.runs().get("build-dialogues").out().lines())
        .filteredOn(line -> line.contains("build-dialogues.test-ratio"))
        .singleElement()
        .asString()
        .matches("  build-dialogues.test-ratio +0\\.05 +0\\.2");
  }

  @Test
  void rowsThatComeInGoOutOrAreCountedByReason() {
    long made = chain.manifest("make-sample").counts().get("rows_out");
    assertThat(made).isEqualTo(SampleChain.SAMPLE.numMessages());

    Map<String, Long> ingest = chain.manifest("ingest-messages").counts();
    assertThat(ingest.get("rows_in")).isEqualTo(made);
    assertThat(sum(ingest, "dropped.")).isPositive();
    assertThat(sum(ingest, "rejected.")).isPositive();
    assertThat(ingest.get("rows_out") + sum(ingest, "dropped.") + sum(ingest, "rejected."))
        .isEqualTo(made);

    Map<String, Long> dialogues = chain.manifest("build-dialogues").counts();
    assertThat(dialogues.get("rows_in")).isEqualTo(ingest.get("rows_out"));
    // Duplicates are counted in dialogues, all other drops in messages.
    long droppedMessages = sum(dialogues, "dropped.");
    assertThat(dialogues.get("messages_kept") + droppedMessages)
        .isEqualTo(dialogues.get("rows_in"));
    assertThat(sum(dialogues, "dialogues.")).isEqualTo(dialogues.get("rows_out"));

    Map<String, Long> examples = chain.manifest("build-examples").counts();
    assertThat(examples.get("rows_in")).isEqualTo(dialogues.get("rows_out"));
    assertThat(examples.get("rows_out")).isPositive();
  }

  @Test
  void countsOfTheManifestAreThoseOfTheTables() {
    Map<String, Long> ingest = chain.manifest("ingest-messages").counts();
    assertThat(table("ingest-messages", "data").count()).isEqualTo(ingest.get("rows_out"));
    assertThat(table("ingest-messages", "rejects").count()).isEqualTo(sum(ingest, "rejected."));
    for (String job : List.of("ingest-messages", "build-dialogues", "build-examples")) {
      Manifest manifest = chain.manifest(job);
      assertThat(manifest.rows("data"))
          .as(job)
          .isEqualTo(manifest.counts().get("rows_out"))
          .isEqualTo(table(job, "data").count());
    }
    for (Row split : table("build-dialogues", "data").groupBy("split").count().collectAsList()) {
      assertThat(chain.manifest("build-dialogues").counts())
          .containsEntry("dialogues." + split.getString(0), split.getLong(1));
    }
  }

  @Test
  void manifestListsEveryFileWithItsLengthAndChecksum() throws Exception {
    for (Job<?> job : SampleChain.JOBS) {
      Path directory = chain.output(job.name());
      List<Manifest.OutputFile> listed = chain.manifest(job.name()).files();
      List<String> paths = listed.stream().map(Manifest.OutputFile::path).toList();
      assertThat(paths).as(job.name()).isNotEmpty();
      assertThat(files(directory)).containsExactlyInAnyOrderElementsOf(withManifest(paths));
      for (Manifest.OutputFile file : listed) {
        Path path = directory.resolve(file.path());
        assertThat(file.bytes()).as(file.path()).isEqualTo(Files.size(path));
        assertThat(file.sha256()).as(file.path()).isEqualTo(sha256(path));
        assertThat(file.rows() >= 0).as(file.path()).isEqualTo(file.path().endsWith(".parquet"));
      }
    }
  }

  @Test
  void nothingHiddenIsLeftBesideTheOutputs() throws IOException {
    try (Stream<Path> entries = Files.list(chain.root())) {
      assertThat(entries.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("."));
    }
  }

  @Test
  void manifestTellsSettingsInputsAndTheRunButNoLocationAmongTheSettings() {
    Manifest manifest = chain.manifest("build-examples");
    assertThat(manifest.settings())
        .containsEntry("build-examples.max-sequence-length", "48")
        .containsEntry("seed", "20191029")
        .doesNotContainKeys("build-examples.output", "build-examples.dialogues");
    assertThat(manifest.inputs())
        .extracting(Manifest.Input::name, Manifest.Input::fingerprint)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "dialogues", chain.manifest("build-dialogues").fingerprint()),
            org.assertj.core.groups.Tuple.tuple(
                "tokenizer", chain.manifest("train-tokenizer").fingerprint()),
            org.assertj.core.groups.Tuple.tuple(
                "morpheme-dictionaries", MorphemeDictionary.bundledVersion()));
    assertThat(manifest.run()).containsKeys("started", "seconds", "java", "spark", "os", "cores");
    assertThat(manifest.run().get("code_version")).matches("\\d+\\.\\d+\\..*");
  }

  @Test
  void tablesHaveTheirPublishedColumns() {
    assertThat(columns(table("ingest-messages", "data")))
        .containsExactly(
            "conversation_id string",
            "message_id string",
            "sender_id string",
            "sent_at timestamp",
            "text string",
            "source string",
            "source_row bigint",
            "lang string",
            "month string");
    assertThat(columns(table("ingest-messages", "rejects")))
        .containsExactly(
            "file string", "row bigint", "reason string", "rule string", "hash string");
    assertThat(columns(table("build-dialogues", "data")))
        .containsExactly(
            "dialogue_id string",
            "conversation_id string",
            "started_at timestamp",
            "turns array<struct<speaker:string,text:string,message_ids:array<string>>>",
            "lang string",
            "split string");
    assertThat(columns(table("build-examples", "data")))
        .containsExactly(
            "example_id string",
            "dialogue_id string",
            "dialogue_ids array<string>",
            "lang string",
            "input_ids array<int>",
            "segment_ids array<int>",
            "turn_ids array<int>",
            "next_sentence_label int",
            "masked_lm_positions array<int>",
            "masked_lm_ids array<int>",
            "split string");
  }

  @Test
  void messagesLieByLanguageAndMonth() {
    List<String> paths =
        chain.manifest("ingest-messages").files().stream()
            .map(Manifest.OutputFile::path)
            .filter(path -> path.startsWith("data/"))
            .toList();
    assertThat(paths)
        .isNotEmpty()
        .allMatch(
            path -> path.matches("data/lang=(ko|ja)/month=20\\d\\d-\\d\\d/part-\\d+\\..*parquet"));
    Dataset<Row> messages = table("ingest-messages", "data");
    assertThat(messages.filter("cast(month as string) != date_format(sent_at, 'yyyy-MM')").count())
        .isZero();
  }

  @Test
  void corpusStatsHasOneTableForEachQuestion() {
    Map<String, Long> ingest = chain.manifest("ingest-messages").counts();
    Map<String, Long> dialogues = chain.manifest("build-dialogues").counts();
    Map<String, Long> stats = chain.manifest("corpus-stats").counts();
    long turns = sum(dialogues, "turns.");
    long messages = ingest.get("rows_out");
    assertThat(sumOf("messages_per_day", "messages")).isEqualTo(messages);
    assertThat(sumOf("message_lengths", "messages")).isEqualTo(messages);
    assertThat(sumOf("message_tokens", "messages")).isEqualTo(messages);
    assertThat(sumOf("dialogues_per_day", "dialogues")).isEqualTo(dialogues.get("rows_out"));
    assertThat(sumOf("dialogues_per_day", "turns")).isEqualTo(turns);
    assertThat(sumOf("turns_per_dialogue", "dialogues")).isEqualTo(dialogues.get("rows_out"));
    assertThat(sumOf("turn_tokens", "turns")).isEqualTo(turns);
    assertThat(sumOf("splits", "dialogues")).isEqualTo(dialogues.get("rows_out"));
    assertThat(sumOf("splits", "turns")).isEqualTo(turns);
    assertThat(sumOf("dropped", "messages"))
        .isEqualTo(sum(ingest, "dropped.") + sum(dialogues, "dropped."));
    assertThat(sumOf("rejected", "rows")).isEqualTo(sum(ingest, "rejected."));
    assertThat(sumOf("personal_data", "matches")).isEqualTo(sum(ingest, "pii."));
    // First all languages together, then each one.
    assertThat(sumOf("unknown_tokens", "tokens")).isEqualTo(2 * stats.get("tokens"));
    assertThat(sumOf("token_frequencies", "occurrences")).isBetween(1L, stats.get("tokens"));
    for (String coverage : List.of("text_coverage", "reply_coverage", "piece_coverage")) {
      assertThat(table("corpus-stats", coverage).select("lang").distinct().count())
          .as(coverage)
          .isGreaterThanOrEqualTo(2);
    }
    assertThat(table("corpus-stats", "word_coverage").filter("coverage = 1").count()).isEqualTo(2);
    for (String shown : List.of("frequent_texts", "frequent_replies")) {
      Row least =
          table("corpus-stats", shown)
              .selectExpr(
                  shown.equals("frequent_texts") ? "min(messages)" : "min(replies)", "min(senders)")
              .first();
      assertThat(least.getLong(0)).as(shown).isGreaterThanOrEqualTo(3);
      assertThat(least.getLong(1)).as(shown).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void coverageOfATokenIsTheShareOfAllTokensUpToItsRank() {
    double tokens = chain.manifest("corpus-stats").counts().get("tokens");
    List<Row> rows = table("corpus-stats", "token_frequencies").orderBy("rank").collectAsList();
    long covered = 0;
    long rank = 0;
    for (Row row : rows) {
      covered += row.<Long>getAs("occurrences");
      assertThat(row.<Long>getAs("rank")).isEqualTo(++rank);
      assertThat(row.<Double>getAs("coverage")).as("rank %d", rank).isEqualTo(covered / tokens);
    }
    assertThat(covered).as("some pieces are hidden").isLessThan((long) tokens);
  }

  @Test
  void figuresOfExamplesAreTheSameOnTheConsoleAndInTheManifest() {
    Map<String, Double> figures = chain.manifest("build-examples").figures();
    String printed = chain.runs().get("build-examples").out();
    assertThat(printed).doesNotContain("OUTSIDE", "caps");
    for (String name :
        List.of("fill_ratio", "mean_turns", "mask_ratio", "random_pair_ratio", "unknown_ratio")) {
      RangeCheck figure =
          new RangeCheck(
              name,
              figures.get(name),
              figures.get(name + RangeCheck.MIN_SUFFIX),
              figures.get(name + RangeCheck.MAX_SUFFIX));
      assertThat(printed).contains(figure.line());
    }
  }

  @Test
  void aCapThatBitesIsSaidAndExpected(@TempDir Path temp) {
    String printed =
        run(new BuildExamplesJob(), temp.resolve("capped"), "build-examples.masked-lm-prob=0.3");
    assertThat(printed)
        .contains("note: max-predictions-per-seq = 8 caps masked-lm-prob = 0.3")
        .doesNotContain("OUTSIDE");
  }

  private static long sumOf(String stats, String column) {
    return table("corpus-stats", stats).selectExpr("sum(" + column + ")").first().getLong(0);
  }

  @Test
  void conversationIsNeverInTwoSplits() {
    Dataset<Row> dialogues = table("build-dialogues", "data");
    assertThat(dialogues.select("split").distinct().count()).isEqualTo(3);
    assertThat(mostSplits(dialogues, "conversation_id")).isEqualTo(1);
    Dataset<Row> examples =
        table("build-examples", "data")
            .select("dialogue_id", "split")
            .join(dialogues.select("dialogue_id", "conversation_id"), "dialogue_id");
    assertThat(examples.select("split").distinct().count()).isEqualTo(3);
    assertThat(mostSplits(examples, "conversation_id")).isEqualTo(1);
  }

  @Test
  void eachDialogueIsThereOnce() {
    Dataset<Row> dialogues = table("build-dialogues", "data");
    assertThat(dialogues.select("dialogue_id").distinct().count()).isEqualTo(dialogues.count());
    assertThat(dialogues.select("lang", "turns.text").distinct().count())
        .isEqualTo(dialogues.count());
    Dataset<Row> examples = table("build-examples", "data");
    assertThat(examples.select("example_id").distinct().count()).isEqualTo(examples.count());
  }

  @Test
  void rowsDoNotDependOnTheNumberOfPartitions(@TempDir Path temp) {
    Manifest[] messages = new Manifest[3];
    Manifest[] dialogues = new Manifest[3];
    Manifest[] examples = new Manifest[2];
    Manifest[] fullSentences = new Manifest[2];
    List<List<String>> dialogueRows = new ArrayList<>();
    List<List<String>> exampleRows = new ArrayList<>();
    List<List<String>> fullSentencesRows = new ArrayList<>();
    int[] partitions = {1, 7, 64};
    for (int i = 0; i < partitions.length; i++) {
      String flag = "spark.sql.shuffle.partitions=" + partitions[i];
      Path directory = temp.resolve("partitions-" + partitions[i]);
      Path newMessages = directory.resolve("messages");
      Path newDialogues = directory.resolve("dialogues");
      Path newExamples = directory.resolve("examples");
      Path newFullSentences = directory.resolve("full-sentences");
      run(new IngestMessagesJob(), newMessages, flag);
      run(new BuildDialoguesJob(), newDialogues, flag, "build-dialogues.messages=" + newMessages);
      messages[i] = SampleChain.manifest(newMessages);
      dialogues[i] = SampleChain.manifest(newDialogues);
      if (i == examples.length) {
        // Examples would take long; their inputs are compared.
        break;
      }
      run(new BuildExamplesJob(), newExamples, flag, "build-examples.dialogues=" + newDialogues);
      run(
          new BuildExamplesJob(),
          newFullSentences,
          flag,
          "build-examples.dialogues=" + newDialogues,
          "build-examples.pairing=full-sentences",
          "build-examples.static-masks=2");
      dialogueRows.add(sortedRows(newDialogues));
      exampleRows.add(sortedRows(newExamples));
      fullSentencesRows.add(sortedRows(newFullSentences));
      examples[i] = SampleChain.manifest(newExamples);
      fullSentences[i] = SampleChain.manifest(newFullSentences);
    }
    assertThat(dialogueRows.get(0)).isNotEmpty();
    assertThat(dialogueRows.get(1).equals(dialogueRows.get(0))).as("equal dialogues").isTrue();
    assertThat(exampleRows.get(0)).isNotEmpty();
    assertThat(exampleRows.get(1).equals(exampleRows.get(0))).as("equal examples").isTrue();
    assertThat(fullSentencesRows.get(0)).isNotEmpty();
    assertThat(fullSentencesRows.get(1).equals(fullSentencesRows.get(0)))
        .as("equal full sentences")
        .isTrue();
    // Not only the rows: the same work writes the same files, and later fingerprints depend on
    // them.
    for (int i = 1; i < partitions.length; i++) {
      assertThat(messages[i].fingerprint()).isEqualTo(messages[0].fingerprint());
      assertThat(dialogues[i].fingerprint()).isEqualTo(dialogues[0].fingerprint());
    }
    assertThat(examples[1].fingerprint()).isEqualTo(examples[0].fingerprint());
    assertThat(fullSentences[1].fingerprint()).isEqualTo(fullSentences[0].fingerprint());
  }

  @Test
  void examplesAreAsExpectedAndCountedRight() {
    assertThat(chain.runs().get("build-examples").out())
        .contains("  random_pair_ratio ")
        .doesNotContain("OUTSIDE");
    Dataset<Row> examples = table("build-examples", "data");
    Manifest manifest = chain.manifest("build-examples");
    long tokens = examples.selectExpr("sum(size(input_ids))").first().getLong(0);
    assertThat(tokens).isEqualTo(manifest.counts().get("tokens"));
    assertThat(examples.selectExpr("avg(next_sentence_label)").first().getDouble(0))
        .isEqualTo(manifest.figures().get("random_pair_ratio"));
  }

  @Test
  void fullSentencesAreStoredWithoutPairsAndWithMasksOfTheirOwn(@TempDir Path temp) {
    Path output = temp.resolve("examples");
    String out =
        run(
            new BuildExamplesJob(),
            output,
            "build-examples.pairing=full-sentences",
            "build-examples.use-turn-embedding=false",
            "build-examples.static-masks=3");

    assertThat(out).contains("  mask_ratio ").doesNotContain("random_pair_ratio", "OUTSIDE");
    Manifest manifest = SampleChain.manifest(output);
    assertThat(manifest.figures()).containsKey("mask_ratio").doesNotContainKey("random_pair_ratio");
    assertThat(manifest.figures().get("mean_turns")).isGreaterThan(2);
    Dataset<Row> rows = SparkTestSession.get().read().parquet(output.resolve("data").toString());
    assertThat(rows.count()).isEqualTo(manifest.counts().get("rows_out"));
    assertThat(rows.filter("next_sentence_label != -1").count()).isZero();
    assertThat(rows.filter("exists(segment_ids, s -> s != 0)").count()).isZero();
    assertThat(rows.filter("exists(turn_ids, t -> t != 0)").count()).isZero();
    assertThat(rows.filter("size(masked_lm_ids) not between 1 and 8").count()).isZero();
    Dataset<Row> copies =
        rows.selectExpr(
                "regexp_replace(example_id, '-[0-9]+$', '') as original", "masked_lm_positions")
            .groupBy("original")
            .agg(countDistinct(col("masked_lm_positions")).as("masks"));
    assertThat(copies.count() * 3).isEqualTo(rows.count());
    // A short example may get the same masks twice.
    assertThat(copies.filter("masks < 3").count()).isLessThan(copies.count() / 10);
  }

  private static String run(Job<?> job, Path output, String... settings) {
    JobRun run = JobRun.of(job, chain.arguments(job.name(), output, settings));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.out();
  }

  private static List<String> sortedRows(Path output) {
    return SparkTestSession.get()
        .read()
        .parquet(output.resolve("data").toString())
        .toJSON()
        .collectAsList()
        .stream()
        .sorted()
        .toList();
  }

  private static Dataset<Row> table(String job, String name) {
    return SparkTestSession.get().read().parquet(chain.output(job).resolve(name).toString());
  }

  private static long mostSplits(Dataset<Row> rows, String id) {
    return rows.groupBy(id)
        .agg(countDistinct(col("split")).as("splits"))
        .agg(max("splits"))
        .first()
        .getLong(0);
  }

  private static List<String> columns(Dataset<Row> rows) {
    return Stream.of(rows.schema().fields())
        .map((StructField field) -> field.name() + " " + field.dataType().catalogString())
        .toList();
  }

  private static long sum(Map<String, Long> counts, String prefix) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private static List<String> withManifest(List<String> paths) {
    List<String> all = new ArrayList<>(paths);
    all.add(Manifest.FILE_NAME);
    return all;
  }

  private static List<String> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile)
          .map(path -> directory.relativize(path).toString())
          .toList();
    }
  }

  private static String sha256(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return DigestUtils.sha256Hex(in.readAllBytes());
    }
  }
}

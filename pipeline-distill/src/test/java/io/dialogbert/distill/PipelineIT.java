package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.distill.Canaries.Canary;
import io.dialogbert.distill.teacher.TeachJob;
import io.dialogbert.finetune.data.BuildTaskDataJob;
import io.dialogbert.finetune.mine.MineReactionsJob;
import io.dialogbert.finetune.train.FinetuneJob;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.example.BuildExamplesJob;
import io.dialogbert.job.forget.ForgetJob;
import io.dialogbert.job.ingest.IngestMessagesJob;
import io.dialogbert.job.report.ReportJob;
import io.dialogbert.job.sample.MakeSampleJob;
import io.dialogbert.job.stats.CorpusStatsJob;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.job.tokenizer.TrainTokenizerJob;
import io.dialogbert.pretrain.EvaluateEncoderJob;
import io.dialogbert.pretrain.PretrainJob;
import io.dialogbert.privacy.PiiKind;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.sample.PlantedPii;
import io.dialogbert.sample.SampleConfig;
import io.dialogbert.sample.SampleCorpus;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole chain, once, on a small made-up corpus. */
final class PipelineIT {
  private static final SampleConfig SAMPLE = new SampleConfig(2000, 20191029L, 0.15, 2, 0.001);
  private static final String KEY = "key of the made-up sample corpus";

  private static final List<Job<?>> CHAIN =
      List.of(
          new MakeSampleJob(),
          new IngestMessagesJob(),
          new BuildDialoguesJob(),
          new TrainTokenizerJob(),
          new BuildExamplesJob(),
          new CorpusStatsJob(),
          new PretrainJob(),
          new EvaluateEncoderJob(),
          new MineReactionsJob(),
          new BuildTaskDataJob(),
          new FinetuneJob(),
          new TeachJob(),
          new DistillJob(),
          new ReportJob());

  private static final String TRAINING =
      """
      training {
        num-steps = 4, batch-size = 8, num-workers = 2, averaging-frequency = 2
        learning-rate = 1e-3, warmup-steps = 1, evaluation-steps = 2, evaluation-examples = 16
      }
      """;

  @TempDir static Path directory;
  private static Path work;
  private static Path config;

  private static final Canaries CANARIES = new Canaries();

  /** All that the chain wrote, printed and logged, the raw messages left out. */
  private static List<Produced> produced;

  @BeforeAll
  static void runTheChain() throws IOException {
    work = Files.createDirectory(directory.resolve("work"));
    config = directory.resolve("chain.conf");
    Files.writeString(directory.resolve("pseudonym.key"), KEY);
    Files.writeString(config, settings());
    Files.createDirectory(directory.resolve("canaries"));
    Files.write(directory.resolve("canaries").resolve("canaries.jsonl"), CANARIES.rows());
    produced = new ArrayList<>();
    try (CapturedOutput output = new CapturedOutput(directory.resolve("logs.txt"))) {
      for (Job<?> job : CHAIN) {
        produced.add(Produced.of("printed by " + job.name(), run(job)));
      }
      produced.add(Produced.of("standard output and error", output.printed()));
    }
    produced.add(Produced.ofFile(directory, directory.resolve("logs.txt"), tokenizer()));
    for (Path file : Produced.files(work)) {
      if (!file.startsWith(work.resolve("sample"))) {
        produced.add(Produced.ofFile(work, file, tokenizer()));
      }
    }
  }

  private static Tokenizer tokenizer() throws IOException {
    return Tokenizers.load(
            new Directories(new Configuration()), work.resolve("tokenizer").toString())
        .tokenizer();
  }

  private static String settings() {
    return """
    seed = %d
    work = "%s"
    # Code generation takes longer than interpretation of so few rows.
    spark {
      master = "local[2]", sql.shuffle.partitions = 2
      sql.codegen.wholeStage = false, sql.codegen.factoryMode = NO_CODEGEN
    }
    make-sample {
      output = ${work}/sample
      num-messages = %d, japanese-ratio = %s, num-shards = %d, broken-row-ratio = %s
    }
    ingest-messages {
      input = [${work}/sample/data, "%s"], output = ${work}/messages
      pseudonym-key-file = "%s"
    }
    build-dialogues {
      messages = ${work}/messages, output = ${work}/dialogues
      validation-ratio = 0.2, test-ratio = 0.2
    }
    train-tokenizer { dialogues = ${work}/dialogues, output = ${work}/tokenizer, vocab-size = 900 }
    build-examples {
      dialogues = ${work}/dialogues, tokenizer = ${work}/tokenizer, output = ${work}/examples
      max-unknown-rate = 0.2
    }
    corpus-stats {
      messages = ${work}/messages, dialogues = ${work}/dialogues, tokenizer = ${work}/tokenizer
      output = ${work}/stats
      min-shown-count = 2
      min-shown-senders = 2
      max-unknown-rate = 0.2
    }
    pretrain {
      examples = ${work}/examples, tokenizer = ${work}/tokenizer, output = ${work}/pretrained
      encoder {
        hidden-size = 32, num-hidden-layers = 2, num-attention-heads = 2, intermediate-size = 64
      }
      %s
    }
    evaluate-encoder {
      checkpoint = ${work}/pretrained, examples = ${work}/examples, output = ${work}/evaluation
    }
    mine-reactions {
      dialogues = ${work}/dialogues, output = ${work}/reaction-classes
      num-classes = 20, min-class-count = 2, min-senders = 2
    }
    build-task-data {
      dialogues = ${work}/dialogues, reactions = ${work}/reaction-classes
      tokenizer = ${work}/tokenizer, output = ${work}/reactions, max-unknown-rate = 0.2
    }
    finetune {
      checkpoint = ${work}/pretrained, task-data = ${work}/reactions, output = ${work}/teacher
      %s
    }
    teach {
      teacher = ${work}/teacher, task-data = ${work}/reactions, output = ${work}/answers
    }
    distill {
      teacher = ${work}/teacher, teachers = [${work}/answers], task-data = ${work}/reactions
      output = ${work}/student
      student.num-hidden-layers = 1
      %s
    }
    report { work = ${work}, output = ${work}/report }
    """
        .formatted(
            SAMPLE.seed(),
            work,
            SAMPLE.numMessages(),
            SAMPLE.japaneseRatio(),
            SAMPLE.numShards(),
            SAMPLE.brokenRowRatio(),
            directory.resolve("canaries"),
            directory.resolve("pseudonym.key"),
            TRAINING,
            TRAINING,
            TRAINING);
  }

  /** Runs a job, which must end well; gives what it printed. */
  private static String run(Job<?> job, String... settings) {
    List<String> arguments = new ArrayList<>(List.of("--config", config.toString()));
    Stream.of(settings).forEach(setting -> arguments.addAll(List.of("--set", setting)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    int code = JobMain.execute(job, arguments.toArray(String[]::new), out, out);
    String printed = bytes.toString(StandardCharsets.UTF_8);
    assertThat(code).as(() -> job.name() + ":\n" + printed).isEqualTo(JobMain.DONE);
    return printed;
  }

  @Test
  void doesNothingTwice() throws IOException {
    List<String> before = manifests();
    for (Job<?> job : CHAIN) {
      assertThat(run(job)).as(job.name()).contains("done already, nothing to do");
    }
    assertThat(manifests()).hasSize(CHAIN.size()).isEqualTo(before);
  }

  private static List<String> manifests() throws IOException {
    List<String> manifests = new ArrayList<>();
    for (Path file : Produced.files(work)) {
      if (file.endsWith(Manifest.FILE_NAME)) {
        manifests.add(Files.readString(file));
      }
    }
    return manifests;
  }

  @Test
  void leavesNothingButFinishedDirectories() throws IOException {
    try (Stream<Path> children = Files.list(work)) {
      assertThat(children.filter(child -> !child.toString().endsWith("-checkpoints")))
          .hasSize(CHAIN.size())
          .allSatisfy(child -> assertThat(child.resolve(Manifest.FILE_NAME)).isRegularFile());
    }
  }

  @Test
  void makesTheStudentSmallerThanTheTeacher() throws IOException {
    Path file = work.resolve("student").resolve(Manifest.FILE_NAME);
    Manifest manifest = Manifest.fromJson(Files.readString(file), file.toString());
    assertThat(manifest.counts().get("student_parameters"))
        .isPositive()
        .isLessThan(manifest.counts().get("teacher_parameters"));
    assertThat(manifest.figures().get("student_test_accuracy")).isBetween(0.0, 1.0);
  }

  @Test
  void writesAReportOfAllStagesThatNeedsNothingElse() throws IOException {
    String html = Files.readString(work.resolve("report").resolve("report.html"));
    for (Job<?> job : CHAIN.subList(0, CHAIN.size() - 1)) {
      assertThat(html).contains(job.name());
    }
    assertThat(html).contains("How much the reaction classes cover");
    assertThat(html).doesNotContain("src=\"http").doesNotContain("href=\"http");
  }

  @Test
  void keepsPlantedPersonalDataInTheSampleAlone() throws IOException {
    Set<String> kinds = Stream.of(PiiKind.values()).map(Enum::name).collect(Collectors.toSet());
    List<PlantedPii> planted = planted().stream().filter(p -> kinds.contains(p.kind())).toList();
    assertThat(planted.stream().map(PlantedPii::kind)).contains("PHONE", "EMAIL", "URL");

    List<Produced> sample = new ArrayList<>();
    for (Path file : Produced.files(work.resolve("sample"))) {
      sample.add(Produced.ofFile(work, file, tokenizer()));
    }
    // The search finds what is there.
    assertThat(planted)
        .allMatch(p -> sample.stream().anyMatch(file -> file.text().contains(p.value())));

    Set<String> leaks = new TreeSet<>();
    for (Produced place : produced) {
      for (PlantedPii p : planted) {
        if (forms(p).stream().anyMatch(place.text()::contains)) {
          leaks.add(p.kind() + " of message " + p.messageId() + " in " + place.place());
        }
      }
    }
    assertThat(produced).hasSizeGreaterThan(40);
    assertThat(leaks).isEmpty();
  }

  @Test
  void findsEveryCanaryWhereItWasPlanted() throws IOException {
    Path file = directory.resolve("canaries").resolve("canaries.jsonl");
    Produced raw = Produced.ofFile(directory, file, tokenizer());
    for (Canary canary : CANARIES.all()) {
      assertThat(raw.holds(canary.value())).as("%s", canary).isTrue();
      for (String part : canary.parts()) {
        assertThat(raw.holds(part)).as("%s, a part", canary).isTrue();
      }
    }
    assertThat(CANARIES.ids()).allMatch(raw::holds);
  }

  /** What the rules leave alone gets everywhere that a canary could get to. */
  @Test
  void findsTheControlInTablesVocabularyAndDecodedExamples() {
    for (Canary control : CANARIES.all().stream().filter(Canary::isControl).toList()) {
      for (String table : List.of("messages/data", "dialogues/data", "stats/frequent_texts")) {
        assertThat(placesOf(control)).as("%s", control).anyMatch(p -> p.startsWith(table));
      }
      String letter = control.value().substring(0, 1);
      assertThat(produced)
          .anyMatch(p -> p.place().startsWith("tokenizer/") && p.holds(letter))
          .anyMatch(p -> p.place().startsWith("stats/token_frequencies") && p.holds(letter))
          .anyMatch(p -> p.place().startsWith("examples/data") && p.holds(control.forms()));
    }
    assertThat(produced)
        .anyMatch(p -> p.place().equals("logs.txt") && p.text().contains("ingest-messages"))
        .anyMatch(p -> p.place().startsWith("pretrained/") && p.place().endsWith(".zip"))
        .anyMatch(p -> p.place().equals("report/report.html"));
  }

  @Test
  void keepsCanariesOutOfEveryProducedByte() {
    Map<Canary, List<String>> leaks = new LinkedHashMap<>();
    for (Canary canary : CANARIES.all().stream().filter(Canary::mustStayOut).toList()) {
      List<String> places = placesOf(canary);
      if (!places.isEmpty()) {
        leaks.put(canary, places);
      }
    }
    assertThat(leaks).isEmpty();
    for (String id : CANARIES.ids()) {
      assertThat(produced.stream().filter(p -> p.holds(id)).map(Produced::place)).isEmpty();
    }
  }

  private static List<String> placesOf(Canary canary) {
    return produced.stream().filter(p -> p.holds(canary.forms())).map(Produced::place).toList();
  }

  @Test
  void teachesTheTokenizerNoPartOfPlantedNumbers() throws IOException {
    Vocabulary vocabulary = tokenizer().vocabulary();
    Set<String> numbers = new TreeSet<>();
    planted().forEach(p -> numbers.add(digits(p.value())));
    CANARIES.all().stream()
        .filter(Canary::mustStayOut)
        .forEach(canary -> numbers.add(digits(canary.value())));
    for (int id = 0; id < vocabulary.size(); id++) {
      String digits = digits(vocabulary.piece(id));
      if (digits.length() >= 5) {
        int piece = id;
        assertThat(numbers)
            .as("piece %d has %d digits", piece, digits.length())
            .noneMatch(number -> number.contains(digits));
      }
    }
  }

  @Test
  void keepsTheKeyAndTheConversationsNamesToItself() {
    Set<String> conversations =
        planted().stream().map(PlantedPii::conversationId).collect(Collectors.toSet());
    for (Produced place : produced) {
      assertThat(place.text().contains(KEY)).as("key in %s", place.place()).isFalse();
      assertThat(conversations.stream().filter(place.text()::contains))
          .as("names of conversations in %s", place.place())
          .isEmpty();
    }
  }

  @Test
  void forgetsUsersInAllThatWasMadeOfTheirMessages() throws IOException {
    Path copy = directory.resolve("forgetful");
    FileUtils.copyDirectory(work.toFile(), copy.toFile());
    List<String> users = senders().stream().limit(20).toList();
    Files.write(directory.resolve("users.txt"), users);
    String key = directory.resolve("pseudonym.key").toString();
    run(
        new ForgetJob(),
        "forget.users=[\"" + directory.resolve("users.txt") + "\"]",
        "forget.directories=[\"" + copy + "\"]",
        "forget.output=" + directory.resolve("forgotten"),
        "forget.pseudonym-key-file=" + key);

    Map<String, String> actions = new TreeMap<>();
    Map<String, Integer> rewritten = new TreeMap<>();
    for (Path file : files(directory.resolve("forgotten/data"))) {
      for (Group row : rows(file)) {
        String name = row.getString("directory", 0).substring(("file:" + copy + "/").length());
        actions.put(name, row.getString("action", 0));
        rewritten.put(name, row.getInteger("files_rewritten", 0));
      }
    }
    Map<String, String> expected = new TreeMap<>();
    expected.put("sample", "untouched");
    List.of("messages", "dialogues", "examples", "reactions")
        .forEach(name -> expected.put(name, "rewritten"));
    List.of("tokenizer", "stats", "evaluation", "reaction-classes", "answers", "report")
        .forEach(name -> expected.put(name, "make-again"));
    for (String model : List.of("pretrained", "teacher", "student")) {
      expected.put(model, "retrain");
      // Of its run, which is over, and had no checkpoint on the way.
      expected.put(model + "-checkpoints", "retrain");
    }
    assertThat(actions).isEqualTo(expected);
    // The student's directory holds the examples that the teacher was asked.
    assertThat(rewritten.get("student")).isPositive();

    Pseudonymizer pseudonymizer = new Pseudonymizer(PseudonymKey.ofFile(Path.of(key)));
    for (String user : users) {
      String pseudonym = pseudonymizer.pseudonym(Pseudonymizer.Kind.SENDER, user);
      for (Path file : files(copy)) {
        assertThat(Produced.ofFile(copy, file, tokenizer()).text().contains(pseudonym))
            .as("a pseudonym in %s", file)
            .isFalse();
      }
    }
    Set<String> dialogues = new TreeSet<>();
    for (Path file : files(copy.resolve("dialogues/data"))) {
      rows(file).forEach(row -> dialogues.add(row.getString("dialogue_id", 0)));
    }
    for (String table : List.of("examples/data", "reactions/data", "student/taught")) {
      long found = 0;
      for (Path file : files(copy.resolve(table))) {
        for (Group row : rows(file)) {
          Group ids = row.getGroup("dialogue_ids", 0);
          for (int i = 0; i < ids.getFieldRepetitionCount(0); i++) {
            assertThat(dialogues).contains(ids.getGroup(0, i).getString(0, 0));
          }
          found++;
        }
      }
      assertThat(found).as(table).isPositive();
    }

    // What is left is still read.
    String output = directory.resolve("retrained").toString();
    run(new PretrainJob(), "pretrain.examples=" + copy + "/examples", "pretrain.output=" + output);
  }

  private static Set<String> senders() {
    SampleCorpus corpus = new SampleCorpus(SAMPLE);
    Pattern sender = Pattern.compile("\"sender_id\":\"?([^\",}]+)");
    Set<String> senders = new LinkedHashSet<>();
    for (int shard = 0; shard < SAMPLE.numShards(); shard++) {
      corpus
          .lines(shard, any -> {})
          .forEachRemaining(
              line -> sender.matcher(line).results().forEach(found -> senders.add(found.group(1))));
    }
    return senders;
  }

  private static List<Group> rows(Path file) throws IOException {
    List<Group> rows = new ArrayList<>();
    if (file.toString().endsWith(".parquet")) {
      try (ParquetReader<Group> reader =
          ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
              .withConf(new Configuration())
              .build()) {
        for (Group row = reader.read(); row != null; row = reader.read()) {
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private static List<PlantedPii> planted() {
    SampleCorpus corpus = new SampleCorpus(SAMPLE);
    List<PlantedPii> planted = new ArrayList<>();
    for (int shard = 0; shard < SAMPLE.numShards(); shard++) {
      planted.addAll(corpus.planted(shard));
    }
    return planted;
  }

  /** The value as written, as normalized, and, of long numbers, the bare digits. */
  private static Set<String> forms(PlantedPii planted) {
    Set<String> forms = new TreeSet<>();
    forms.add(planted.value());
    forms.add(new Normalizer(2, false).normalize(planted.value()));
    String digits = digits(planted.value());
    if (digits.length() >= 9) {
      forms.add(digits);
    }
    return forms;
  }

  private static String digits(String text) {
    return text.codePoints()
        .filter(Character::isDigit)
        .mapToObj(digit -> String.valueOf(Character.digit(digit, 10)))
        .collect(Collectors.joining());
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}

package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.Directories;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Manifest;
import io.dialogbert.finetune.BuildTaskDataJob;
import io.dialogbert.finetune.FinetuneJob;
import io.dialogbert.preprocess.BuildDialoguesJob;
import io.dialogbert.preprocess.BuildExamplesJob;
import io.dialogbert.preprocess.CorpusStatsJob;
import io.dialogbert.preprocess.ForgetJob;
import io.dialogbert.preprocess.IngestMessagesJob;
import io.dialogbert.preprocess.MakeSampleJob;
import io.dialogbert.preprocess.ReportJob;
import io.dialogbert.preprocess.Tokenizers;
import io.dialogbert.preprocess.TrainTokenizerJob;
import io.dialogbert.pretrain.EvaluateEncoderJob;
import io.dialogbert.pretrain.PretrainJob;
import io.dialogbert.privacy.PiiKind;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.sample.Planted;
import io.dialogbert.sample.SampleConfig;
import io.dialogbert.sample.SampleCorpus;
import io.dialogbert.text.Normalizer;
import io.dialogbert.text.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
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
          new BuildTaskDataJob(),
          new FinetuneJob(),
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

  @BeforeAll
  static void runTheChain() throws IOException {
    work = Files.createDirectory(directory.resolve("work"));
    config = directory.resolve("chain.conf");
    Files.writeString(directory.resolve("pseudonym.key"), KEY);
    Files.writeString(config, settings());
    for (Job<?> job : CHAIN) {
      run(job);
    }
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
          input = [${work}/sample/data], output = ${work}/messages, pseudonym-key-file = "%s"
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
        build-task-data {
          dialogues = ${work}/dialogues, tokenizer = ${work}/tokenizer, output = ${work}/reactions
          num-classes = 20, min-class-count = 2
        }
        finetune {
          checkpoint = ${work}/pretrained, task-data = ${work}/reactions, output = ${work}/teacher
          %s
        }
        distill {
          teacher = ${work}/teacher, task-data = ${work}/reactions, output = ${work}/student
          num-hidden-layers = 1
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
    for (Path file : files(work)) {
      if (file.endsWith(Manifest.FILE_NAME)) {
        manifests.add(Files.readString(file));
      }
    }
    return manifests;
  }

  @Test
  void leavesNothingButFinishedDirectories() throws IOException {
    try (Stream<Path> children = Files.list(work)) {
      assertThat(children)
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
    assertThat(html).doesNotContain("src=\"http").doesNotContain("href=\"http");
  }

  @Test
  void keepsPlantedPersonalDataInTheSampleAlone() throws IOException {
    Set<String> kinds = Stream.of(PiiKind.values()).map(Enum::name).collect(Collectors.toSet());
    // Names, addresses and the like have no form that a rule could find.
    List<Planted> planted = planted().stream().filter(p -> kinds.contains(p.kind())).toList();
    assertThat(planted.stream().map(Planted::kind)).contains("PHONE", "EMAIL", "URL");

    StringBuilder sample = new StringBuilder();
    for (Path file : files(work.resolve("sample"))) {
      sample.append(text(file));
    }
    // The search finds what is there.
    assertThat(planted).allMatch(p -> sample.indexOf(p.value()) >= 0);

    Set<String> leaks = new TreeSet<>();
    int searched = 0;
    for (Path file : files(work)) {
      if (!file.startsWith(work.resolve("sample"))) {
        String text = text(file);
        searched++;
        for (Planted p : planted) {
          if (forms(p).stream().anyMatch(text::contains)) {
            leaks.add(p.kind() + " of message " + p.messageId() + " in " + work.relativize(file));
          }
        }
      }
    }
    assertThat(searched).isGreaterThan(30);
    assertThat(leaks).isEmpty();
  }

  @Test
  void teachesTheTokenizerNoPartOfPlantedNumbers() throws IOException {
    Vocabulary vocabulary =
        Tokenizers.load(new Directories(new Configuration()), work.resolve("tokenizer").toString())
            .tokenizer()
            .vocabulary();
    Set<String> numbers = new TreeSet<>();
    planted().forEach(p -> numbers.add(digits(p.value())));
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
  void keepsTheKeyAndTheConversationsNamesToItself() throws IOException {
    Set<String> conversations =
        planted().stream().map(Planted::conversationId).collect(Collectors.toSet());
    for (Path file : files(work)) {
      if (!file.startsWith(work.resolve("sample"))) {
        String text = text(file);
        assertThat(text.contains(KEY)).as("key in %s", file).isFalse();
        assertThat(conversations.stream().filter(text::contains))
            .as("names of conversations in %s", file)
            .isEmpty();
      }
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
        actions.put(row.getString("job", 0), row.getString("action", 0));
        rewritten.put(row.getString("job", 0), row.getInteger("files_rewritten", 0));
      }
    }
    assertThat(actions)
        .hasSize(CHAIN.size())
        .containsEntry("make-sample", "untouched")
        .containsEntry("build-examples", "rewritten")
        .containsEntry("build-task-data", "rewritten")
        .containsEntry("pretrain", "retrain")
        .containsEntry("finetune", "retrain")
        .containsEntry("distill", "retrain")
        .containsEntry("evaluate-encoder", "make-again")
        .containsEntry("report", "make-again");
    // The student's directory holds the examples that the teacher was asked.
    assertThat(rewritten.get("distill")).isPositive();

    Pseudonymizer pseudonymizer = new Pseudonymizer(PseudonymKey.ofFile(Path.of(key)));
    for (String user : users) {
      String pseudonym = pseudonymizer.pseudonym(Pseudonymizer.Kind.SENDER, user);
      for (Path file : files(copy)) {
        assertThat(text(file).contains(pseudonym)).as("a pseudonym in %s", file).isFalse();
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

  private static List<Planted> planted() {
    SampleCorpus corpus = new SampleCorpus(SAMPLE);
    List<Planted> planted = new ArrayList<>();
    for (int shard = 0; shard < SAMPLE.numShards(); shard++) {
      planted.addAll(corpus.planted(shard));
    }
    return planted;
  }

  /** The value as written, as normalized, and, of long numbers, the bare digits. */
  private static Set<String> forms(Planted planted) {
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

  /** All that a file says, its name included. */
  private static String text(Path file) throws IOException {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    StringBuilder text = new StringBuilder(work.relativize(file).toString()).append('\n');
    if (name.endsWith(".parquet")) {
      rows(file).forEach(text::append);
    } else if (name.endsWith(".zip")) {
      try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          text.append(entry.getName()).append(utf8(zip));
        }
      }
    } else if (name.endsWith(".gz")) {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        text.append(utf8(in));
      }
    } else {
      try (InputStream in = Files.newInputStream(file)) {
        text.append(utf8(in));
      }
    }
    return text.toString();
  }

  private static String utf8(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}

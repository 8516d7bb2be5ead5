package io.dialogbert.job.forget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.FaultyFileSystem;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SampleChain;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.example.BuildExamplesJob;
import io.dialogbert.job.stats.CorpusStatsJob;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.job.tokenizer.TrainTokenizerJob;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.privacy.Pseudonymizer.Kind;
import io.dialogbert.sample.SampleCorpus;
import io.dialogbert.text.piece.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Forgets one user of the sample chain; the ordered tests check what is left. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ForgetIT {
  private static final List<String> REWRITTEN =
      List.of("ingest-messages", "build-dialogues", "build-examples");
  private static final List<String> STAGES =
      List.of(
          "ingest-messages",
          "build-dialogues",
          "train-tokenizer",
          "build-examples",
          "corpus-stats");

  /** Paths of stages that are not directly in the given directory. */
  private static final Map<String, String> DEEP =
      Map.of("build-dialogues", "nest", "build-examples", "nest/deep");

  private static final int MIN_TELLING_CHARACTERS = 8;

  @TempDir private static Path temp;

  private static SampleChain chain;
  private static Path work;
  private static Path users;
  private static String forgotten;
  private static JobRun run;

  @BeforeAll
  static void forget() throws IOException {
    chain = SampleChain.shared();
    // A URI escapes a space in a path.
    work = temp.resolve("the work");
    STAGES.forEach(stage -> copy(stage, work));
    plantModels();
    plantWhatNobodyCanTell();
    users = temp.resolve("users.txt");
    String user = aUser();
    Files.writeString(users, user + "\nnobody\n");
    forgotten = pseudonymizer().pseudonym(Kind.SENDER, user);
    run = forget(work.toString(), temp.resolve("report"));
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  /** A model, one that starts from it, and the run that made it; only their manifests matter. */
  private static void plantModels() throws IOException {
    Manifest examples = chain.manifest("build-examples");
    Manifest pretrained = plant("pretrain", "pretrain", "examples", examples.fingerprint());
    plant("finetune", "finetune", "checkpoint", pretrained.fingerprint());
    plant("runs/states/step-000000000010", "pretrain", "examples", examples.fingerprint());
    Path states = work.resolve("runs/states");
    Files.createDirectories(states.resolve("step-000000000020"));
    Files.writeString(states.resolve("step-000000000020/position.json"), "{}");
    Manifest plan = planned("pretrain", List.of(input("examples", examples.fingerprint())));
    Files.writeString(states.resolve("run.json"), plan.toJson());

    Manifest other = plant("other", "ingest-messages", "file", "a raw file");
    plant("evaluate-encoder", "evaluate-encoder", "checkpoint", other.fingerprint());
  }

  /** Outputs whose inputs have been rebuilt since. */
  private static void plantWhatNobodyCanTell() throws IOException {
    Manifest old = plant("old/pretrain", "pretrain", "examples", "examples of last week");
    plant("old/finetune", "finetune", "checkpoint", old.fingerprint());
    plant("old/train-tokenizer", "train-tokenizer", "dialogues", "dialogues of last week");
    plant("old/corpus-stats", "corpus-stats", "messages", "messages of last week");
    Manifest untraced =
        plant("old/build-examples", "build-examples", "dialogues", "dialogues of last week");
    plant("old/evaluate-encoder", "evaluate-encoder", "examples", untraced.fingerprint());
    // A vocabulary from an external source.
    plant("outside/train-tokenizer", "train-tokenizer", "file", "a model of pieces");
  }

  private static Manifest plant(String place, String job, String input, String fingerprint)
      throws IOException {
    TreeMap<String, Long> counts = new TreeMap<>(Map.of("planted", (long) place.hashCode()));
    Manifest manifest =
        planned(job, List.of(input(input, fingerprint)))
            .with(
                counts,
                new TreeMap<>(),
                List.of(new Manifest.OutputFile("model.zip", 5, -1, "")),
                new TreeMap<>());
    Path directory = Files.createDirectories(work.resolve(place));
    Files.writeString(directory.resolve("model.zip"), "model");
    Files.writeString(directory.resolve(Manifest.FILE_NAME), manifest.toJson());
    return manifest;
  }

  private static Manifest.Input input(String name, String fingerprint) {
    return new Manifest.Input(name, "/where/it/lay", fingerprint);
  }

  private static Manifest planned(String job, List<Manifest.Input> inputs) {
    return new Manifest(
        job,
        1,
        new TreeMap<>(),
        inputs,
        new TreeMap<>(),
        new TreeMap<>(),
        List.of(),
        new TreeMap<>());
  }

  private static void copy(String stage, Path to) {
    try {
      chain.copy(stage, at(to, stage));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Path at(Path root, String stage) {
    return root.resolve(DEEP.getOrDefault(stage, "")).resolve(stage);
  }

  private static Path at(String stage) {
    return at(work, stage);
  }

  private static Pseudonymizer pseudonymizer() {
    return new Pseudonymizer(PseudonymKey.ofFile(chain.root().resolve("pseudonym.key")));
  }

  /** A user with few messages, so that some files have none of them. */
  private static String aUser() {
    Map<String, Long> messages =
        original("ingest-messages").stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.<String>getAs("sender_id"), Collectors.counting()));
    Set<String> inDialogues =
        original("build-dialogues").stream()
            .flatMap(row -> speakers(row).stream())
            .collect(Collectors.toSet());
    ObjectMapper json = new ObjectMapper();
    SampleCorpus corpus = new SampleCorpus(SampleChain.SAMPLE);
    Set<String> ids = new TreeSet<>();
    for (int shard = 0; shard < SampleChain.SAMPLE.numShards(); shard++) {
      corpus
          .lines(shard, planted -> {})
          .forEachRemaining(
              line -> {
                try {
                  ids.add(json.readTree(line).path("sender_id").asText());
                } catch (JsonProcessingException e) {
                  // A broken row.
                  ids.add("");
                }
              });
    }
    return ids.stream()
        .filter(
            id -> {
              String pseudonym = pseudonymizer().pseudonym(Kind.SENDER, id);
              return messages.getOrDefault(pseudonym, 0L) >= 5 && inDialogues.contains(pseudonym);
            })
        .sorted(
            java.util.Comparator.<String>comparingLong(
                    id -> messages.get(pseudonymizer().pseudonym(Kind.SENDER, id)))
                .thenComparing(Function.identity()))
        // A text that nobody else sent can be searched for.
        .filter(id -> !textsOfAlone(pseudonymizer().pseudonym(Kind.SENDER, id)).isEmpty())
        .findFirst()
        .orElseThrow();
  }

  @AfterEach
  void heal() {
    FaultyFileSystem.heal();
  }

  @Test
  @Order(1)
  void pseudonymIsInNoTable() throws IOException {
    for (String stage : STAGES) {
      for (Path table : tables(stage)) {
        List<String> rows =
            SparkTestSession.get().read().parquet(table.toString()).toJSON().collectAsList();
        assertThat(rows.stream().filter(row -> row.contains(forgotten)).count())
            .as("rows of %s with the forgotten", table)
            .isZero();
      }
    }
    assertThat(run.printed()).doesNotContain(forgotten);
    try (Stream<Path> files = Files.walk(temp)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
        assertThat(Files.readString(file)).doesNotContain(forgotten);
      }
    }
  }

  @Test
  @Order(1)
  void messagesOfOthersStayAsTheyWere() {
    List<Row> expected =
        original("ingest-messages").stream()
            .filter(row -> !row.<String>getAs("sender_id").equals(forgotten))
            .toList();
    assertThat(now("ingest-messages")).containsExactlyInAnyOrderElementsOf(expected);
    Map<String, Long> counts = manifest("ingest-messages").counts();
    long gone = (long) original("ingest-messages").size() - expected.size();
    assertThat(gone).isPositive();
    assertThat(counts)
        .containsEntry("rows_out", (long) expected.size())
        .containsEntry("forgotten.messages", gone);
    long others =
        counts.entrySet().stream()
            .filter(
                count ->
                    count.getKey().startsWith("dropped.") || count.getKey().startsWith("rejected."))
            .mapToLong(Map.Entry::getValue)
            .sum();
    assertThat(counts.get("rows_in")).isEqualTo(expected.size() + gone + others);
  }

  @Test
  @Order(1)
  void dialoguesGoOnWithoutTheirTurns() {
    Map<String, Row> left = byId(now("build-dialogues"));
    Map<String, Row> before = byId(original("build-dialogues"));
    long dropped = 0;
    long changed = 0;
    for (Map.Entry<String, Row> entry : before.entrySet()) {
      List<String> expected = messages(entry.getValue(), true);
      Row row = left.get(entry.getKey());
      Set<String> others = new HashSet<>(speakers(entry.getValue()));
      if (!others.remove(forgotten)) {
        assertThat(row).isEqualTo(entry.getValue());
      } else if (row == null) {
        assertThat(others).as("speakers of a dialogue that went").hasSizeLessThan(2);
        dropped++;
      } else {
        assertThat(messages(row, false)).isEqualTo(expected);
        List<String> speakers = speakers(row);
        for (int i = 1; i < speakers.size(); i++) {
          assertThat(speakers.get(i)).isNotEqualTo(speakers.get(i - 1));
        }
        changed++;
      }
    }
    assertThat(before.keySet()).containsAll(left.keySet());
    assertThat(dropped + changed).isPositive();
    Map<String, Long> counts = manifest("build-dialogues").counts();
    assertThat(counts)
        .containsEntry("rows_out", (long) left.size())
        .containsEntry(
            "dialogues.train",
            left.values().stream()
                .filter(row -> row.<String>getAs("split").equals("train"))
                .count())
        .containsEntry(
            "turns.train",
            left.values().stream()
                .filter(row -> row.<String>getAs("split").equals("train"))
                .mapToLong(row -> speakers(row).size())
                .sum());
    for (String split : List.of("train", "validation", "test")) {
      assertThat(counts)
          .containsEntry(
              "messages." + split,
              left.values().stream()
                  .filter(row -> row.<String>getAs("split").equals(split))
                  .mapToLong(row -> messages(row, false).size())
                  .sum());
    }
    assertThat(counts.getOrDefault("forgotten.dialogues", 0L)).isEqualTo(dropped);
    long outcomes =
        counts.entrySet().stream()
            .filter(
                count ->
                    count.getKey().startsWith("dropped.")
                        || count.getKey().equals("messages_kept")
                        || count.getKey().equals("forgotten.messages"))
            .mapToLong(Map.Entry::getValue)
            .sum();
    assertThat(counts).containsEntry("rows_in", outcomes);
  }

  @Test
  @Order(1)
  void examplesOfTheirDialoguesAreGone() throws IOException {
    Set<String> touched =
        original("build-dialogues").stream()
            .filter(row -> speakers(row).contains(forgotten))
            .map(row -> row.<String>getAs("dialogue_id"))
            .collect(Collectors.toSet());
    List<Row> expected =
        original("build-examples").stream()
            .filter(
                row ->
                    row.<String>getList(row.fieldIndex("dialogue_ids")).stream()
                        .noneMatch(touched::contains))
            .toList();
    // Rows with arrays are compared as text.
    assertThat(now("build-examples").stream().map(Row::toString))
        .containsExactlyInAnyOrderElementsOf(expected.stream().map(Row::toString).toList());
    assertThat(expected).hasSizeLessThan(original("build-examples").size()).isNotEmpty();
    // Random second parts come from other dialogues.
    assertThat(original("build-examples"))
        .anyMatch(row -> row.<String>getList(row.fieldIndex("dialogue_ids")).size() == 2);
    Map<String, Long> counts = manifest("build-examples").counts();
    assertThat(counts)
        .containsEntry("rows_out", (long) expected.size())
        .containsEntry(
            "tokens",
            expected.stream()
                .mapToLong(row -> row.getList(row.fieldIndex("input_ids")).size())
                .sum())
        .containsEntry(
            "forgotten.examples", (long) original("build-examples").size() - expected.size());

    Vocabulary vocabulary =
        Tokenizers.load(new Directories(new Configuration(false)), at("train-tokenizer").toString())
            .tokenizer()
            .vocabulary();
    List<String> spelled =
        now("build-examples").stream()
            .map(
                row ->
                    row.<Integer>getList(row.fieldIndex("input_ids")).stream()
                        .map(vocabulary::piece)
                        .collect(Collectors.joining())
                        .replace("\u2581", ""))
            .toList();
    int searched = 0;
    for (String text : textsOfAlone(forgotten)) {
      searched++;
      String joined = text.replace(" ", "");
      assertThat(spelled.stream().filter(example -> example.contains(joined)).count()).isZero();
      assertThat(
              now("build-dialogues").stream().filter(row -> row.toString().contains(text)).count())
          .isZero();
    }
    assertThat(searched).isPositive();
  }

  private static Set<String> textsOfAlone(String sender) {
    Set<String> texts = new TreeSet<>();
    StringBuilder others = new StringBuilder();
    for (Row row : original("ingest-messages")) {
      if (row.<String>getAs("sender_id").equals(sender)) {
        texts.add(row.getAs("text"));
      } else {
        others.append(row.<String>getAs("text").replace(" ", "")).append('\n');
      }
    }
    texts.removeIf(
        text ->
            text.length() < MIN_TELLING_CHARACTERS || others.indexOf(text.replace(" ", "")) >= 0);
    return texts;
  }

  @Test
  @Order(1)
  void filesWithoutThemKeepTheirBytes() throws IOException {
    for (String stage : STAGES) {
      Map<String, String> before = hashes(chain.output(stage));
      Map<String, String> after = hashes(at(stage));
      Set<String> same = new HashSet<>(after.keySet());
      same.removeIf(file -> !after.get(file).equals(before.get(file)));
      if (REWRITTEN.contains(stage)) {
        assertThat(same).as(stage).isNotEmpty().hasSizeLessThan(before.size());
      } else {
        assertThat(after).isEqualTo(before);
      }
      new Directories(new Configuration()).finished(stage, at(stage).toString());
      for (Manifest.OutputFile file : manifest(stage).files()) {
        assertThat(file.sha256()).isEqualTo(after.get(file.path()));
      }
      assertThat(manifest(stage).files()).hasSize(after.size());
    }
    try (Stream<Path> left = Files.walk(work)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("."));
    }
  }

  @Test
  @Order(1)
  void tellsWhatHasToBeMadeAgain() {
    Map<String, String> actions = new TreeMap<>();
    Map<String, String> toDo = new TreeMap<>();
    for (Row row : report("report")) {
      String directory =
          work.relativize(
                  Path.of(java.net.URI.create(row.<String>getAs("directory").replace(" ", "%20"))))
              .toString();
      actions.put(directory, row.getAs("action"));
      toDo.put(directory, row.getAs("what_to_do"));
    }
    Map<String, String> expected = new TreeMap<>();
    expected.put("ingest-messages", "rewritten");
    expected.put("nest/build-dialogues", "rewritten");
    expected.put("nest/deep/build-examples", "rewritten");
    expected.put("train-tokenizer", "make-again");
    expected.put("corpus-stats", "make-again");
    expected.put("pretrain", "retrain");
    expected.put("finetune", "retrain");
    expected.put("runs/states", "retrain");
    expected.put("runs/states/step-000000000010", "retrain");
    expected.put("other", "untouched");
    expected.put("evaluate-encoder", "untouched");
    expected.put("outside/train-tokenizer", "untouched");
    expected.put("old/pretrain", "retrain");
    expected.put("old/finetune", "retrain");
    expected.put("old/train-tokenizer", "make-again");
    expected.put("old/corpus-stats", "make-again");
    expected.put("old/build-examples", "make-again");
    expected.put("old/evaluate-encoder", "make-again");
    assertThat(actions).isEqualTo(expected);
    long examples = manifest("build-examples").counts().get("forgotten.examples");
    String trained = "trained on " + examples + " rows with their turns: ";
    assertThat(toDo)
        .containsEntry("pretrain", trained + "train again")
        .containsEntry("runs/states", trained + "delete this directory, and train again")
        .containsEntry(
            "finetune",
            "what it was made of has changed, or has to be made again first: train again")
        .containsEntry(
            "old/pretrain",
            "may be made of their messages, since its input examples is not among the directories"
                + " as it was then: train again")
        .containsEntry("nest/deep/build-examples", "");
    assertThat(toDo.get("corpus-stats")).endsWith(": run corpus-stats --overwrite");
    assertThat(SampleChain.manifest(temp.resolve("report")).counts())
        .containsEntry("rows_in", 2L)
        .containsEntry("rows_out", 18L)
        .containsKey("ingest-messages.forgotten.messages");
  }

  private static List<Row> report(String name) {
    return SparkTestSession.get()
        .read()
        .parquet(temp.resolve(name).resolve("data").toString())
        .collectAsList();
  }

  @Test
  @Order(2)
  void chainTakesWhatWasRewrittenForDoneAndRefusesTheRest() {
    assertDone(new BuildDialoguesJob());
    assertDone(new BuildExamplesJob());
    JobRun stats = again(new CorpusStatsJob());
    assertThat(stats.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(stats.err()).contains("input messages is new or has changed");
    JobRun tokenizer = again(new TrainTokenizerJob());
    assertThat(tokenizer.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(tokenizer.err()).contains("input dialogues is new or has changed");
  }

  private static void assertDone(Job<?> job) {
    JobRun again = again(job);
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.out()).contains("done already");
  }

  private static JobRun again(Job<?> job) {
    String name = job.name();
    List<String> inputs = new ArrayList<>();
    Map<String, String> places =
        Map.of(
            "messages", "ingest-messages",
            "dialogues", "build-dialogues",
            "tokenizer", "train-tokenizer");
    places.forEach(
        (input, stage) -> {
          if (manifest(name).inputs().stream().anyMatch(i -> i.name().equals(input))) {
            inputs.add(name + "." + input + "=" + at(stage));
          }
        });
    return JobRun.of(job, chain.arguments(name, at(name), inputs.toArray(String[]::new)));
  }

  @Test
  @Order(2)
  void aSecondRunFindsNothing() throws IOException {
    assertThat(forget(work.toString(), temp.resolve("report")).out()).contains("done already");

    Map<String, String> before = hashes(work);
    // A report among the directories.
    Path report = work.resolve("second");
    JobRun second = forget(work.toString(), report);
    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(second.out()).contains("nothing found of these users");
    assertThat(forget(work.toString(), report).out()).contains("done already");
    FileUtils.deleteDirectory(report.toFile());
    assertThat(hashes(work)).isEqualTo(before);
  }

  @Test
  @Order(2)
  void whatKilledJobsLeftIsRefused() throws IOException {
    List<Path> left =
        List.of(
            work.resolveSibling(".the work.unfinished"),
            work.resolve("nest/.build-dialogues.replaced"),
            work.resolve("nest/deep/.build-examples.unfinished"));
    for (Path directory : left) {
      Files.createDirectories(directory.resolve("data"));
      Files.writeString(directory.resolve("data/part-00000.parquet"), "a text");
    }
    Map<String, String> before = hashes(work);
    JobRun refused = forget(work.toString(), temp.resolve("refused"));
    JobRun done = forget(work.toString(), temp.resolve("report"));
    assertThat(hashes(work)).isEqualTo(before);
    for (Path directory : left) {
      FileUtils.deleteDirectory(directory.toFile());
    }
    assertThat(refused.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(refused.err()).contains("what a killed job left, or a running one");
    assertThat(temp.resolve("refused")).doesNotExist();
    // Leftovers of a later time are reported, too.
    assertThat(done.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    for (Path directory : left) {
      assertThat(refused.err()).contains(directory.toString());
      assertThat(done.err()).contains(directory.toString());
    }
  }

  @Test
  @Order(2)
  void examplesWithoutTheirDialoguesCannotBeLookedAt() {
    String messages = at("ingest-messages").toString();
    String examples = at("build-examples").toString();
    JobRun untraced =
        forget(
            messages,
            temp.resolve("untraced"),
            "forget.directories=[\"" + messages + "\",\"" + examples + "\"]");
    assertThat(untraced.exitCode()).as(untraced.err()).isZero();
    List<Row> report =
        SparkTestSession.get()
            .read()
            .parquet(temp.resolve("untraced/data").toString())
            .filter("job = 'build-examples'")
            .collectAsList();
    assertThat(report)
        .singleElement()
        .extracting(row -> row.getAs("action"))
        .isEqualTo("make-again");
  }

  @Test
  @Order(2)
  void anotherKeyAndNoMessagesAreRefused() throws IOException {
    Path key = Files.writeString(temp.resolve("other.key"), "another key of 16 bytes and more");
    JobRun refused =
        forget(work.toString(), temp.resolve("refused"), "forget.pseudonym-key-file=" + key);
    assertThat(refused.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(refused.err()).contains("ingest-messages were made with another pseudonym key");
    assertThat(temp.resolve("refused")).doesNotExist();

    JobRun none = forget(at("build-dialogues").toString(), temp.resolve("refused"));
    assertThat(none.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(none.err()).contains("no directory of messages among");
  }

  @Test
  @Order(3)
  void aKilledRunIsCompletedByTheNext() throws IOException {
    Path other = temp.resolve("other");
    STAGES.forEach(stage -> copy(stage, other));
    String place = FaultyFileSystem.path(other);
    // By then, half of the dialogues' files are replaced.
    FaultyFileSystem.failSoonAfterDeleting(
        at(other, "build-dialogues").resolve(Manifest.FILE_NAME).toString());
    JobRun killed = forget(place, temp.resolve("killed"));
    FaultyFileSystem.heal();
    assertThat(killed.exitCode()).as(killed.out()).isEqualTo(JobMain.FAILED);
    assertThat(killed.err()).contains("the process is gone");
    assertThatThrownBy(
            () ->
                new Directories(new Configuration())
                    .finished("dialogues", at(other, "build-dialogues").toString()))
        .isInstanceOf(BadInputException.class);

    JobRun next = forget(place, temp.resolve("killed"));
    assertThat(next.exitCode()).as(next.err()).isZero();
    try (Stream<Path> left = Files.walk(other)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("."));
    }
    for (String stage : STAGES) {
      assertThat(hashes(at(other, stage))).isEqualTo(hashes(at(stage)));
      assertThat(SampleChain.manifest(at(other, stage)).fingerprint())
          .as(stage)
          .isEqualTo(manifest(stage).fingerprint());
    }
  }

  private static JobRun forget(String place, Path report, String... more) {
    List<String> arguments = new ArrayList<>();
    List<String> settings =
        new ArrayList<>(
            List.of(
                "forget.users=[\"" + users + "\"]",
                "forget.directories=[\"" + place + "\"]",
                "forget.output=" + report,
                "forget.pseudonym-key-file=" + chain.root().resolve("pseudonym.key"),
                "spark.sql.shuffle.partitions=3"));
    settings.addAll(Arrays.asList(more));
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    return JobRun.of(new ForgetJob(), arguments);
  }

  private static Manifest manifest(String stage) {
    return SampleChain.manifest(at(stage));
  }

  private static List<Row> original(String stage) {
    return rows(chain.output(stage));
  }

  private static List<Row> now(String stage) {
    return rows(at(stage));
  }

  private static List<Row> rows(Path directory) {
    return SparkTestSession.get()
        .read()
        .parquet(directory.resolve("data").toString())
        .collectAsList();
  }

  private static Set<Path> tables(String stage) throws IOException {
    Set<Path> tables = new HashSet<>();
    try (Stream<Path> files = Files.walk(at(stage))) {
      files
          .filter(file -> file.toString().endsWith(".parquet"))
          .forEach(file -> tables.add(at(stage).resolve(at(stage).relativize(file).getName(0))));
    }
    return tables;
  }

  private static Map<String, Row> byId(List<Row> dialogues) {
    Map<String, Row> byId = new HashMap<>();
    dialogues.forEach(row -> byId.put(row.getAs("dialogue_id"), row));
    return byId;
  }

  private static List<String> speakers(Row dialogue) {
    return dialogue.<Row>getList(dialogue.fieldIndex("turns")).stream()
        .map(turn -> turn.<String>getAs("speaker"))
        .toList();
  }

  /** Speaker and id of each message. */
  private static List<String> messages(Row dialogue, boolean withoutTheForgotten) {
    return dialogue.<Row>getList(dialogue.fieldIndex("turns")).stream()
        .filter(turn -> !withoutTheForgotten || !turn.<String>getAs("speaker").equals(forgotten))
        .flatMap(
            turn ->
                turn.<String>getList(turn.fieldIndex("message_ids")).stream()
                    .map(id -> turn.getAs("speaker") + " " + id))
        .toList();
  }

  /** SHA-256 of each file except manifests, by path. */
  private static Map<String, String> hashes(Path directory) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String path = directory.relativize(file).toString();
        if (!path.equals(Manifest.FILE_NAME)) {
          hashes.put(path, DigestUtils.sha256Hex(Files.readAllBytes(file)));
        }
      }
    }
    return hashes;
  }
}

package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.distill.teacher.TeachJob;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.frame.store.OutputParts;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.PartReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code teach} keeps, and that students learn from it as from the teacher itself. */
final class TeachersIT {
  private static final int NUM_CLASSES = 3;
  private static final StructType LOGITS =
      StructType.fromDDL("logits array<double> not null, example_id string not null");

  @TempDir static Path work;

  @BeforeAll
  static void teach() {
    TinyTasks.pretrained(work);
    TinyTasks.taskData(work, "moods", "good", "bad", "so");
    done(TinyTasks.finetune(work, "pretrained", "moods", "teacher"));
    done(TinyTasks.finetune(work, "pretrained", "moods", "second", "seed=7"));
    done(teach("kept"));
    done(distill("student"));
  }

  private static JobRun done(JobRun run) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    return run;
  }

  private static void refused(JobRun run, int exitCode, String... words) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(exitCode);
    assertThat(run.err()).contains(words);
  }

  private static JobRun teach(String output, String... more) {
    return TinyTasks.teach(
        work, "moods", output, prepend("teach.teacher=" + work.resolve("teacher"), more));
  }

  private static JobRun distill(String output, String... more) {
    return TinyTasks.distill(work, "teacher", "moods", output, more);
  }

  private static String teachers(String... names) {
    return "distill.teachers=[\""
        + String.join("\", \"", List.of(names).stream().map(n -> "" + work.resolve(n)).toList())
        + "\"]";
  }

  private static String files(String name) {
    return "teach.files=[\"" + work.resolve(name) + "/*.parquet\"]";
  }

  private static String[] prepend(String first, String... more) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static Manifest manifest(String directory) throws IOException {
    return new Directories(new Configuration())
        .manifest(work.resolve(directory).toString())
        .orElseThrow();
  }

  /** INDArrays are equal if they differ little. */
  private static float[] params(String directory) throws IOException {
    return ComputationGraph.load(work.resolve(directory).resolve("model.zip").toFile(), true)
        .params()
        .toFloatVector();
  }

  private static List<Manifest.OutputFile> data(String directory) throws IOException {
    return manifest(directory).files().stream()
        .filter(file -> file.path().startsWith("data/"))
        .toList();
  }

  /** The rows of a directory's files, in the order of files and rows. */
  private static <E> List<List<E>> rows(
      String directory, String table, ExampleReader.Decoder<E> decoder) throws IOException {
    List<List<E>> rows = new ArrayList<>();
    for (ExampleReader.Part part :
        ExampleReader.parts(work.resolve(directory).toString(), manifest(directory), table)) {
      try (PartReader<E> reader = new PartReader<>(new Configuration(), part, decoder)) {
        rows.add(reader.read(Integer.MAX_VALUE));
      }
    }
    return rows;
  }

  private static List<List<String>> ids(String directory, String table) throws IOException {
    return rows(directory, table, row -> row.getString("example_id", 0));
  }

  private static List<float[]> logits(String directory) throws IOException {
    return rows(directory, "data", row -> ExampleReader.floats(row, "logits")).stream()
        .flatMap(List::stream)
        .toList();
  }

  @Test
  void keepsAFileForEachOfTheExamplesWithTheirRowsInOrder() throws IOException {
    assertThat(data("kept").stream().map(Manifest.OutputFile::path))
        .containsExactly(
            "data/part-00000-00000.zstd.parquet",
            "data/part-00001-00000.zstd.parquet",
            "data/part-00002-00000.zstd.parquet");
    assertThat(ids("kept", "data"))
        .hasSize(TinyTasks.NUM_FILES)
        .isEqualTo(ids("moods", "data/split=train"));
    Manifest kept = manifest("kept");
    assertThat(kept.counts())
        .containsEntry("rows_out", (long) TinyTasks.NUM_TRAIN)
        .containsEntry("outputs", (long) NUM_CLASSES);
    assertThat(kept.inputs().stream().map(Manifest.Input::fingerprint))
        .containsExactlyInAnyOrder(
            manifest("moods").fingerprint(), manifest("teacher").fingerprint());
  }

  /** The teacher has dropout, which would make two passes differ. */
  @Test
  void keepsWhatTheTeacherSaysWithoutDropout() throws IOException {
    ComputationGraph teacher =
        Checkpoint.load(new Directories(new Configuration()), work.resolve("teacher").toString())
            .graph();
    assertThat(Graphs.encoderConfig(teacher).hiddenDropoutProb()).isPositive();
    // The last bits depend on the number of threads.
    Threads.use(1);
    InferenceModel model = InferenceModel.of(teacher, Precision.FLOAT32);
    TaskSpec spec = TaskSpec.fromJson(Files.readString(work.resolve("moods/task.json")), "moods");
    int next = 0;
    for (List<TaskExample> file : rows("moods", "data/split=train", TaskRows::decode)) {
      float[][] expected = model.predict(Tasks.pack(spec, file), Head.CLASSIFIER);
      for (float[] logits : expected) {
        assertThat(logits("kept").get(next++)).containsExactly(logits);
      }
    }
    assertThat(next).isEqualTo(TinyTasks.NUM_TRAIN);
  }

  @Test
  void keepsTheSameWhateverThePartitionsAndThoughItWasKilled() throws IOException {
    done(teach("elsewhere", "spark.master=local[3]", "spark.default.parallelism=5"));
    assertThat(data("elsewhere")).isEqualTo(data("kept"));
    // As if the process had been killed after a file and in the middle of another.
    Manifest kept = manifest("kept");
    OutputParts left =
        new OutputParts(
            new Directories(new Configuration()),
            new org.apache.hadoop.fs.Path(work.resolve(".killed.unfinished/earlier").toString()),
            Manifest.plan(kept.job(), kept.format(), kept.settings(), kept.inputs()));
    left.begin();
    Path whole = Files.createDirectories(Path.of(left.path(1).toUri().getPath()));
    Files.copy(
        work.resolve("kept/data/part-00001-00000.zstd.parquet"),
        whole.resolve("part-00000.zstd.parquet"));
    left.setWhole(1);
    Path torn = Files.createDirectories(Path.of(left.path(2).toUri().getPath()));
    Files.write(torn.resolve("part-00000.zstd.parquet"), new byte[100]);
    assertThat(done(teach("killed", "--resume")).printed())
        .contains("1 of 3 parts were left by an earlier run");
    assertThat(data("killed")).isEqualTo(data("kept"));
  }

  @Test
  void teachesTheSameStudentFromKeptAnswersAsFromTheNetwork() throws IOException {
    done(distill("of-kept", teachers("kept")));
    assertThat(params("of-kept")).isEqualTo(params("student"));
    done(distill("of-both", teachers("kept", "second")));
    done(TinyTasks.teach(work, "moods", "also", "teach.teacher=" + work.resolve("second")));
    done(distill("of-both-kept", teachers("kept", "also")));
    assertThat(params("of-both-kept")).isEqualTo(params("of-both")).isNotEqualTo(params("student"));
  }

  @Test
  void goesOnWhereItWasKilledWithKeptAnswersAndWeightsThatChange() throws IOException {
    String[] settings = {teachers("kept"), "distill.annealing=true"};
    done(distill("annealed", settings));
    assertThat(params("annealed")).isNotEqualTo(params("student"));
    Path states = work.resolve("resumed-checkpoints");
    FileUtils.copyDirectory(work.resolve("annealed-checkpoints").toFile(), states.toFile());
    FileUtils.deleteDirectory(states.resolve("step-000000000004").toFile());
    FileUtils.deleteDirectory(states.resolve("step-000000000006").toFile());
    done(distill("resumed", prepend("--resume", settings)));
    assertThat(params("resumed")).isEqualTo(params("annealed"));
  }

  /** From the same start, with the same seed. */
  @Test
  void learnsWithoutATeacherAsFineTuningDoes() throws IOException {
    String[] alone = {
      "distill.student.num-hidden-layers=2", "distill.hard-weight=1", "distill.soft-weight=0"
    };
    done(distill("alone", alone));
    done(
        TinyTasks.finetune(
            work, "teacher", "moods", "further", "finetune.training.learning-rate=1e-4"));
    assertThat(params("alone")).isEqualTo(params("further"));
    assertThat(work.resolve("alone").resolve("taught")).doesNotExist();
    assertThat(Files.readString(work.resolve("alone").resolve("metrics.jsonl")))
        .doesNotContain("soft_loss");
  }

  /** Rows in any order, of any width, in any files, with others among them. */
  @Test
  void readsAnswersThatWereMadeElsewhere() throws IOException {
    write("outside", rows -> rows);
    done(TinyTasks.teach(work, "moods", "brought", files("outside")));
    assertThat(data("brought").stream().map(Manifest.OutputFile::sha256))
        .containsExactlyElementsOf(data("kept").stream().map(Manifest.OutputFile::sha256).toList());
    assertThat(manifest("brought").counts())
        .containsEntry("rows_of_other_examples", 1L)
        .containsEntry("rows_out", (long) TinyTasks.NUM_TRAIN);
    done(distill("of-brought", teachers("brought")));
    assertThat(params("of-brought")).isEqualTo(params("student"));
  }

  private static void write(String name, UnaryOperator<List<Row>> change) throws IOException {
    List<String> ids = ids("kept", "data").stream().flatMap(List::stream).toList();
    List<float[]> logits = logits("kept");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      rows.add(row(ids.get(i), logits.get(i)));
    }
    rows.add(row("another-1", new float[NUM_CLASSES]));
    Collections.shuffle(rows, new Random(1));
    SparkTestSession.get()
        .createDataFrame(change.apply(rows), LOGITS)
        .coalesce(2)
        .write()
        .parquet(work.resolve(name).toString());
  }

  private static Row row(String id, float[] logits) {
    double[] wide = new double[logits.length];
    for (int c = 0; c < wide.length; c++) {
      wide[c] = logits[c];
    }
    return RowFactory.create(wide, id);
  }

  private static List<Row> with(List<Row> rows, Row other) {
    List<Row> more = new ArrayList<>(rows);
    more.removeIf(row -> row.getString(1).equals("train-4-1"));
    more.add(other);
    return more;
  }

  private static void refusesOutside(String name, UnaryOperator<List<Row>> change, String... words)
      throws IOException {
    write(name, change);
    JobRun run = TinyTasks.teach(work, "moods", "of-" + name, files(name));
    refused(run, JobMain.BAD_INPUT, words);
    assertThat(work.resolve("of-" + name)).doesNotExist();
  }

  @Test
  void namesWhatIsWrongWithAnswersThatWereMadeElsewhere() throws IOException {
    refusesOutside(
        "missing",
        rows -> with(rows, row("another-2", new float[NUM_CLASSES])),
        "example train-4-1, row ",
        ", has no answer in the files");
    refusesOutside(
        "twice",
        rows -> {
          List<Row> more = new ArrayList<>(rows);
          more.add(row("train-4-1", new float[NUM_CLASSES]));
          return more;
        },
        "example train-4-1 has two answers, one of them row ");
    refusesOutside(
        "long",
        rows -> with(rows, row("train-4-1", new float[4])),
        " has 4 numbers in logits, must have 3");
    refusesOutside(
        "infinite",
        rows -> with(rows, row("train-4-1", new float[] {1, Float.NaN, 0})),
        " has NaN in logits, must be a number");
    JobRun run = TinyTasks.teach(work, "moods", "of-texts", files("texts"));
    refused(run, JobMain.BAD_INPUT, "texts");
    SparkTestSession.get()
        .sql("select 'a' as example_id, array('b') as logits, 1 as score")
        .write()
        .parquet(work.resolve("words").toString());
    refused(
        TinyTasks.teach(work, "moods", "of-words", files("words")),
        JobMain.BAD_INPUT,
        "column logits of answers must be ARRAY<FLOAT>, is ARRAY<STRING>");
    SparkTestSession.get()
        .sql("select 'a' as example_id, 1.0 as score")
        .write()
        .parquet(work.resolve("scores").toString());
    refused(
        TinyTasks.teach(work, "moods", "of-scores", files("scores")),
        JobMain.BAD_INPUT,
        "files of answers must have the columns example_id and logits, with classes and"
            + " rest_logsumexp if not all logits are there; these have [example_id, score]");
  }

  @Test
  void keepsTheGreatestLogitsAlone() throws IOException {
    done(teach("top", "teach.top-k=2"));
    List<float[]> all = logits("kept");
    List<float[]> top = logits("top");
    for (int i = 0; i < all.size(); i++) {
      float[] sorted = all.get(i).clone();
      Arrays.sort(sorted);
      // The rest is a single class, of which everything is known.
      assertThat(top.get(i)).containsExactly(sorted[2], sorted[1]);
    }
    done(distill("of-top", teachers("top")));
    assertThat(params("of-top")).containsExactly(params("student"), within(1e-3f));
    refused(
        teach("too-many", "teach.top-k=3"),
        JobMain.BAD_CONFIG,
        "teach.top-k = 3 must be below the number of classes, 3");
  }

  @Test
  void refusesAnswersOfOtherTasksExamplesTokenizersOrTeachers() throws IOException {
    TinyTasks.taskData(work, "turned", "bad", "good", "so");
    refused(
        TinyTasks.teach(work, "turned", "none", "teach.teacher=" + work.resolve("teacher")),
        JobMain.BAD_INPUT,
        "teacher and task data must have the same classes");
    forge("of-other-classes", "turned", TinyTasks.tokenizer().settings());
    refused(
        distill("refused", teachers("of-other-classes")),
        JobMain.BAD_INPUT,
        work.resolve("of-other-classes") + " is of reactions (reactions, 3 reactions (",
        ", " + work.resolve("moods") + " has reactions (reactions, 3 reactions (");
    forge("of-other-tokenizer", "moods", TinyTokenizer.of(50, 3).settings());
    refused(
        distill("refused", teachers("of-other-tokenizer")),
        JobMain.BAD_INPUT,
        work.resolve("of-other-tokenizer") + " was built with another tokenizer");
    forge("of-other-examples", "moods", TinyTasks.tokenizer().settings());
    refused(
        distill("refused", teachers("of-other-examples")),
        JobMain.BAD_INPUT,
        work.resolve("of-other-examples") + " answers other examples than those of ");
    done(TinyTasks.teach(work, "moods", "of-second", "teach.teacher=" + work.resolve("second")));
    refused(
        distill("refused", teachers("of-second")),
        JobMain.BAD_INPUT,
        work.resolve("teacher") + " must be among the teachers; [" + work.resolve("of-second"));
    assertThat(work.resolve("refused")).doesNotExist();
  }

  @Test
  void namesAnswersThatAreMissingOrOutOfPlace() throws IOException {
    List<Manifest.OutputFile> files = manifest("kept").files();
    FileUtils.copyDirectory(work.resolve("kept").toFile(), work.resolve("fewer").toFile());
    Files.delete(work.resolve("fewer/data/part-00002-00000.zstd.parquet"));
    relist("fewer", files.stream().filter(file -> !file.path().contains("00002")).toList());
    refused(
        distill("refused", teachers("fewer")),
        JobMain.BAD_INPUT,
        work.resolve("fewer") + " has [",
        "] answers in its files, " + work.resolve("moods") + " has [");

    FileUtils.copyDirectory(work.resolve("kept").toFile(), work.resolve("mixed").toFile());
    Path mixed = work.resolve("mixed/data/part-00001-00000.zstd.parquet");
    reverse(mixed);
    byte[] bytes = Files.readAllBytes(mixed);
    relist(
        "mixed",
        files.stream()
            .map(
                file ->
                    file.path().contains("00001")
                        ? new Manifest.OutputFile(
                            file.path(), bytes.length, file.rows(), DigestUtils.sha256Hex(bytes))
                        : file)
            .toList());
    refused(
        distill("refused", teachers("mixed")),
        JobMain.BAD_INPUT,
        mixed + " has no answer to example train-",
        " in its place");
    assertThat(work.resolve("refused")).doesNotExist();
  }

  private static void reverse(Path file) throws IOException {
    List<Row> rows = new ArrayList<>();
    Dataset<Row> table = SparkTestSession.get().read().parquet(file.toString());
    rows.addAll(table.collectAsList());
    Collections.reverse(rows);
    Path reversed = work.resolve("reversed");
    SparkTestSession.get()
        .createDataFrame(rows, table.schema())
        .coalesce(1)
        .write()
        .parquet(reversed.toString());
    try (Stream<Path> written = Files.list(reversed)) {
      Path part = written.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      Files.copy(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Lets a directory's manifest name other files. */
  private static void relist(String directory, List<Manifest.OutputFile> files) throws IOException {
    Manifest old = manifest(directory);
    Manifest listed =
        Manifest.plan(old.job(), old.format(), old.settings(), old.inputs())
            .with(old.counts(), old.figures(), files, old.run());
    Files.writeString(work.resolve(directory).resolve(Manifest.FILE_NAME), listed.toJson());
  }

  /** Makes an output of {@code teach} without rows. */
  private static void forge(String name, String task, byte[] tokenizer) throws IOException {
    String json = Files.readString(work.resolve(task).resolve("task.json"));
    new StubJob<>(
            new TeachJob(),
            job -> {
              Tasks.save(job, TaskSpec.fromJson(json, task));
              Tokenizers.saveSettings(
                  job.directories(),
                  job.output(),
                  new SerializedTokenizer(TinyTasks.tokenizer().vocabulary(), tokenizer));
            })
        .make("teacher=unread", "task-data=unread", "output=" + work.resolve(name));
  }

  @Test
  void wantsEitherATeacherOrFiles() {
    refused(
        TinyTasks.teach(work, "moods", "none"),
        JobMain.BAD_CONFIG,
        "must be set if there are no files, and only then");
    refused(
        teach("none", files("outside"), "teach.top-k=1"),
        JobMain.BAD_CONFIG,
        "must be set if there are no files, and only then",
        "must be 0 with files, which are kept as they are");
    refused(
        distill("none", "distill.hard-weight=0", "distill.annealing=true"),
        JobMain.BAD_CONFIG,
        "must be false if hard-weight or soft-weight is 0");
    refused(
        distill("none", "distill.hard-weight=0", "distill.soft-weight=0"),
        JobMain.BAD_CONFIG,
        "must be above 0 if soft-weight is 0");
  }
}

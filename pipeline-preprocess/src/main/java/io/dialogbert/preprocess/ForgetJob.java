package io.dialogbert.preprocess;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.ConfigReader;
import io.dialogbert.common.Directories;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobContext;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Lineage;
import io.dialogbert.common.Manifest;
import io.dialogbert.common.Rewrites;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.report.TextTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Takes the messages of some users out of finished directories and what was made of them, and tells
 * what has to be made again instead.
 */
public final class ForgetJob implements Job<ForgetConfig> {
  private static final StructType REPORT =
      new StructType()
          .add("directory", DataTypes.StringType, false)
          .add("job", DataTypes.StringType, false)
          .add("action", DataTypes.StringType, false)
          .add("files_rewritten", DataTypes.IntegerType, false)
          .add("rows_changed", DataTypes.LongType, false)
          .add("what_to_do", DataTypes.StringType, false);

  /** Jobs whose output is a trained model. */
  private static final Set<String> TRAINERS = Set.of("pretrain", "finetune", "distill");

  public static void main(String[] args) {
    JobMain.run(new ForgetJob(), args);
  }

  @Override
  public String name() {
    return "forget";
  }

  @Override
  public ForgetConfig configure(ConfigReader in) {
    return ForgetConfig.read(in);
  }

  /** The directories as they are: a run that left them so is not done again. */
  @Override
  public Lineage lineage(ForgetConfig config) {
    Directories directories =
        new Directories(SparkSession.active().sparkContext().hadoopConfiguration());
    Lineage lineage =
        Lineage.to(config.output())
            .files(config.users())
            .fingerprint(IngestMessagesJob.KEY_INPUT, IngestMessagesJob.fingerprint(key(config)));
    try {
      for (Stage stage : stages(directories, config)) {
        lineage = lineage.fingerprint(stage.directory(), stage.fingerprint());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lineage;
  }

  @Override
  public boolean changesInputs() {
    return true;
  }

  private static PseudonymKey key(ForgetConfig config) {
    return IngestMessagesJob.key(config.pseudonymKeyFile(), config.pseudonymKeyVariable());
  }

  private static List<Stage> stages(Directories directories, ForgetConfig config)
      throws IOException {
    List<Stage> stages = new ArrayList<>();
    for (String directory : directories.finishedIn(config.directories())) {
      Manifest manifest = directories.manifest(directory).orElseThrow();
      // Its own reports have nothing to forget.
      if (!manifest.job().equals("forget")) {
        stages.add(new Stage(directory, manifest));
      }
    }
    return Stage.inOrder(stages);
  }

  @Override
  public void run(JobContext job, ForgetConfig config) throws IOException {
    Rewrites rewrites = new Rewrites(job.directories());
    rewrites.recover(config.directories());
    List<Stage> stages = stages(job.directories(), config);
    requireKey(stages, config);
    Dataset<Row> users =
        UserList.read(
                job.spark(), InputParts.files(job.directories(), config.users()), key(config), true)
            .distinct()
            .persist(StorageLevel.DISK_ONLY());
    job.count("rows_in", users.count());
    Map<Stage, ForgetTask> tasks = stage(job, rewrites, stages, users);
    List<Rewrites.Rewrite> changed = new ArrayList<>();
    List<Row> report = report(job, stages, tasks, changed);
    job.write(job.spark().createDataFrame(report, REPORT).coalesce(1), "data");
    job.count("rows_out", report.size());
    print(job, report, changed);
    // Last, so that what fails leaves everything as it was.
    rewrites.commit(changed);
  }

  /** Under another key nobody is found, which must not look as if there were nothing to forget. */
  private static void requireKey(List<Stage> stages, ForgetConfig config) {
    String fingerprint = IngestMessagesJob.fingerprint(key(config));
    boolean some = false;
    for (Stage stage : stages) {
      for (Manifest.Input input : stage.manifest().inputs()) {
        if (input.name().equals(IngestMessagesJob.KEY_INPUT)) {
          if (!input.fingerprint().equals(fingerprint)) {
            throw new BadInputException(
                "the messages of "
                    + stage.directory()
                    + " were made with another pseudonym key; give its key, or forget in"
                    + " directories of one key at a time");
          }
          some = true;
        }
      }
    }
    if (!some) {
      throw new BadInputException(
          "no directory of messages among "
              + String.join(", ", config.directories())
              + "; give the directory that ingest-messages wrote");
    }
  }

  /** Lays the new files of each stage that has a table of a known kind beside it. */
  private static Map<Stage, ForgetTask> stage(
      JobContext job, Rewrites rewrites, List<Stage> stages, Dataset<Row> users)
      throws IOException {
    Map<Stage, Map<String, ForgettableTable>> kinds = new LinkedHashMap<>();
    for (Stage stage : stages) {
      Map<String, ForgettableTable> ofStage = new TreeMap<>();
      for (String table : stage.tables()) {
        ForgettableTable.of(job.spark().read().parquet(stage.directory() + "/" + table).schema())
            .ifPresent(kind -> ofStage.put(table, kind));
      }
      if (!ofStage.isEmpty()) {
        // A torn directory would be made whole in name only.
        job.directories().finished(stage.manifest().job(), stage.directory());
        kinds.put(stage, ofStage);
      }
    }
    Dataset<Row> dialogueIds = dialogueIds(job, kinds, users).persist(StorageLevel.DISK_ONLY());
    Map<Stage, ForgetTask> tasks = new LinkedHashMap<>();
    for (Map.Entry<Stage, Map<String, ForgettableTable>> entry : kinds.entrySet()) {
      Stage stage = entry.getKey();
      ForgetTask task = new ForgetTask(job, stage, rewrites.staging(stage.directory()));
      for (Map.Entry<String, ForgettableTable> table : entry.getValue().entrySet()) {
        task.rewrite(table.getKey(), table.getValue(), users, dialogueIds);
      }
      tasks.put(stage, task);
    }
    return tasks;
  }

  /** The dialogues in which one of the users has a turn. */
  private static Dataset<Row> dialogueIds(
      JobContext job, Map<Stage, Map<String, ForgettableTable>> kinds, Dataset<Row> users) {
    Dataset<Row> ids =
        job.spark()
            .createDataFrame(
                new ArrayList<Row>(),
                new StructType().add("dialogue_id", DataTypes.StringType, false));
    for (Map.Entry<Stage, Map<String, ForgettableTable>> entry : kinds.entrySet()) {
      for (Map.Entry<String, ForgettableTable> table : entry.getValue().entrySet()) {
        if (table.getValue() == ForgettableTable.DIALOGUES) {
          ids =
              ids.union(
                  job.spark()
                      .read()
                      .parquet(entry.getKey().directory() + "/" + table.getKey())
                      .select(
                          col("dialogue_id"), explode(ForgettableTable.speakers()).as("sender_id"))
                      .join(users, new String[] {"sender_id"}, "left_semi")
                      .select("dialogue_id"));
        }
      }
    }
    return ids.distinct();
  }

  /** A row for each stage, which come after what they were made of; and the new manifests. */
  private static List<Row> report(
      JobContext job,
      List<Stage> stages,
      Map<Stage, ForgetTask> tasks,
      List<Rewrites.Rewrite> changed)
      throws IOException {
    Instant now = Instant.now();
    List<Row> rows = new ArrayList<>();
    SortedMap<String, Long> total = new TreeMap<>();
    List<Stage> after = new ArrayList<>();
    List<Stage> outdated = new ArrayList<>();
    for (Stage stage : stages) {
      Optional<ForgetTask> task = Optional.ofNullable(tasks.get(stage));
      Manifest manifest = stage.manifest();
      if (task.isPresent()) {
        Optional<Manifest> changedManifest = newManifest(stage, task.get(), stages, after, now);
        if (changedManifest.isPresent()) {
          manifest = changedManifest.get();
          changed.add(new Rewrites.Rewrite(stage.directory(), stage.manifest(), manifest));
        }
        task.get()
            .counts()
            .forEach(
                (key, value) -> {
                  if (key.startsWith(ForgetTask.FORGOTTEN)) {
                    total.merge(stage.manifest().job() + "." + key, value, Long::sum);
                  }
                });
      }
      Stage left = new Stage(stage.directory(), manifest);
      after.add(left);
      int files = task.map(t -> t.files().size()).orElse(0);
      String action = files > 0 ? "rewritten" : "untouched";
      String toDo = "";
      OptionalLong behind =
          rowsBehind(left, task.isPresent() && task.get().followsInputs(), after, outdated);
      if (behind.isPresent()) {
        outdated.add(left);
        boolean isModel = TRAINERS.contains(manifest.job());
        action = isModel ? "retrain" : "make-again";
        toDo = isModel ? retrain(behind.getAsLong()) : "run " + manifest.job() + " --overwrite";
      } else if (isUntraceable(left, tasks.containsKey(stage), after)) {
        action = "make-again";
        toDo =
            "it does not tell whose turns are in it, or its dialogues are not among the"
                + " directories: run "
                + manifest.job()
                + " again";
      }
      rows.add(
          RowFactory.create(
              stage.directory(),
              manifest.job(),
              action,
              files,
              task.map(ForgetTask::rows).orElse(0L),
              toDo));
    }
    total.forEach(job::count);
    return rows;
  }

  private static String retrain(long rows) {
    return rows == 0
        ? "what it was trained on has to be made again: train again after that"
        : "trained on " + rows + " rows with their turns: train again";
  }

  /**
   * The manifest without what was taken away. Where the stage's inputs were changed in this run,
   * and its own main table with them, it is as if it had been made of what they are now. Empty
   * where nothing changes.
   */
  private static Optional<Manifest> newManifest(
      Stage stage, ForgetTask task, List<Stage> before, List<Stage> after, Instant now)
      throws IOException {
    Manifest old = stage.manifest();
    List<Manifest.Input> inputs = new ArrayList<>();
    for (Manifest.Input input : old.inputs()) {
      inputs.add(task.followsInputs() ? now(input, before, after) : input);
    }
    if (task.files().isEmpty() && inputs.equals(old.inputs())) {
      return Optional.empty();
    }
    SortedMap<String, Long> counts = new TreeMap<>(old.counts());
    task.counts()
        .forEach(
            (key, value) -> {
              boolean isNew =
                  key.startsWith(ForgetTask.FORGOTTEN) || (key.startsWith("dropped.") && value > 0);
              if (isNew || counts.containsKey(key)) {
                counts.merge(key, value, Long::sum);
              }
            });
    return Optional.of(
        new Manifest(
            old.job(),
            old.codeVersion(),
            old.settings(),
            inputs,
            counts,
            old.figures(),
            task.newFiles(),
            ForgetHistory.add(old, now, task.rows())));
  }

  /** The input with the fingerprint that it has after this run. */
  private static Manifest.Input now(Manifest.Input input, List<Stage> before, List<Stage> after) {
    for (int i = 0; i < after.size(); i++) {
      if (before.get(i).fingerprint().equals(input.fingerprint())) {
        return new Manifest.Input(input.name(), input.path(), after.get(i).fingerprint());
      }
    }
    return input;
  }

  /**
   * How many rows of its inputs changed or went since the stage was made; empty where none did, 0
   * where an input itself has to be made again.
   */
  private static OptionalLong rowsBehind(
      Stage stage, boolean followsInputs, List<Stage> after, List<Stage> outdated) {
    OptionalLong behind = OptionalLong.empty();
    for (Manifest.Input input : stage.manifest().inputs()) {
      for (Stage other : after) {
        OptionalLong rows = ForgetHistory.of(other.manifest()).rowsSince(input.fingerprint());
        if (rows.isPresent()) {
          behind = OptionalLong.of(behind.orElse(0) + rows.getAsLong());
          break;
        }
      }
      boolean isOutdated =
          outdated.stream().anyMatch(other -> other.fingerprint().equals(input.fingerprint()));
      // Ids that an older tokenizer gave are as good as before.
      if (isOutdated && !followsInputs) {
        behind = OptionalLong.of(behind.orElse(0));
      }
    }
    return behind;
  }

  /** Whether the stage holds examples whose dialogues cannot be looked at. */
  private static boolean isUntraceable(Stage stage, boolean hasKnownTable, List<Stage> after) {
    Set<String> made = Set.of("build-examples", "build-task-data");
    return made.contains(stage.manifest().job())
        && !(hasKnownTable
            && stage.manifest().inputs().stream()
                .filter(input -> input.name().equals("dialogues"))
                .allMatch(input -> Stage.of(input, after).isPresent()));
  }

  private static void print(JobContext job, List<Row> report, List<Rewrites.Rewrite> changed) {
    TextTable table = new TextTable("directory", "action", "files", "rows", "to do");
    for (Row row : report) {
      table.row(
          row.getString(0), row.getString(2), row.getInt(3), row.getLong(4), row.getString(5));
    }
    job.say(table.render());
    if (changed.isEmpty()) {
      job.say("nothing found of these users");
    }
  }
}

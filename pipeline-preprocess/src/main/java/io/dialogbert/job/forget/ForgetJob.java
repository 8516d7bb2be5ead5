package io.dialogbert.job.forget;

import static java.util.stream.Collectors.partitioningBy;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.DirectoryTree;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.frame.store.Rewrites;
import io.dialogbert.job.ingest.IngestMessagesJob;
import io.dialogbert.job.ingest.UserList;
import io.dialogbert.job.ingest.read.InputParts;
import io.dialogbert.privacy.PseudonymKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Removes some users' messages from finished directories and from their derived data, and reports
 * what must be rebuilt instead.
 */
public final class ForgetJob implements Job<ForgetConfig> {
  /** Among a training run's checkpoints, this file records what the run is to make. */
  private static final String RUN_PLAN = "run.json";

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

  @Override
  public Lineage lineage(ForgetConfig config) {
    return Lineage.to(config.output())
        .files(config.users())
        .fingerprint(IngestMessagesJob.KEY_INPUT, IngestMessagesJob.fingerprint(key(config)));
  }

  /**
   * Includes the directories as they are now: if a run left them in this state, there is nothing to
   * do.
   */
  @Override
  public Lineage lineage(ForgetConfig config, Directories directories) throws IOException {
    Lineage lineage = lineage(config);
    DirectoryTree tree = DirectoryTree.of(directories, config.directories());
    for (Stage stage : stages(directories, tree)) {
      if (!stage.isForgetReport()) {
        lineage = lineage.fingerprint(stage.directory(), stage.fingerprint());
      }
    }
    for (String left : leftovers(directories, tree, config)) {
      lineage = lineage.fingerprint(left, "left");
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

  private static List<Stage> stages(Directories directories, DirectoryTree tree)
      throws IOException {
    List<Stage> stages = new ArrayList<>();
    for (String directory : tree.having(Manifest.FILE_NAME)) {
      stages.add(new Stage(directory, directories.manifest(directory).orElseThrow()));
    }
    for (String directory : tree.having(RUN_PLAN)) {
      Path plan = new Path(directory, RUN_PLAN);
      stages.add(
          new Stage(directory, Manifest.fromJson(directories.readString(plan), plan.toString())));
    }
    return Stage.inOrder(stages);
  }

  /** Leftovers of killed jobs and unfinished output of running ones, except this job's own. */
  private static List<String> leftovers(
      Directories directories, DirectoryTree tree, ForgetConfig config) throws IOException {
    Path output = new Path(config.output());
    String own = "." + output.getName() + ".";
    Path beside = directories.fileSystem(output).makeQualified(output).getParent();
    List<String> found = new ArrayList<>();
    for (String state : List.of("unfinished", "replaced")) {
      for (Path path : tree.inState(state)) {
        if (!path.equals(new Path(beside, own + state))) {
          found.add(path.toString());
        }
      }
    }
    return found;
  }

  @Override
  public void run(JobContext job, ForgetConfig config) throws IOException {
    Rewrites rewrites = new Rewrites(job.directories());
    rewrites.recover(config.directories());
    DirectoryTree tree = DirectoryTree.of(job.directories(), config.directories());
    requireNothingLeft(leftovers(job.directories(), tree, config));
    Map<Boolean, List<Stage>> all =
        stages(job.directories(), tree).stream().collect(partitioningBy(Stage::isForgetReport));
    List<Stage> stages = all.get(false);
    requireKey(stages, config);
    Dataset<Row> users =
        UserList.read(job.spark(), InputParts.of(job.files("file")), key(config), true)
            .distinct()
            .persist(StorageLevel.DISK_ONLY());
    job.count("rows_in", users.count());
    Map<Stage, ForgetTask> tasks = stage(job, rewrites, stages, users);
    ForgetReport report = new ForgetReport(all.get(true));
    for (Stage stage : stages) {
      report.add(stage, Optional.ofNullable(tasks.get(stage)));
    }
    job.write(job.spark().createDataFrame(report.rows(), ForgetReport.SCHEMA).coalesce(1), "data");
    job.count("rows_out", report.rows().size());
    report.counts().forEach(job::count);
    job.addToSummary(report.render());
    if (report.changed().isEmpty()) {
      job.addToSummary("nothing found of these users");
    }
    // Last, so that a failure leaves everything as it was.
    rewrites.commit(report.changed());
  }

  /** A job that is writing now may hold the users' messages and would bring them back. */
  private static void requireNothingLeft(List<String> leftovers) {
    if (!leftovers.isEmpty()) {
      throw new BadInputException(
          "there may be messages of the users in what a killed job left, or a running one has not"
              + " finished:\n  "
              + String.join("\n  ", leftovers)
              + "\nlet the job end, or run it again; without it, delete .NAME.unfinished, and rename"
              + " .NAME.replaced to NAME if there is no NAME");
    }
  }

  /** With another key no user is found. That must not look as if there were nothing to forget. */
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

  /** Stages the new files of each stage that has a table of a known kind. */
  private static Map<Stage, ForgetTask> stage(
      JobContext job, Rewrites rewrites, List<Stage> stages, Dataset<Row> users)
      throws IOException {
    Map<Stage, Map<String, ForgettableTable>> kinds = new LinkedHashMap<>();
    for (Stage stage : stages) {
      if (stage.tables().isEmpty() && !stage.isEmptyDay()) {
        continue;
      }
      // Otherwise an incomplete or damaged directory would get a manifest that calls it sound.
      String made = stage.manifest().job();
      job.requireIntact(
          made, stage.directory(), job.directories().finished(made, stage.directory()).files());
      Map<String, ForgettableTable> ofStage = new TreeMap<>();
      for (String table : stage.tables()) {
        ForgettableTable.of(job.spark().read().parquet(stage.directory() + "/" + table).schema())
            .ifPresent(kind -> ofStage.put(table, kind));
      }
      if (!ofStage.isEmpty() || stage.isEmptyDay()) {
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

  /** The ids of dialogues in which one of the users has a turn. */
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
}

package io.dialogbert.finetune.correct;

import static org.apache.spark.sql.functions.col;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.correct.CorrectLabelsConfig.Mode;
import io.dialogbert.finetune.train.TaskTraining;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.RandomFiles;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.pretrain.PretrainJob;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.correct.Verdict;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Finds training labels that are probably wrong, by checkers that have not seen them, and writes
 * task data with better ones. Held-out splits stay as they are.
 */
public final class CorrectLabelsJob implements Job<CorrectLabelsConfig> {
  public static void main(String[] args) {
    JobMain.run(new CorrectLabelsJob(), args);
  }

  @Override
  public String name() {
    return "correct-labels";
  }

  @Override
  public CorrectLabelsConfig configure(ConfigReader in) {
    return CorrectLabelsConfig.read(in);
  }

  @Override
  public Lineage lineage(CorrectLabelsConfig config) {
    Lineage lineage =
        Lineage.to(config.output()).dataset("task-data", config.taskData(), "build-task-data");
    return config
        .encoder()
        .map(encoder -> lineage.dataset("checkpoint", encoder.checkpoint(), PretrainJob.learners()))
        .orElse(lineage);
  }

  @Override
  public void run(JobContext job, CorrectLabelsConfig config) throws IOException {
    TaskSpec spec = Tasks.load(job, job.inputPath("task-data"));
    if (!spec.kind().hasClasses()) {
      throw new BadInputException(
          job.inputPath("task-data") + " must have classes, has " + Tasks.describe(spec));
    }
    Dataset<Row> data = job.read("task-data", "data");
    JavaRDD<LabeledRow> rows =
        data.filter(col("split").equalTo(Splits.TRAIN)).toJavaRDD().map(CorrectLabelsJob::row);
    List<Correction.Result> rounds = new ArrayList<>();
    Correction.Result result =
        new Correction(
                config.rules(), checkers(job, config, spec), spec.classes().size(), job.seed())
            .run(rows, rounds::add);
    Dataset<Row> posteriors =
        CorrectionTables.posteriors(job, result).persist(StorageLevel.DISK_ONLY());
    Dataset<Row> corrected = corrected(data, posteriors, config.mode());
    long numRows = corrected.count();
    job.write(
        RandomFiles.layout(corrected, job.seed(), numRows, config.examplesPerFile()),
        "data",
        "split");
    int files = Math.toIntExact(1 + posteriors.count() / config.examplesPerFile());
    CorrectionTables.write(job, result, posteriors, files);
    copyTokenizerSettings(job);
    Tasks.save(job, spec.withClassCounts(classCounts(corrected, spec.classes().size())));
    report(job, rounds, posteriors, numRows);
    config.encoder().ifPresent(encoder -> deleteStates(job, encoder));
  }

  /** Which tokenizer made the ids; its vocabulary is not among task data. */
  private static void copyTokenizerSettings(JobContext job) throws IOException {
    String name = SerializedTokenizer.SETTINGS_NAME;
    job.directories()
        .writeString(
            job.outputPath(name),
            job.directories().readString(new Path(job.inputPath("task-data"), name)));
  }

  private static LabeledRow row(Row row) {
    TaskExample example = TaskRows.fromRow(row);
    return LabeledRow.of(example.exampleId(), example.first(), example.second(), example.label());
  }

  private static Checkers checkers(JobContext job, CorrectLabelsConfig config, TaskSpec spec)
      throws IOException {
    if (config.encoder().isEmpty()) {
      return new LinearCheckers(spec.classes().size(), config.ngrams(), job.seed());
    }
    CorrectLabelsConfig.Encoder encoder = config.encoder().get();
    Checkpoint pretrained = Checkpoint.load(job.directories(), encoder.checkpoint());
    Tokenizers.requireIdsOf(job.directories(), job.inputPath("task-data"), pretrained.tokenizer());
    TaskTraining.requirePositions(job, "task-data", spec, Graphs.encoderConfig(pretrained.graph()));
    return new EncoderCheckers(job, spec, encoder, pretrained);
  }

  /** The rows of all splits; those of training as the mode says. */
  private static Dataset<Row> corrected(Dataset<Row> data, Dataset<Row> posteriors, Mode mode) {
    String id = CorrectionTables.ID;
    if (mode == Mode.FLAG) {
      return data;
    }
    Dataset<Row> train = data.filter(col("split").equalTo(Splits.TRAIN));
    Dataset<Row> others = data.filter(col("split").notEqual(Splits.TRAIN));
    if (mode == Mode.DROP) {
      Dataset<Row> kept =
          posteriors
              .filter(
                  col(CorrectionTables.DECISION)
                      .equalTo(CorrectionTables.decision(Verdict.Kind.KEEP)))
              .select(id);
      return others.union(train.join(kept, id).selectExpr(data.columns()));
    }
    Column label = col(mode == Mode.SOFT ? "most_probable" : CorrectionTables.LABEL);
    Dataset<Row> labels = posteriors.select(col(id), label.as("corrected"));
    return others.union(
        train.join(labels, id).withColumn("label", col("corrected")).selectExpr(data.columns()));
  }

  private static List<Long> classCounts(Dataset<Row> data, int numClasses) {
    Long[] counts = new Long[numClasses];
    Arrays.fill(counts, 0L);
    data.filter(col("split").equalTo(Splits.TRAIN))
        .groupBy("label")
        .count()
        .collectAsList()
        .forEach(row -> counts[row.<Integer>getAs("label")] = row.getAs("count"));
    return List.of(counts);
  }

  private static void report(
      JobContext job, List<Correction.Result> rounds, Dataset<Row> posteriors, long rowsOut) {
    Correction.Result last = rounds.get(rounds.size() - 1);
    long all = 0;
    for (Verdict.Kind kind : Verdict.Kind.values()) {
      String decision = CorrectionTables.decision(kind);
      long count = posteriors.filter(col(CorrectionTables.DECISION).equalTo(decision)).count();
      job.count("labels." + decision, count);
      all += count;
    }
    job.count("rows_in", all);
    job.count("rows_out", rowsOut);
    job.count("rounds", rounds.size());
    for (Correction.Result round : rounds) {
      job.figure("temperature_round_" + round.round(), round.model().temperature());
      job.figure("estimated_noise_round_" + round.round(), round.estimatedNoise());
    }
    job.figure("estimated_noise", last.estimatedNoise());
    job.addToSummary(
        String.format(
            Locale.ROOT,
            "  %d of %d training labels are probably wrong, %d more are in doubt; about %.1f percent"
                + " are wrong",
            job.count("labels.correct"),
            all,
            job.count("labels.flag"),
            100 * last.estimatedNoise()));
  }

  private static void deleteStates(JobContext job, CorrectLabelsConfig.Encoder encoder) {
    Path states = new Path(encoder.training().checkpoints().directory());
    job.afterCommit(() -> job.directories().fileSystem(states).delete(states, true));
  }
}

package io.dialogbert.distill.prune;

import static org.apache.spark.sql.functions.col;

import io.dialogbert.common.BadInputException;
import io.dialogbert.distill.prune.UsedText.Coverage;
import io.dialogbert.distill.student.KeptPieces;
import io.dialogbert.distill.student.Rebuilt;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.util.Locale;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Takes the pieces that a corpus or a task does not use out of a network and its tokenizer. */
public final class PruneVocabularyJob implements Job<PruneVocabularyConfig> {
  public static void main(String[] args) {
    JobMain.run(new PruneVocabularyJob(), args);
  }

  @Override
  public String name() {
    return "prune-vocabulary";
  }

  @Override
  public PruneVocabularyConfig configure(ConfigReader in) {
    return PruneVocabularyConfig.read(in);
  }

  @Override
  public Lineage lineage(PruneVocabularyConfig config) {
    Lineage lineage =
        Tokenizers.withDictionaries(
            Lineage.to(config.output())
                .dataset("checkpoint", config.checkpoint(), Tasks.encoders()));
    if (config.dialogues().isPresent()) {
      lineage = lineage.datasetOrDays("dialogues", config.dialogues().get(), "build-dialogues");
    }
    if (config.taskData().isPresent()) {
      lineage = lineage.dataset("task-data", config.taskData().get(), Tasks.dataMakers());
    }
    return lineage;
  }

  @Override
  public void run(JobContext job, PruneVocabularyConfig config) throws IOException {
    Checkpoint whole = Checkpoint.load(job.directories(), config.checkpoint());
    SerializedTokenizer before = whole.tokenizer();
    if (config.taskData().isPresent()) {
      Tokenizers.requireIdsOf(job.directories(), job.inputPath("task-data"), before);
    }
    JavaRDD<UsedText> texts = texts(job, config, before);
    int vocabSize = before.tokenizer().vocabulary().size();
    int[] ids =
        KeptPieces.of(
            before.tokenizer().vocabulary(),
            UsedText.counts(texts.filter(text -> !text.heldOut()), vocabSize),
            config.minCount());
    SerializedTokenizer after = before.keeping(ids);
    ComputationGraph pruned = Rebuilt.withTokens(whole.graph(), ids);
    new Checkpoint(pruned, after, whole.examplesSeen()).save(job.directories(), job.output());
    copyTask(job);
    job.count("pieces_before", vocabSize);
    job.count("pieces", ids.length);
    job.count("parameters_before", whole.graph().numParams());
    job.count("parameters", pruned.numParams());
    report(job, UsedText.coverage(texts.filter(UsedText::heldOut), before, after));
  }

  private static JavaRDD<UsedText> texts(
      JobContext job, PruneVocabularyConfig config, SerializedTokenizer tokenizer) {
    JavaRDD<UsedText> texts = job.sparkContext().emptyRDD();
    if (config.dialogues().isPresent()) {
      texts = texts.union(UsedText.ofDialogues(read(job, config, "dialogues"), tokenizer));
    }
    if (config.taskData().isPresent()) {
      texts = texts.union(UsedText.ofTaskData(read(job, config, "task-data")));
    }
    return texts;
  }

  private static Dataset<Row> read(JobContext job, PruneVocabularyConfig config, String input) {
    Dataset<Row> rows = job.read(input, "data");
    if (config.languages().isEmpty()) {
      return rows;
    }
    Dataset<Row> chosen = rows.filter(col("lang").isin(config.languages().toArray()));
    if (chosen.isEmpty()) {
      throw new BadInputException(
          job.inputPath(input) + " has no text in languages = " + config.languages());
    }
    return chosen;
  }

  /** Copies what the network learned, if it is of a task. */
  private static void copyTask(JobContext job) throws IOException {
    Path task = new Path(job.inputPath("checkpoint"), TaskSpec.FILE_NAME);
    if (job.directories().fileSystem(task).exists(task)) {
      Tasks.save(job, Tasks.load(job, job.inputPath("checkpoint")));
    }
  }

  private static void report(JobContext job, Coverage coverage) {
    job.count("held_out.tokens_before", coverage.tokens());
    job.count("held_out.tokens", coverage.tokensAfter());
    job.count("held_out.unknown_before", coverage.unknown());
    job.count("held_out.unknown", coverage.unknownAfter());
    job.count("held_out.removed", coverage.removed());
    job.addToSummary(
        String.format(
            Locale.ROOT,
            "  %,d of %,d pieces, %,d of %,d parameters",
            job.count("pieces"),
            job.count("pieces_before"),
            job.count("parameters"),
            job.count("parameters_before")));
    job.addToSummary(
        String.format(
            Locale.ROOT,
            "  held-out texts: %.2f %% of %,d tokens lost their piece; [UNK] %.2f %% (before %.2f"
                + " %%); %+.2f %% tokens",
            percent(coverage.removed(), coverage.tokens()),
            coverage.tokens(),
            percent(coverage.unknownAfter(), coverage.tokensAfter()),
            percent(coverage.unknown(), coverage.tokens()),
            percent(coverage.tokensAfter() - coverage.tokens(), coverage.tokens())));
  }

  private static double percent(long part, long whole) {
    return whole == 0 ? 0 : 100.0 * part / whole;
  }
}

package io.dialogbert.pretrain;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Losses;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.CheckpointNetwork;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.HeldOutScoring;
import io.dialogbert.train.PretrainingTask;
import io.dialogbert.train.engine.BertEngine;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Scores a checkpoint on held-out examples and compares it to baselines without a network. */
public final class EvaluateEncoderJob implements Job<EvaluateEncoderConfig> {
  public static void main(String[] args) {
    JobMain.run(new EvaluateEncoderJob(), args);
  }

  @Override
  public String name() {
    return "evaluate-encoder";
  }

  @Override
  public EvaluateEncoderConfig configure(ConfigReader in) {
    return EvaluateEncoderConfig.read(in);
  }

  @Override
  public Lineage lineage(EvaluateEncoderConfig config) {
    return Lineage.to(config.output())
        .dataset("checkpoint", config.checkpoint(), PretrainJob.learners())
        .datasetOrDays("examples", config.examples(), "build-examples");
  }

  @Override
  public void run(JobContext job, EvaluateEncoderConfig config) throws IOException {
    SerializedTokenizer tokenizer =
        Checkpoint.loadTokenizer(job.directories(), config.checkpoint());
    Tokenizers.requireIdsOf(job, "examples", tokenizer);
    PretrainJob.cap(job.settings("examples"), config.masking()).ifPresent(job::warn);
    int vocabSize = tokenizer.tokenizer().vocabulary().sizeWithoutSpares();
    PretrainingTask task =
        new PretrainingTask(
            new BertEngine(
                Checkpoint.loadNetworkJson(job.directories(), config.checkpoint()),
                config.precision()),
            tokenizer,
            config.masking().withVocabSize(vocabSize),
            job.seed());
    String split = config.split().name().toLowerCase(Locale.ROOT);
    List<ExampleReader.Part> parts = PretrainJob.parts(job, split);
    Losses score =
        new HeldOutScoring<>(job.sparkContext(), task, parts, job.seed(), config.maxExamples())
            .score(new CheckpointNetwork<>(task.engine(), config.checkpoint()));
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(
            job.spark().sparkContext().hadoopConfiguration(), parts, task, job.seed());
    job.count("rows_in", reader.size());
    job.count("examples_scored", score.sequences());
    job.count("masked_tokens", score.count("mlm_loss"));
    score.means().forEach(job::figure);

    int scored = Math.toIntExact(score.sequences());
    Baselines baselines = baselines(job, vocabSize, task.batch(reader.read(0, scored), place -> 0));
    job.figure("baseline_unigram_loss", baselines.unigramLoss());
    job.figure("baseline_most_frequent_token_accuracy", baselines.mostFrequentAccuracy());
    job.addToSummary(
        String.format(
            Locale.ROOT,
            "  masked LM: loss %.3f (unigram %.3f), accuracy %.1f %% (most frequent token %.1f %%)",
            score.mean("mlm_loss"),
            baselines.unigramLoss(),
            100 * score.mean("mlm_accuracy"),
            100 * baselines.mostFrequentAccuracy()));
    if (score.has("nsp_loss")) {
      job.figure("baseline_nsp_accuracy", baselines.nspMajority());
      job.addToSummary(
          String.format(
              Locale.ROOT,
              "  next sentence: accuracy %.1f %% (majority %.1f %%)",
              100 * score.mean("nsp_accuracy"),
              100 * baselines.nspMajority()));
    }
  }

  /**
   * Baselines without a network.
   *
   * @param unigramLoss cross-entropy in nats of the masked tokens under the training split's token
   *     frequencies
   * @param nspMajority share of the more frequent label; means nothing without pairs
   */
  private record Baselines(double unigramLoss, double mostFrequentAccuracy, double nspMajority) {}

  /**
   * Computes the baselines.
   *
   * @param vocabSize size of the vocabulary without spare tokens: no text has them
   */
  private static Baselines baselines(JobContext job, int vocabSize, PackedBatch heldOut) {
    long[] counts = new long[vocabSize];
    job.read("examples", "data")
        .filter(col("split").equalTo(Splits.TRAIN))
        .select(explode(col("input_ids")).as("id"))
        .filter(col("id").between(SpecialTokens.ALL.size(), vocabSize - 1))
        .groupBy("id")
        .agg(count(lit(1)))
        .collectAsList()
        .forEach(row -> counts[row.getInt(0)] = row.getLong(1));
    double total = vocabSize;
    int mostFrequent = 0;
    for (int id = 0; id < vocabSize; id++) {
      total += counts[id];
      mostFrequent = counts[id] > counts[mostFrequent] ? id : mostFrequent;
    }
    double loss = 0;
    int hits = 0;
    int[] masked = heldOut.target(Head.MASKED_LM, Target.TokenClasses.class).orElseThrow().labels();
    for (int id : masked) {
      // Add-one smoothing: a token unseen in training also has a probability.
      loss -= Math.log((counts[id] + 1) / total);
      hits += id == mostFrequent ? 1 : 0;
    }
    double randomShare =
        heldOut
            .target(Head.NEXT_SENTENCE, Target.Classes.class)
            .map(pairs -> IntStream.of(pairs.labels()).average().orElse(0))
            .orElse(0.0);
    return new Baselines(
        loss / masked.length,
        (double) hits / masked.length,
        Math.max(randomShare, 1 - randomShare));
  }
}

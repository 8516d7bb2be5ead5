package io.dialogbert.finetune.inference;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.xxhash64;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.inference.ReplyPool.Reply;
import io.dialogbert.finetune.objective.SentenceVectorObjective;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.RandomFiles;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Gives each training example of replies a wrong reply that a trained network finds hard to tell
 * from the right one. A job of its own, so that the negatives are seen and kept, and several
 * networks can learn from the same.
 */
public final class MineNegativesJob implements Job<MineNegativesConfig> {
  public static void main(String[] args) {
    JobMain.run(new MineNegativesJob(), args);
  }

  @Override
  public String name() {
    return "mine-negatives";
  }

  /** Version 2 has columns for tags. */
  @Override
  public int format() {
    return 2;
  }

  @Override
  public MineNegativesConfig configure(ConfigReader in) {
    return MineNegativesConfig.read(in);
  }

  @Override
  public Lineage lineage(MineNegativesConfig config) {
    return Lineage.to(config.output())
        .dataset("checkpoint", config.checkpoint(), "finetune")
        .dataset("task-data", config.taskData(), "build-task-data");
  }

  @Override
  public void run(JobContext job, MineNegativesConfig config) throws IOException {
    TaskSpec spec = Tasks.load(job, job.inputPath("task-data"));
    SerializedTokenizer tokenizer =
        Checkpoint.loadTokenizer(job.directories(), config.checkpoint());
    requireReplies(job, config, spec, tokenizer);
    NegativeMiner miner =
        new NegativeMiner(
            spec,
            job.sparkContext().broadcast(new SharedModel(config.checkpoint(), config.precision())));
    Dataset<Row> examples = job.read("task-data", "data");
    Broadcast<Map<String, ReplyPool>> pools =
        job.sparkContext().broadcast(pools(job, config, miner, examples));
    double margin = config.margin();
    MapPartitionsFunction<Row, Row> mine = rows -> miner.mine(rows, pools.value(), margin);
    Dataset<Row> mined =
        examples
            .mapPartitions(mine, Encoders.row(TaskRows.SCHEMA))
            .persist(StorageLevel.DISK_ONLY());
    long rows = mined.count();
    job.write(
        RandomFiles.layout(mined, job.seed(), rows, config.examplesPerFile()), "data", "split");
    Tokenizers.saveSettings(job.directories(), job.output(), tokenizer);
    Tasks.save(job, spec);
    job.count("rows_out", rows);
    long train = mined.filter(col("split").equalTo(Splits.TRAIN)).count();
    long found = mined.filter(size(col(TaskRows.NEGATIVE_IDS)).gt(0)).count();
    job.count("negatives.found", found);
    job.count("negatives.none", train - found);
    job.addToSummary(
        "  "
            + found
            + " of "
            + train
            + " training examples have a negative, the nearest reply below "
            + (1 - config.margin())
            + " of the right one's score");
  }

  private static void requireReplies(
      JobContext job, MineNegativesConfig config, TaskSpec spec, SerializedTokenizer tokenizer)
      throws IOException {
    if (spec.kind() != TaskSpec.Kind.REPLIES) {
      throw new BadInputException(
          job.inputPath("task-data")
              + " must be of replies, has "
              + Tasks.describe(spec)
              + "; build it with source = replies");
    }
    String head =
        Graphs.model(Checkpoint.loadNetworkJson(job.directories(), config.checkpoint()))
            .heads()
            .get(0)
            .name();
    TaskSpec learned = Tasks.load(job, job.inputPath("checkpoint"));
    if (learned.kind() != TaskSpec.Kind.REPLIES || !head.equals(SentenceVectorObjective.HEAD)) {
      throw new BadInputException(
          config.checkpoint()
              + " must make sentence vectors of replies, learned "
              + Tasks.describe(learned)
              + " with a "
              + head);
    }
    Tokenizers.requireIdsOf(job.directories(), job.inputPath("task-data"), tokenizer);
  }

  /** The replies of each language to choose from; of equal keys, that of the first example. */
  private static Map<String, ReplyPool> pools(
      JobContext job, MineNegativesConfig config, NegativeMiner miner, Dataset<Row> examples) {
    Dataset<Row> distinct =
        examples
            .filter(col("split").equalTo(Splits.TRAIN))
            .groupBy("lang", "key")
            .agg(min_by(struct("*"), col("example_id")).as("first"))
            .select("first.*");
    Map<String, ReplyPool> pools = new HashMap<>();
    for (String lang : InferenceConfig.LANGUAGES) {
      Dataset<Row> ofLanguage =
          distinct
              .filter(col("lang").equalTo(lang))
              .orderBy(xxhash64(lit(job.seed()), col("key")), col("key"))
              .limit(config.poolSize());
      List<Reply> replies = new ArrayList<>(miner.replies(ofLanguage));
      job.count("pool." + lang, replies.size());
      pools.put(lang, new ReplyPool(replies));
    }
    return pools;
  }
}

package io.dialogbert.finetune;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.TaskClasses.TaskClass;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.job.table.RandomFiles;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.task.ContextEncoder;
import io.dialogbert.task.ReactionKey;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Vocabulary;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Mines reaction classification from dialogues: the contexts of the most frequent short replies.
 */
public final class BuildTaskDataJob implements Job<BuildTaskDataConfig> {
  private static final StructType KEY =
      new StructType()
          .add("lang", DataTypes.StringType, false)
          .add("key", DataTypes.StringType, false);

  public static void main(String[] args) {
    JobMain.run(new BuildTaskDataJob(), args);
  }

  @Override
  public String name() {
    return "build-task-data";
  }

  @Override
  public BuildTaskDataConfig configure(ConfigReader in) {
    return BuildTaskDataConfig.read(in);
  }

  @Override
  public Lineage lineage(BuildTaskDataConfig config) {
    return Tokenizers.lineage(
        Lineage.to(config.output()).dataset("dialogues", config.dialogues(), "build-dialogues"),
        config.tokenizer());
  }

  @Override
  public void run(JobContext job, BuildTaskDataConfig config) throws IOException {
    SerializedTokenizer tokenizer = Tokenizers.load(job.directories(), config.tokenizer());
    Dataset<Row> dialogues = job.read("dialogues", "data");
    List<TaskClass> classes = classes(dialogues, config);
    if (classes.size() < 2) {
      throw new BadInputException(
          "only "
              + classes.size()
              + " short replies occur "
              + config.minClassCount()
              + " times in the training split; a larger corpus or a smaller min-class-count is"
              + " needed");
    }
    HashMap<String, Integer> ids = new HashMap<>();
    classes.forEach(found -> ids.put(found.lang() + " " + found.reaction(), found.id()));
    Miner miner = new Miner(tokenizer, config, ids);
    FlatMapFunction<Row, Row> mine = miner::mine;
    Dataset<Row> examples =
        dialogues.flatMap(mine, Encoders.row(TaskRows.SCHEMA)).persist(StorageLevel.DISK_ONLY());
    long rows = countExamples(job, config, examples, tokenizer.tokenizer().vocabulary());
    Dataset<Row> layout = RandomFiles.layout(examples, job.seed(), rows, config.examplesPerFile());
    job.write(layout, "data", "split");
    Tokenizers.saveSettings(job.directories(), job.output(), tokenizer);
    job.write(
        job.spark()
            .createDataFrame(classes.stream().map(TaskClasses::toRow).toList(), TaskClasses.SCHEMA)
            .coalesce(1),
        TaskClasses.TABLE);
    job.count("rows_in", dialogues.count());
    job.count("rows_out", rows);
    job.count("num_classes", classes.size());
  }

  /** Counts the examples of each split, and checks the share of unknown tokens. */
  private static long countExamples(
      JobContext job, BuildTaskDataConfig config, Dataset<Row> examples, Vocabulary vocabulary) {
    Splits.ALL.forEach(split -> job.count("examples." + split, 0));
    long rows = 0;
    long tokens = 0;
    long unknown = 0;
    for (Row row :
        examples
            .groupBy("split")
            .agg(
                count(lit(1)).as("examples"),
                tokens(
                        "between %d and %d"
                            .formatted(
                                SpecialTokens.ALL.size(), vocabulary.sizeWithoutSpares() - 1))
                    .as("known"),
                tokens("= " + SpecialTokens.UNK).as("unknown"))
            .collectAsList()) {
      long examplesOfSplit = row.getAs("examples");
      long unknownOfSplit = row.getAs("unknown");
      job.count("examples." + row.getAs("split"), examplesOfSplit);
      rows += examplesOfSplit;
      tokens += row.<Long>getAs("known") + unknownOfSplit;
      unknown += unknownOfSplit;
    }
    double unknownRatio = (double) unknown / Math.max(1, tokens);
    Tokenizers.requireKnown(unknownRatio, config.maxUnknownRate(), config.tokenizer());
    job.figure("unknown_ratio", unknownRatio);
    return rows;
  }

  /** The number of ids of a kind. */
  private static Column tokens(String kind) {
    return sum(expr("size(filter(input_ids, id -> id " + kind + "))"));
  }

  /** The most frequent short replies of the training split, with their ids. */
  private static List<TaskClass> classes(Dataset<Row> dialogues, BuildTaskDataConfig config) {
    FlatMapFunction<Row, Row> keys =
        row -> {
          Dialogue dialogue = DialogueRows.fromRow(row);
          return dialogue.turns().stream()
              .skip(1)
              .map(turn -> ReactionKey.of(turn.text()))
              .filter(key -> !key.isEmpty())
              .map(key -> RowFactory.create(dialogue.lang(), key))
              .iterator();
        };
    List<Row> counted =
        dialogues
            .filter(col("split").equalTo(Splits.TRAIN))
            .flatMap(keys, Encoders.row(KEY))
            .groupBy("lang", "key")
            .agg(count(lit(1)).as("replies"))
            .filter(col("replies").geq(lit(config.minClassCount())))
            .orderBy(desc("replies"), col("lang"), col("key"))
            .limit(config.numClasses())
            .collectAsList();
    List<TaskClass> classes = new ArrayList<>();
    for (Row row : counted) {
      classes.add(
          new TaskClass(classes.size(), row.getAs("lang"), row.getAs("key"), row.getAs("replies")));
    }
    return classes;
  }

  /** Serialized to the executors, which use it to find contexts. */
  private record Miner(
      SerializedTokenizer tokenizer, BuildTaskDataConfig config, HashMap<String, Integer> classes)
      implements Serializable {

    Iterator<Row> mine(Row row) {
      Dialogue dialogue = DialogueRows.fromRow(row);
      Tokenizer encoder = tokenizer.tokenizer();
      ContextEncoder contexts =
          new ContextEncoder(config.maxSequenceLength(), config.maxContextTurns());
      Map<Integer, int[]> encoded = new HashMap<>();
      List<Row> examples = new ArrayList<>();
      for (int reply = 1; reply < dialogue.turns().size(); reply++) {
        String key = ReactionKey.of(dialogue.turns().get(reply).text());
        Integer label = classes.get(dialogue.lang() + " " + key);
        if (label == null) {
          continue;
        }
        List<int[]> context = new ArrayList<>();
        for (int turn = Math.max(0, reply - config.maxContextTurns()); turn < reply; turn++) {
          context.add(
              encoded.computeIfAbsent(
                  turn, t -> encoder.encode(dialogue.turns().get(t).text(), dialogue.lang())));
        }
        String id = dialogue.dialogueId() + "-" + reply;
        examples.add(
            TaskRows.toRow(contexts.encode(id, context, label), dialogue.lang(), dialogue.split()));
      }
      return examples.iterator();
    }
  }
}

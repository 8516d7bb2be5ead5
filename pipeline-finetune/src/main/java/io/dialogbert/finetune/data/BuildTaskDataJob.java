package io.dialogbert.finetune.data;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.data.BuildTaskDataConfig.Labeled;
import io.dialogbert.finetune.data.BuildTaskDataConfig.Reactions;
import io.dialogbert.finetune.data.TaskClasses.TaskClass;
import io.dialogbert.finetune.label.LabeledData;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.job.table.RandomFiles;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.privacy.PiiMasker;
import io.dialogbert.task.ReactionKey;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.TaskSpec.Range;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Vocabulary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
 * Makes a task's examples: contexts in dialogues with their replies, or with the classes of the
 * most frequent short replies; or texts of labeled files.
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
    Lineage output = Lineage.to(config.output());
    return Tokenizers.lineage(
        config
            .labeled()
            .map(
                labeled ->
                    labeled
                        .files()
                        .addTo(output)
                        .fingerprint("masking-rules", PiiMasker.fingerprint()))
            .orElseGet(() -> output.dataset("dialogues", config.dialogues(), "build-dialogues")),
        config.tokenizer());
  }

  @Override
  public void run(JobContext job, BuildTaskDataConfig config) throws IOException {
    SerializedTokenizer tokenizer = Tokenizers.load(job.directories(), config.tokenizer());
    TaskSpec spec = spec(job, config);
    Dataset<Row> examples =
        config
            .labeled()
            .map(labeled -> labeled(job, labeled, spec, tokenizer))
            .orElseGet(() -> mined(job, spec, tokenizer))
            .persist(StorageLevel.DISK_ONLY());
    long rows = countExamples(job, config, examples, tokenizer.tokenizer().vocabulary());
    Dataset<Row> layout = RandomFiles.layout(examples, job.seed(), rows, config.examplesPerFile());
    job.write(layout, "data", "split");
    Tokenizers.saveSettings(job.directories(), job.output(), tokenizer);
    Tasks.save(job, spec);
    job.count("rows_out", rows);
  }

  private static TaskSpec spec(JobContext job, BuildTaskDataConfig config) {
    return switch (config.source()) {
      case REACTIONS -> reactions(job, config);
      case REPLIES ->
          new TaskSpec("replies", TaskSpec.Kind.REPLIES, config.layout(), List.of(), Range.NONE);
      case LABELED -> LabeledExamples.spec(config.labeled().orElseThrow(), config.layout());
    };
  }

  private static Dataset<Row> labeled(
      JobContext job, Labeled labeled, TaskSpec spec, SerializedTokenizer tokenizer) {
    LabeledExamples examples = new LabeledExamples(labeled, spec, tokenizer.tokenizer());
    List<Row> rows = examples.rows(LabeledData.load(job, labeled.files()));
    examples.masked().forEach((kind, count) -> job.count("pii." + kind.fileName(), count));
    return job.spark().createDataFrame(rows, TaskRows.SCHEMA);
  }

  private static Dataset<Row> mined(JobContext job, TaskSpec spec, SerializedTokenizer tokenizer) {
    FlatMapFunction<Row, Row> mine = new ContextMiner(tokenizer, spec)::mine;
    Dataset<Row> dialogues = job.read("dialogues", "data");
    job.count("rows_in", dialogues.count());
    return dialogues.flatMap(mine, Encoders.row(TaskRows.SCHEMA));
  }

  /** The reactions of dialogues; writes the table of their classes. */
  private static TaskSpec reactions(JobContext job, BuildTaskDataConfig config) {
    List<TaskClass> classes = classes(job.read("dialogues", "data"), config.reactions());
    if (classes.size() < 2) {
      throw new BadInputException(
          "only "
              + classes.size()
              + " short replies occur "
              + config.reactions().minClassCount()
              + " times in the training split; a larger corpus or a smaller min-class-count is"
              + " needed");
    }
    job.write(
        job.spark()
            .createDataFrame(classes.stream().map(TaskClasses::toRow).toList(), TaskClasses.SCHEMA)
            .coalesce(1),
        TaskClasses.TABLE);
    job.count("num_classes", classes.size());
    return new TaskSpec(
        "reactions",
        TaskSpec.Kind.REACTIONS,
        config.layout(),
        classes.stream()
            .map(found -> new TaskSpec.ClassName(found.lang(), found.reaction()))
            .toList(),
        Range.NONE);
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
    return sum(expr("size(filter(concat(input_ids, second_ids), id -> id " + kind + "))"));
  }

  /** The most frequent short replies of the training split, with their ids. */
  private static List<TaskClass> classes(Dataset<Row> dialogues, Reactions config) {
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
}

package io.dialogbert.finetune.data;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.data.BuildTaskDataConfig.Labeled;
import io.dialogbert.finetune.data.BuildTaskDataConfig.Source;
import io.dialogbert.finetune.label.LabeledData;
import io.dialogbert.finetune.mine.MinedReactions;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.table.RandomFiles;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.privacy.PiiMasker;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.TaskSpec.Range;
import io.dialogbert.task.label.LabeledText;
import io.dialogbert.text.SerializedTokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Makes a task's examples: contexts in dialogues with their replies, or with the classes that
 * mine-reactions found; or texts of labeled files.
 */
public final class BuildTaskDataJob implements Job<BuildTaskDataConfig> {
  private static final String REACTIONS = "reactions";

  public static void main(String[] args) {
    JobMain.run(new BuildTaskDataJob(), args);
  }

  @Override
  public String name() {
    return "build-task-data";
  }

  /** Version 2 has columns for tags. */
  @Override
  public int format() {
    return 2;
  }

  @Override
  public BuildTaskDataConfig configure(ConfigReader in) {
    return BuildTaskDataConfig.read(in);
  }

  @Override
  public Lineage lineage(BuildTaskDataConfig config) {
    Lineage output = Lineage.to(config.output());
    Lineage texts =
        config
            .labeled()
            .map(
                labeled ->
                    labeled
                        .files()
                        .addTo(output)
                        .fingerprint("masking-rules", PiiMasker.fingerprint()))
            .orElseGet(
                () -> output.datasetOrDays("dialogues", config.dialogues(), "build-dialogues"));
    return Tokenizers.lineage(
        config
            .reactions()
            .map(directory -> MinedReactions.lineage(texts, REACTIONS, directory))
            .orElse(texts),
        config.tokenizer());
  }

  @Override
  public void run(JobContext job, BuildTaskDataConfig config) throws IOException {
    SerializedTokenizer tokenizer = Tokenizers.load(job.directories(), config.tokenizer());
    ReplyLabels labels =
        config.reactions().isPresent()
            ? ReplyLabels.of(MinedReactions.load(job, REACTIONS))
            : ReplyLabels.none();
    if (config.reactions().isPresent()) {
      noteOtherDialogues(job);
    }
    TaskSpec spec = spec(config, labels);
    Dataset<Row> examples =
        config
            .labeled()
            .map(labeled -> labeled(job, labeled, spec, tokenizer))
            .orElseGet(
                () ->
                    mined(
                        job,
                        new ContextMiner(
                            tokenizer, spec, labels, job.seed(), config.singleTurnShare())))
            .persist(StorageLevel.DISK_ONLY());
    ExampleCounts counts = ExampleCounts.of(examples, tokenizer.tokenizer().vocabulary());
    counts.report(job);
    Tokenizers.requireKnown(counts.unknownRatio(), config.maxUnknownRate(), config.tokenizer());
    if (config.source() == Source.REACTIONS) {
      new ReactionReport(job, labels.classes(), counts).write();
    }
    Dataset<Row> layout =
        RandomFiles.layout(examples, job.seed(), counts.rows(), config.examplesPerFile());
    job.write(layout, "data", "split");
    Tokenizers.saveSettings(job.directories(), job.output(), tokenizer);
    Tasks.save(
        job,
        spec.kind() == TaskSpec.Kind.TAGS
            ? spec
            : spec.withClassCounts(counts.ofClasses(spec.classes().size())));
  }

  private static void noteOtherDialogues(JobContext job) {
    Set<String> mined =
        job.input(REACTIONS).inputs().stream()
            .map(Manifest.Input::fingerprint)
            .collect(Collectors.toSet());
    if (!job.inputs("dialogues").stream()
        .allMatch(part -> mined.contains(part.manifest().fingerprint()))) {
      job.warn(
          job.inputPath(REACTIONS)
              + " was mined from other dialogues than "
              + job.inputPath("dialogues"));
    }
  }

  private static TaskSpec spec(BuildTaskDataConfig config, ReplyLabels labels) {
    return switch (config.source()) {
      case REACTIONS -> {
        if (labels.classes().size() < 2) {
          throw new BadInputException(
              "a task needs at least 2 classes, %s has %d"
                  .formatted(config.reactions().orElseThrow(), labels.classes().size()));
        }
        yield new TaskSpec(
            "reactions",
            TaskSpec.Kind.REACTIONS,
            config.layout(),
            labels.classes().stream()
                .map(found -> new TaskSpec.ClassName(found.lang(), found.reaction()))
                .toList(),
            Range.NONE);
      }
      case REPLIES ->
          new TaskSpec("replies", TaskSpec.Kind.REPLIES, config.layout(), List.of(), Range.NONE);
      case LABELED -> LabeledExamples.spec(config.labeled().orElseThrow(), config.layout());
    };
  }

  private static Dataset<Row> labeled(
      JobContext job, Labeled labeled, TaskSpec spec, SerializedTokenizer tokenizer) {
    Map<String, List<LabeledText>> texts = LabeledData.load(job, labeled.files());
    return job.spark()
        .createDataFrame(
            spec.kind() == TaskSpec.Kind.TAGS
                ? tagged(
                    job, new TaggedExamples(labeled, spec.layout(), tokenizer.tokenizer()), texts)
                : rows(job, new LabeledExamples(labeled, spec, tokenizer.tokenizer()), texts),
            TaskRows.SCHEMA);
  }

  private static List<Row> rows(
      JobContext job, LabeledExamples examples, Map<String, List<LabeledText>> texts) {
    List<Row> rows = examples.rows(texts);
    examples.masked().forEach((kind, count) -> job.count("pii." + kind.fileName(), count));
    return rows;
  }

  private static List<Row> tagged(
      JobContext job, TaggedExamples examples, Map<String, List<LabeledText>> texts) {
    List<Row> rows = examples.rows(texts);
    examples.report(job);
    return rows;
  }

  private static Dataset<Row> mined(JobContext job, ContextMiner miner) {
    FlatMapFunction<Row, Row> mine = miner::mine;
    Dataset<Row> dialogues = job.read("dialogues", "data");
    job.count("rows_in", dialogues.count());
    return dialogues.flatMap(mine, Encoders.row(TaskRows.SCHEMA));
  }
}

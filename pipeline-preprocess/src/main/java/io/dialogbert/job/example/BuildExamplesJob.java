package io.dialogbert.job.example;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.size;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.example.ExampleStats;
import io.dialogbert.example.RangeCheck;
import io.dialogbert.example.TokenizedDialogue;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.OtherDays;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.job.table.ExampleRows;
import io.dialogbert.job.table.PartitionAccumulator;
import io.dialogbert.job.table.TokenizedRows;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.piece.Vocabulary;
import java.io.IOException;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Set;
import java.util.Spliterators;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Builds turn-separated pretraining examples from dialogues, in files that are random samples of
 * all examples.
 */
public final class BuildExamplesJob implements Job<BuildExamplesConfig> {
  /** Figures that the manifest already lists as counts. */
  private static final Set<String> COUNTS = Set.of("rows_out", "tokens");

  public static void main(String[] args) {
    JobMain.run(new BuildExamplesJob(), args);
  }

  @Override
  public String name() {
    return "build-examples";
  }

  @Override
  public BuildExamplesConfig configure(ConfigReader in) {
    return BuildExamplesConfig.read(in);
  }

  @Override
  public Lineage lineage(BuildExamplesConfig config) {
    return Tokenizers.lineage(
        Lineage.to(config.output())
            .datasetOrDays("dialogues", config.dialogues(), "build-dialogues"),
        config.tokenizer());
  }

  @Override
  public void run(JobContext job, BuildExamplesConfig config) throws IOException {
    SerializedTokenizer tokenizer = Tokenizers.load(job.directories(), config.tokenizer());
    if (config.oneDay()) {
      OtherDays.of(job.directories(), config.output())
          .requireAlike(
              job.plan(), Set.of("build-examples.examples-per-file"), Set.of("tokenizer"));
    }
    Tokenizers.saveSettings(job.directories(), job.output(), tokenizer);
    if (config.oneDay() && job.rows("dialogues", "data") == 0) {
      job.count("rows_in", 0);
      job.count("rows_out", 0);
      job.addToSummary("no dialogue: the day is empty");
      return;
    }
    Vocabulary vocabulary = tokenizer.tokenizer().vocabulary();
    BitSet wordStarts =
        IntStream.range(0, vocabulary.size())
            .filter(vocabulary::isWordStart)
            .collect(BitSet::new, BitSet::set, BitSet::or);
    config
        .masking(vocabulary.sizeWithoutSpares())
        .cap(config.example().maxTextTokens())
        .ifPresent(job::warn);
    Dataset<Row> dialogues = job.read("dialogues", "data");
    ExampleTableBuilder maker =
        new ExampleTableBuilder(
            config,
            dialogues,
            size(col("turns.speaker")),
            wordStarts,
            vocabulary.sizeWithoutSpares(),
            job.seed());
    MapPartitionsFunction<Row, Row> tokenize = rows -> tokenize(tokenizer.tokenizer(), rows);
    PartitionAccumulator<ExampleStats> partitions = new PartitionAccumulator<>();
    job.spark().sparkContext().register(partitions);
    job.write(
        maker.examples(dialogues.mapPartitions(tokenize, TokenizedRows.ENCODER), partitions),
        ExampleRows.PARQUET_OPTIONS,
        "data",
        "split");

    ExampleStats stats = maker.newStats();
    partitions.value().values().forEach(stats::merge);
    report(job, config, maker.numDialogues(), stats);
  }

  private static Iterator<Row> tokenize(Tokenizer tokenizer, Iterator<Row> rows) {
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, 0), false)
        .map(row -> tokenize(tokenizer, row))
        .iterator();
  }

  private static Row tokenize(Tokenizer tokenizer, Row row) {
    Dialogue dialogue = DialogueRows.fromRow(row);
    return TokenizedRows.toRow(
        new TokenizedDialogue(
            dialogue.dialogueId(),
            dialogue.lang(),
            dialogue.split(),
            dialogue.turns().stream()
                .map(turn -> tokenizer.encode(turn.text(), dialogue.lang()))
                .toList()));
  }

  private static void report(
      JobContext job, BuildExamplesConfig config, long dialogues, ExampleStats stats) {
    job.count("rows_in", dialogues);
    job.count("rows_out", stats.examples());
    job.count("tokens", stats.tokens());
    stats.examplesBySplit().forEach((split, examples) -> job.count("examples." + split, examples));
    if (stats.examples() == 0 && config.oneDay()) {
      return;
    }
    if (stats.examples() == 0) {
      throw new BadInputException("no example could be made of " + dialogues + " dialogues");
    }
    Tokenizers.requireKnown(stats.unknownRatio(), config.maxUnknownRate(), config.tokenizer());
    for (RangeCheck figure : stats.figures(config.copies(), config.maxUnknownRate())) {
      job.addToSummary(figure.line());
      if (!COUNTS.contains(figure.name())) {
        job.figure(figure.name(), figure.value());
        job.figure(figure.name() + RangeCheck.MIN_SUFFIX, figure.min());
        job.figure(figure.name() + RangeCheck.MAX_SUFFIX, figure.max());
      }
    }
  }
}

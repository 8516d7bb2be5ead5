package io.dialogbert.preprocess;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.ConfigReader;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobContext;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Lineage;
import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.example.DonorRing;
import io.dialogbert.example.ExampleBuilder;
import io.dialogbert.example.ExampleStats;
import io.dialogbert.example.MaskedInput;
import io.dialogbert.example.Masking;
import io.dialogbert.example.MaskingConfig;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.example.TokenizedDialogue;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.Vocabulary;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Dialogues to turn-separated pretraining examples, in files that are random samples of the whole.
 */
public final class BuildExamplesJob implements Job<BuildExamplesConfig> {
  private static final StructType TOKENIZED =
      new StructType()
          .add("dialogue_id", DataTypes.StringType, false)
          .add("lang", DataTypes.StringType, false)
          .add("split", DataTypes.StringType, false)
          .add("bucket", DataTypes.IntegerType, false)
          .add(
              "turns",
              DataTypes.createArrayType(
                  DataTypes.createArrayType(DataTypes.IntegerType, false), false),
              false);

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
    return Lineage.to(config.output())
        .dataset("dialogues", config.dialogues())
        .dataset("tokenizer", config.tokenizer());
  }

  @Override
  public void run(JobContext job, BuildExamplesConfig config) throws IOException {
    SerializedTokenizer tokenizer = Tokenizers.load(job.directories(), config.tokenizer());
    Dataset<Row> dialogues = job.read("dialogues", "data");
    Map<String, Integer> numBuckets = numBuckets(dialogues, config);
    Maker maker = new Maker(tokenizer, config, job.seed(), new HashMap<>(numBuckets));
    MapFunction<Row, Row> tokenize = maker::tokenize;
    MapPartitionsFunction<Row, Row> make = maker::make;
    Dataset<Row> examples =
        dialogues
            .map(tokenize, Encoders.row(TOKENIZED))
            .repartition(col("lang"), col("split"), col("bucket"))
            .sortWithinPartitions("lang", "split", "bucket")
            .mapPartitions(make, Encoders.row(ExampleRows.SCHEMA))
            .persist(StorageLevel.DISK_ONLY());
    ExampleStats stats =
        examples
            .javaRDD()
            .mapPartitions(rows -> List.of(maker.stats(rows)).iterator())
            .reduce(ExampleStats::plus);
    report(job, config, dialogues.count(), stats);

    Dataset<Row> layout =
        RandomFiles.layout(examples, job.seed(), stats.examples(), config.examplesPerFile());
    job.write(layout, "data", "split");
    Tokenizers.saveSettings(job.directories(), job.output(), tokenizer);
  }

  /**
   * Buckets of about equal size for each language and split; the number depends on the corpus
   * alone.
   */
  private static Map<String, Integer> numBuckets(
      Dataset<Row> dialogues, BuildExamplesConfig config) {
    Map<String, Integer> buckets = new HashMap<>();
    dialogues
        .groupBy("lang", "split")
        .agg(count(lit(1)))
        .collectAsList()
        .forEach(
            row ->
                buckets.put(
                    row.getString(0) + " " + row.getString(1),
                    Math.toIntExact(Math.max(1, row.getLong(2) / config.dialoguesPerBucket()))));
    return buckets;
  }

  private static void report(
      JobContext job, BuildExamplesConfig config, long dialogues, ExampleStats stats) {
    job.count("rows_in", dialogues);
    job.count("rows_out", stats.examples());
    job.count("tokens", stats.tokens());
    job.figure("fill_ratio", stats.fillRatio());
    job.figure("mean_turns", stats.meanTurns());
    job.figure("random_pair_ratio", stats.randomPairRatio());
    job.figure("mask_ratio", stats.maskRatio());
    job.figure("unknown_ratio", stats.unknownRatio());
    if (stats.examples() == 0) {
      throw new BadInputException("no example could be made of " + dialogues + " dialogues");
    }
    if (stats.unknownRatio() > config.maxUnknownRate()) {
      throw new BadInputException(
          String.format(
              Locale.ROOT,
              "%.4f of all tokens are [UNK], more than max-unknown-rate = %s; is %s the tokenizer of this corpus?",
              stats.unknownRatio(),
              config.maxUnknownRate(),
              config.tokenizer()));
    }
    String line = "  %-20s %10.4f   expected %s";
    job.say(
        String.format(
            Locale.ROOT,
            line,
            "fill ratio",
            stats.fillRatio(),
            "as near to 1 as short dialogues allow"));
    job.say(String.format(Locale.ROOT, line, "mean turns", stats.meanTurns(), "at least 2"));
    job.say(
        String.format(
            Locale.ROOT,
            line,
            "random pairs",
            stats.randomPairRatio(),
            "about " + config.example().randomNextProb()));
    job.say(
        String.format(
            Locale.ROOT,
            line,
            "mask ratio",
            stats.maskRatio(),
            "about "
                + config.maskedLmProb()
                + ", at most "
                + config.maxPredictionsPerSeq()
                + " an example"));
    job.say(
        String.format(
            Locale.ROOT,
            line,
            "unknown ratio",
            stats.unknownRatio(),
            "at most " + config.maxUnknownRate()));
  }

  /** What crosses the wire to make examples. */
  private record Maker(
      SerializedTokenizer tokenizer,
      BuildExamplesConfig config,
      long seed,
      HashMap<String, Integer> numBuckets)
      implements Serializable {

    Row tokenize(Row row) {
      Dialogue dialogue = DialogueRows.fromRow(row);
      Tokenizer encoder = tokenizer.tokenizer();
      int[][] turns =
          dialogue.turns().stream()
              .map(turn -> encoder.encode(turn.text(), dialogue.lang()))
              .toArray(int[][]::new);
      int buckets = numBuckets.get(dialogue.lang() + " " + dialogue.split());
      return RowFactory.create(
          dialogue.dialogueId(),
          dialogue.lang(),
          dialogue.split(),
          ring().bucketOf(dialogue.dialogueId(), buckets),
          turns);
    }

    private DonorRing ring() {
      return new DonorRing(new ExampleBuilder(config.example(), seed), seed);
    }

    private Masking masking() {
      Vocabulary vocabulary = tokenizer.tokenizer().vocabulary();
      MaskingConfig masking =
          new MaskingConfig(
              config.maskedLmProb(),
              config.maxPredictionsPerSeq(),
              config.wholeWordMask(),
              vocabulary.size());
      return new Masking(masking, vocabulary::isWordStart);
    }

    /** Makes the examples of one bucket after another; rows come sorted by bucket. */
    Iterator<Row> make(Iterator<Row> rows) {
      DonorRing ring = ring();
      Masking masking = masking();
      Queue<Row> ready = new ArrayDeque<>();
      return new Iterator<>() {
        private Row ahead = rows.hasNext() ? rows.next() : null;

        @Override
        public boolean hasNext() {
          while (ready.isEmpty() && ahead != null) {
            List<TokenizedDialogue> bucket = new ArrayList<>();
            Row first = ahead;
            while (ahead != null && sameBucket(first, ahead)) {
              bucket.add(dialogue(ahead));
              ahead = rows.hasNext() ? rows.next() : null;
            }
            ring.build(bucket, example -> store(example, masking, ready));
          }
          return !ready.isEmpty();
        }

        @Override
        public Row next() {
          return ready.remove();
        }
      };
    }

    private static boolean sameBucket(Row a, Row b) {
      return Objects.equals(a.get(1), b.get(1))
          && Objects.equals(a.get(2), b.get(2))
          && a.getInt(3) == b.getInt(3);
    }

    private static TokenizedDialogue dialogue(Row row) {
      List<scala.collection.Seq<Integer>> turns = row.getList(4);
      return new TokenizedDialogue(
          row.getString(0),
          row.getString(1),
          row.getString(2),
          turns.stream().map(Maker::ints).toList());
    }

    private static int[] ints(scala.collection.Seq<Integer> values) {
      int[] ints = new int[values.size()];
      for (int i = 0; i < ints.length; i++) {
        ints[i] = values.apply(i);
      }
      return ints;
    }

    private void store(PretrainExample example, Masking masking, Queue<Row> ready) {
      if (config.staticMasks() == 0) {
        ready.add(ExampleRows.toRow(example));
        return;
      }
      for (int copy = 0; copy < config.staticMasks(); copy++) {
        MaskedInput masked = masking.mask(example.inputIds(), seed, copy, example.exampleId());
        ready.add(ExampleRows.toRow(example.withMasks(example.exampleId() + "-" + copy, masked)));
      }
    }

    ExampleStats stats(Iterator<Row> rows) {
      ExampleStats stats = new ExampleStats(config.example().maxSequenceLength());
      Masking masking = masking();
      while (rows.hasNext()) {
        PretrainExample example = ExampleRows.fromRow(rows.next());
        MaskedInput masked =
            config.staticMasks() == 0
                ? masking.mask(example.inputIds(), seed, 0, example.exampleId())
                : new MaskedInput(
                    example.inputIds(), example.maskedLmPositions(), example.maskedLmIds());
        stats.add(example, masked);
      }
      return stats;
    }
  }
}

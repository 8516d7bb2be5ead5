package io.dialogbert.job.tokenizer;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.text.SentencePieceModel;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.morpheme.MecabDictionary;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.SpareTokens;
import io.dialogbert.text.segment.TrainingSegmenter;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Trains a tokenizer on all dialogues of the training split: Spark counts segments, the driver
 * trains.
 */
public final class TrainTokenizerJob implements Job<TrainTokenizerConfig> {
  /**
   * A word, its count, and the smallest and largest hash of its writers and of its conversations.
   */
  private static final StructType COUNTED_WORD =
      new StructType()
          .add("word", DataTypes.StringType, false)
          .add("count", DataTypes.LongType, false)
          .add("first_writer", DataTypes.LongType, false)
          .add("last_writer", DataTypes.LongType, false)
          .add("first_conversation", DataTypes.LongType, false)
          .add("last_conversation", DataTypes.LongType, false);

  /** Methods that treat everything between two spaces as one word. */
  private static final Set<TokenizerMethod> UNFIT_FOR_JAPANESE =
      EnumSet.of(TokenizerMethod.SPACE, TokenizerMethod.WORDPIECE);

  /** Distinct words that a task counts before it emits them. */
  private static final int WORDS_IN_MEMORY = 500_000;

  public static void main(String[] args) {
    JobMain.run(new TrainTokenizerJob(), args);
  }

  @Override
  public String name() {
    return "train-tokenizer";
  }

  @Override
  public TrainTokenizerConfig configure(ConfigReader in) {
    return TrainTokenizerConfig.read(in);
  }

  @Override
  public Lineage lineage(TrainTokenizerConfig config) {
    Lineage lineage =
        Lineage.to(config.output())
            .datasetOrDays("dialogues", config.dialogues(), "build-dialogues")
            .files(config.sentencePieceModel().stream().toList());
    if (config.settings().method().usesMorphemes()) {
      lineage = Tokenizers.withDictionaries(lineage);
    }
    for (Map.Entry<String, MecabDictionary> entry : settings(config).dictionaries().entrySet()) {
      lineage =
          lineage.fingerprint("mecab-dictionary-" + entry.getKey(), entry.getValue().sha256());
    }
    return lineage;
  }

  @Override
  public void run(JobContext job, TrainTokenizerConfig config) throws IOException {
    TokenizerSettings settings = settings(config);
    // A damaged dictionary is reported here, not by a failed task.
    settings.trainingSegmenter();
    List<Piece> trained;
    try {
      trained =
          config.sentencePieceModel().isPresent()
              ? adopt(job, config, config.sentencePieceModel().get())
              : settings.method().trainer(config.trainer()).train(count(job, config, settings));
    } catch (IllegalArgumentException e) {
      throw new BadInputException("vocabulary cannot be made: " + e.getMessage(), e);
    }
    List<Piece> pieces = SpareTokens.appendTo(trained);
    job.count("rows_out", pieces.size());
    SerializedTokenizer tokenizer = SerializedTokenizer.of(pieces, settings);
    // Checks that the tokenizer loads before it is written.
    tokenizer.tokenizer();
    Tokenizers.save(job.directories(), job.output(), tokenizer);
    job.addToSummary("tokenizer " + tokenizer.sha256());
    if (UNFIT_FOR_JAPANESE.contains(settings.method()) && hasJapanese(job)) {
      job.addToSummary(
          "method "
              + settings.method().label()
              + " cuts at spaces alone, which Japanese hardly has: expect many [UNK] there, or take"
              + " a method with morphemes or unigram pieces");
    }
  }

  private static boolean hasJapanese(JobContext job) {
    return !job.read("dialogues", "data").filter(col("lang").equalTo("ja")).isEmpty();
  }

  private static TokenizerSettings settings(TrainTokenizerConfig config) {
    Map<String, MecabDictionary> dictionaries = new HashMap<>();
    config
        .mecabDictionaries()
        .forEach((lang, path) -> dictionaries.put(lang, MecabDictionary.in(path)));
    return config.settings().withDictionaries(dictionaries);
  }

  private static List<Piece> adopt(JobContext job, TrainTokenizerConfig config, String file)
      throws IOException {
    Path path = new Path(file);
    try (InputStream in = job.directories().fileSystem(path).open(path)) {
      SentencePieceModel model = SentencePieceModel.parse(in.readAllBytes());
      if (config.settings().method() == TokenizerMethod.SUBWORD && !model.wholeTexts()) {
        throw new IllegalArgumentException(
            "it puts no mark before a text; train it with --add_dummy_prefix=true");
      }
      return model.adopt(config.trainer());
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new BadInputException(
          path + ": must be a SentencePiece unigram model, but " + e.getMessage(), e);
    }
  }

  /**
   * Counts the segments of the training split that come from more than one person and more than one
   * conversation. At most as many as the driver may hold, the most frequent first.
   */
  private static Map<String, Long> count(
      JobContext job, TrainTokenizerConfig config, TokenizerSettings settings) {
    MapPartitionsFunction<Row, Row> count =
        turns -> new WordCounts(turns, settings.trainingSegmenter());
    Dataset<Row> words =
        job.read("dialogues", "data")
            .filter(col("split").equalTo(Splits.TRAIN))
            .select(
                col("lang"),
                xxhash64(col("conversation_id")).as("conversation"),
                explode(col("turns")).as("turn"))
            .select(
                col("lang"),
                col("turn.text"),
                xxhash64(col("turn.speaker")).as("writer"),
                col("conversation"))
            .mapPartitions(count, Encoders.row(COUNTED_WORD))
            .groupBy("word")
            .agg(
                sum("count").as("count"),
                min("first_writer").as("first_writer"),
                max("last_writer").as("last_writer"),
                min("first_conversation").as("first_conversation"),
                max("last_conversation").as("last_conversation"))
            .persist(StorageLevel.DISK_ONLY());
    job.count("distinct_words", words.count());
    Row total = words.agg(sum("count")).first();
    job.count("rows_in", total.isNullAt(0) ? 0 : total.getLong(0));
    Map<String, Long> table = new HashMap<>();
    words
        .filter(col("count").geq(lit(config.minWordCount())))
        .filter(col("first_writer").notEqual(col("last_writer")))
        .filter(col("first_conversation").notEqual(col("last_conversation")))
        .orderBy(col("count").desc(), col("word"))
        .limit(config.maxWords())
        .select("word", "count")
        .toLocalIterator()
        .forEachRemaining(row -> table.put(row.getAs("word"), row.getAs("count")));
    job.count("trained_words", table.size());
    if (table.isEmpty()) {
      throw new BadInputException(
          "no word of the training split occurs "
              + config.minWordCount()
              + " times (min-word-count), from more than one person and in more than"
              + " one conversation; "
              + job.count("distinct_words")
              + " distinct words in "
              + config.dialogues());
    }
    return table;
  }

  /** A row of {@link #COUNTED_WORD}. */
  private static final class WordCount {
    static final RowMapping<WordCount> MAPPING =
        new RowMapping.Builder<WordCount>(COUNTED_WORD)
            .set("word", count -> count.word)
            .set("count", count -> count.count)
            .set("first_writer", count -> count.firstWriter)
            .set("last_writer", count -> count.lastWriter)
            .set("first_conversation", count -> count.firstConversation)
            .set("last_conversation", count -> count.lastConversation)
            .build();

    private final String word;
    private long count;
    private long firstWriter = Long.MAX_VALUE;
    private long lastWriter = Long.MIN_VALUE;
    private long firstConversation = Long.MAX_VALUE;
    private long lastConversation = Long.MIN_VALUE;

    WordCount(String word) {
      this.word = word;
    }

    void add(long writer, long conversation) {
      count++;
      firstWriter = Math.min(firstWriter, writer);
      lastWriter = Math.max(lastWriter, writer);
      firstConversation = Math.min(firstConversation, conversation);
      lastConversation = Math.max(lastConversation, conversation);
    }
  }

  /** Counts the words of turns, and emits the counts whenever there are many. */
  private static final class WordCounts implements Iterator<Row> {
    private final Iterator<Row> turns;
    private final TrainingSegmenter segmenter;
    private Iterator<WordCount> counted = Collections.emptyIterator();

    WordCounts(Iterator<Row> turns, TrainingSegmenter segmenter) {
      this.turns = turns;
      this.segmenter = segmenter;
    }

    @Override
    public boolean hasNext() {
      if (!counted.hasNext() && turns.hasNext()) {
        Map<String, WordCount> counts = new HashMap<>();
        while (turns.hasNext() && counts.size() < WORDS_IN_MEMORY) {
          Row turn = turns.next();
          long writer = turn.getAs("writer");
          long conversation = turn.getAs("conversation");
          for (String word : segmenter.segments(turn.getAs("text"), turn.getAs("lang"))) {
            counts.computeIfAbsent(word, WordCount::new).add(writer, conversation);
          }
        }
        counted = counts.values().iterator();
      }
      return counted.hasNext();
    }

    @Override
    public Row next() {
      return WordCount.MAPPING.row(counted.next());
    }
  }
}

package io.dialogbert.job.dialogue;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.DialogueConfig;
import io.dialogbert.dialogue.DialogueTally;
import io.dialogbert.dialogue.DropReason;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.table.PartitionAccumulator;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Builds dialogues from messages: sessions of turns, without duplicates or near-duplicates, split
 * by conversation into train, validation and test.
 */
public final class BuildDialoguesJob implements Job<BuildDialoguesConfig> {
  /** What is counted of each split. */
  private static final List<String> COUNTED = List.of("dialogues", "turns", "messages");

  public static void main(String[] args) {
    JobMain.run(new BuildDialoguesJob(), args);
  }

  @Override
  public String name() {
    return "build-dialogues";
  }

  @Override
  public BuildDialoguesConfig configure(ConfigReader in) {
    return BuildDialoguesConfig.read(in);
  }

  @Override
  public Lineage lineage(BuildDialoguesConfig config) {
    return Lineage.to(config.output())
        .datasetOrDays("messages", config.messages(), "ingest-messages");
  }

  @Override
  public Lineage lineage(BuildDialoguesConfig config, Directories directories) throws IOException {
    return config.day().isPresent()
        ? DialogueDay.lineage(lineage(config), config, directories)
        : lineage(config);
  }

  @Override
  public void run(JobContext job, BuildDialoguesConfig config) throws IOException {
    if (config.day().isEmpty()) {
      Sessions sessions =
          sessions(job, config, job.read("messages", "data"), Optional.empty(), Instant.MAX);
      Dataset<Row> distinct = distinct(job, config, sessions, Optional.empty());
      requireDialogues(job, config);
      write(job, config, distinct);
      return;
    }
    DialogueDay day = new DialogueDay(job, config);
    Dataset<Row> own = day.ownMessages().persist(StorageLevel.DISK_ONLY());
    Sessions sessions = sessions(job, config, day.messages(own), day.sent(), day.end());
    Dataset<Row> distinct = distinct(job, config, sessions, day.dialogues());
    write(job, config, distinct);
    day.write(own, sessions.rows(), distinct);
  }

  /**
   * The sessions of messages.
   *
   * @param rows as {@link SessionRows}
   * @param tallies complete once the rows have been computed
   */
  private record Sessions(
      Dataset<Row> rows, PartitionAccumulator<DialogueTally> tallies, long numBroadcast) {
    DialogueTally tally() {
      DialogueTally tally = new DialogueTally();
      tallies.value().values().forEach(tally::merge);
      return tally;
    }
  }

  private static Sessions sessions(
      JobContext job,
      BuildDialoguesConfig config,
      Dataset<Row> messages,
      Optional<Dataset<Row>> sentEarlier,
      Instant end) {
    BroadcastMessages broadcast =
        new BroadcastMessages(
            messages, config.maxConversationsPerText(), config.minBroadcastLength(), sentEarlier);
    PartitionAccumulator<DialogueTally> tallies = new PartitionAccumulator<>();
    job.spark().sparkContext().register(tallies);
    Dataset<Row> rows = build(broadcast.removeFrom(messages), config.dialogues(), end, tallies);
    return new Sessions(rows, tallies, broadcast.numMessages());
  }

  /** The dialogues that are no copies of others or of earlier ones. Counts all. */
  private static Dataset<Row> distinct(
      JobContext job,
      BuildDialoguesConfig config,
      Sessions sessions,
      Optional<EarlierDialogues> earlier) {
    Dataset<Row> built = SessionRows.dialogues(sessions.rows());
    Dataset<Row> texts =
        built.select(col("dialogue_id"), col("lang"), EarlierDialogues.text().as("text"));
    long numCopies = 0;
    List<Dataset<Row>> gone = new ArrayList<>();
    if (earlier.isPresent()) {
      Dataset<Row> known = earlier.get().copies(texts);
      numCopies = known.count();
      gone.add(known);
      texts = without(texts, known);
    }
    Dataset<Row> copies = copies(texts);
    numCopies += copies.count();
    gone.add(copies);
    long numNear = 0;
    if (config.duplicates().looksForNearDuplicates()) {
      Dataset<Row> near = NearDuplicates.find(without(texts, copies), earlier, config.duplicates());
      numNear = near.count();
      gone.add(near);
    }
    DialogueTally tally = sessions.tally();
    job.count("rows_in", tally.messages() + sessions.numBroadcast());
    job.count("rows_out", tally.dialogues() - numCopies - numNear);
    job.count("messages_kept", tally.messagesKept());
    job.count("duplicate_dialogues", numCopies);
    job.count("near_duplicate_dialogues", numNear);
    tally.dropped().forEach((reason, n) -> job.count("dropped." + reason.label(), n));
    if (sessions.numBroadcast() > 0) {
      job.count("dropped." + DropReason.BROADCAST.label(), sessions.numBroadcast());
    }
    if (config.day().isPresent()) {
      job.count("messages_left_open", tally.messagesLeft());
    }
    return without(built, gone.stream().reduce(Dataset::union).orElseThrow());
  }

  private static Dataset<Row> without(Dataset<Row> dialogues, Dataset<Row> copies) {
    return dialogues.join(
        copies, dialogues.col("dialogue_id").equalTo(copies.col("copy")), "left_anti");
  }

  private static void requireDialogues(JobContext job, BuildDialoguesConfig config) {
    if (job.count("rows_out") == 0) {
      throw new BadInputException(
          "no dialogue is left of "
              + job.count("rows_in")
              + " messages: each session had one speaker or fewer than min-turns = "
              + config.dialogues().minTurns()
              + " turns; look at session-gap and at the counts of "
              + config.messages());
    }
  }

  private static void write(JobContext job, BuildDialoguesConfig config, Dataset<Row> distinct) {
    countSplits(job, distinct);
    Dataset<Row> layout =
        distinct
            .select("dialogue_id", "conversation_id", "started_at", "turns", "lang", "split")
            .repartition(numFiles(job.count("rows_out"), config), col("conversation_id"))
            .sortWithinPartitions("lang", "split", "conversation_id", "started_at", "dialogue_id");
    job.write(layout, "data", "lang", "split");
  }

  /** The number of files of a table with about so many rows as there are dialogues. */
  static int numFiles(long rows, BuildDialoguesConfig config) {
    return Math.toIntExact(Math.min(10_000, 1 + rows / config.dialoguesPerFile()));
  }

  private static Dataset<Row> build(
      Dataset<Row> messages,
      DialogueConfig rules,
      Instant end,
      PartitionAccumulator<DialogueTally> tallies) {
    MapPartitionsFunction<Row, Row> build = rows -> new SessionRows(rows, rules, end, tallies);
    // The shuffle sorts, so that a conversation of any length streams through its task. All columns
    // that rules use are sort keys, so that the result does not depend on partitions.
    return messages
        .repartition(col("conversation_id"))
        .sortWithinPartitions(
            "conversation_id",
            "sent_at",
            "source_row",
            "message_id",
            "source",
            "sender_id",
            "text",
            "lang")
        .mapPartitions(build, Encoders.row(SessionRows.SCHEMA))
        .persist(StorageLevel.DISK_ONLY());
  }

  /**
   * The ids of dialogues with the same turns as a dialogue with a smaller id. Short dialogues can
   * have very many copies. These are counted in place, not gathered in one task.
   */
  private static Dataset<Row> copies(Dataset<Row> texts) {
    Dataset<Row> contents =
        texts.select(
            col("lang"), EarlierDialogues.content().as("content"), col("dialogue_id").as("copy"));
    Dataset<Row> repeated =
        contents
            .groupBy("lang", "content")
            .agg(min("copy").as("first"), count(lit(1)).as("number"))
            .filter(col("number").gt(1))
            .select("lang", "content", "first")
            .persist(StorageLevel.DISK_ONLY());
    // Once counted, Spark knows that it is small, so the join need not shuffle the dialogues.
    repeated.count();
    return contents
        .join(repeated, new String[] {"lang", "content"})
        .filter(col("copy").notEqual(col("first")))
        .select("copy")
        .persist(StorageLevel.DISK_ONLY());
  }

  private static void countSplits(JobContext job, Dataset<Row> dialogues) {
    for (String split : Splits.ALL) {
      COUNTED.forEach(what -> job.count(what + "." + split, 0));
    }
    dialogues
        .groupBy("split")
        .agg(
            count(lit(1)).as("dialogues"),
            sum(size(col("turns"))).as("turns"),
            sum(expr("aggregate(turns, 0, (n, turn) -> n + size(turn.message_ids))"))
                .as("messages"))
        .collectAsList()
        .forEach(
            row -> {
              String split = row.getAs("split");
              COUNTED.forEach(what -> job.count(what + "." + split, row.<Long>getAs(what)));
            });
  }
}

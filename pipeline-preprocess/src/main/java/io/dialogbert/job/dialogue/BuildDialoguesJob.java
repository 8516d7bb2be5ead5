package io.dialogbert.job.dialogue;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.DialogueBuilder;
import io.dialogbert.dialogue.DialogueConfig;
import io.dialogbert.dialogue.DialogueTally;
import io.dialogbert.dialogue.DropReason;
import io.dialogbert.dialogue.Message;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.job.table.MessageRows;
import io.dialogbert.job.table.PartitionAccumulator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
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
    return Lineage.to(config.output()).dataset("messages", config.messages(), "ingest-messages");
  }

  @Override
  public void run(JobContext job, BuildDialoguesConfig config) {
    Dataset<Row> messages = job.read("messages", "data");
    BroadcastMessages broadcast =
        new BroadcastMessages(
            messages, config.maxConversationsPerText(), config.minBroadcastLength());
    PartitionAccumulator<DialogueTally> tallies = new PartitionAccumulator<>();
    job.spark().sparkContext().register(tallies);
    Dataset<Row> built = build(broadcast.removeFrom(messages), config.dialogues(), tallies);

    Dataset<Row> texts =
        built.select(
            col("dialogue_id"), col("lang"), concat_ws("\n", col("turns.text")).as("text"));
    Dataset<Row> copies = copies(texts);
    long numCopies = copies.count();
    Dataset<Row> gone = copies;
    long numNear = 0;
    if (config.duplicates().looksForNearDuplicates()) {
      Dataset<Row> near =
          NearDuplicates.find(
              texts.join(copies, texts.col("dialogue_id").equalTo(copies.col("copy")), "left_anti"),
              config.duplicates());
      numNear = near.count();
      gone = copies.union(near);
    }

    DialogueTally tally = new DialogueTally();
    tallies.value().values().forEach(tally::merge);
    long rowsOut = tally.dialogues() - numCopies - numNear;
    job.count("rows_in", tally.messages() + broadcast.numMessages());
    job.count("rows_out", rowsOut);
    job.count("messages_kept", tally.messagesKept());
    job.count("duplicate_dialogues", numCopies);
    job.count("near_duplicate_dialogues", numNear);
    tally.dropped().forEach((reason, n) -> job.count("dropped." + reason.label(), n));
    if (broadcast.numMessages() > 0) {
      job.count("dropped." + DropReason.BROADCAST.label(), broadcast.numMessages());
    }
    if (rowsOut == 0) {
      throw new BadInputException(
          "no dialogue is left of "
              + job.count("rows_in")
              + " messages: each session had one speaker or fewer than min-turns = "
              + config.dialogues().minTurns()
              + " turns; look at session-gap and at the counts of "
              + config.messages());
    }
    Dataset<Row> distinct = built.join(gone, col("dialogue_id").equalTo(col("copy")), "left_anti");
    countSplits(job, distinct);
    int buckets = Math.toIntExact(Math.min(10_000, 1 + rowsOut / config.dialoguesPerFile()));
    Dataset<Row> layout =
        distinct
            .select("dialogue_id", "conversation_id", "started_at", "turns", "lang", "split")
            .repartition(buckets, col("conversation_id"))
            .sortWithinPartitions("lang", "split", "conversation_id", "started_at", "dialogue_id");
    job.write(layout, "data", "lang", "split");
  }

  private static Dataset<Row> build(
      Dataset<Row> messages, DialogueConfig rules, PartitionAccumulator<DialogueTally> tallies) {
    MapPartitionsFunction<Row, Row> build = rows -> build(rows, rules, tallies);
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
        .mapPartitions(build, Encoders.row(DialogueRows.SCHEMA))
        .persist(StorageLevel.DISK_ONLY());
  }

  private static Iterator<Row> build(
      Iterator<Row> rows, DialogueConfig rules, PartitionAccumulator<DialogueTally> tallies) {
    Iterator<Message> messages =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return rows.hasNext();
          }

          @Override
          public Message next() {
            return MessageRows.fromRow(rows.next());
          }
        };
    DialogueTally tally = new DialogueTally();
    Iterator<Dialogue> dialogues = new DialogueBuilder(rules).build(messages, tally);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        boolean more = dialogues.hasNext();
        if (!more) {
          tallies.add(Map.entry(TaskContext.getPartitionId(), tally));
        }
        return more;
      }

      @Override
      public Row next() {
        return DialogueRows.toRow(dialogues.next());
      }
    };
  }

  /**
   * The ids of dialogues with the same turns as a dialogue with a smaller id. Short dialogues can
   * have very many copies. These are counted in place, not gathered in one task.
   */
  private static Dataset<Row> copies(Dataset<Row> texts) {
    Dataset<Row> contents =
        texts.select(
            col("lang"), sha2(col("text"), 256).as("content"), col("dialogue_id").as("copy"));
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

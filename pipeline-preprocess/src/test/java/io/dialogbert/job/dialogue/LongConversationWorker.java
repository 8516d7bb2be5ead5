package io.dialogbert.job.dialogue;

import io.dialogbert.dialogue.PlantedDuplicates;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.table.MessageRows;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * {@code write DIRECTORY MESSAGES} makes a messages table: a group conversation of that many
 * messages, and a thousand conversations of a hundred, unordered. {@code build DIRECTORY OUTPUT}
 * runs build-dialogues on it in this JVM. Prints that it is ready when it is done.
 */
public final class LongConversationWorker {
  private static final int OTHERS = 1_000;
  private static final int OTHERS_LENGTH = 100;
  private static final int PARTS = 8;

  private LongConversationWorker() {}

  public static void main(String[] args) throws IOException {
    if (args[0].equals("write")) {
      write(Path.of(args[1]), Long.parseLong(args[2]));
    } else {
      build(args[1], args[2]);
    }
    System.out.println("ready");
  }

  private static void write(Path directory, long length) throws IOException {
    SparkConf conf = new SparkConf().setMaster("local[2]").setAppName("long-conversation");
    ConfigReader.open(Optional.empty(), List.of())
        .free("spark")
        .forEach((key, value) -> conf.set("spark." + key, value));
    conf.set("spark.sql.datetime.java8API.enabled", "true");
    MapPartitionsFunction<Long, Row> messages = numbers -> messages(numbers, length);
    long all = length + (long) OTHERS * OTHERS_LENGTH;
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      // Multiplied by a prime, so that neighbors in a conversation are in different files.
      spark
          .range(0, all, 1, PARTS)
          .selectExpr("id * 15485863 % " + all + " as id")
          .as(Encoders.LONG())
          .mapPartitions(messages, Encoders.row(MessageRows.SCHEMA))
          .write()
          .option("compression", "zstd")
          .parquet(directory.resolve("data").toString());
    }
    Manifest manifest =
        new Manifest(
            "ingest-messages",
            1,
            new TreeMap<>(),
            List.of(),
            new TreeMap<>(),
            new TreeMap<>(),
            List.of(),
            new TreeMap<>());
    Files.writeString(directory.resolve(Manifest.FILE_NAME), manifest.toJson());
  }

  private static Iterator<Row> messages(Iterator<Long> numbers, long length) {
    PlantedDuplicates made = new PlantedDuplicates(TaskContext.getPartitionId(), 5);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return numbers.hasNext();
      }

      @Override
      public Row next() {
        long number = numbers.next();
        boolean isLong = number < length;
        long at = isLong ? number : (number - length) % OTHERS_LENGTH;
        long conversation = isLong ? 0 : 1 + (number - length) / OTHERS_LENGTH;
        SplittableRandom random = new SplittableRandom(number);
        return RowFactory.create(
            "conversation-" + conversation,
            "message-" + at,
            "sender-" + conversation + "-" + random.nextInt(isLong ? 30 : 2),
            // Five seconds between messages, and an hour of silence every 40.
            Instant.ofEpochSecond(at * 5 + at / 40 * 3600),
            "ko",
            made.dialogue(1),
            "made-up",
            number);
      }
    };
  }

  private static void build(String directory, String output) {
    // Standard output is only for the answer.
    PrintStream quiet =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    int status =
        JobMain.execute(
            new BuildDialoguesJob(),
            new String[] {
              "--set", "spark.master=local[2]",
              "--set", "build-dialogues.messages=" + directory,
              "--set", "build-dialogues.output=" + output
            },
            quiet,
            System.err);
    if (status != 0) {
      throw new IllegalStateException("build-dialogues ended with status " + status);
    }
  }
}

package io.dialogbert.bench;

import io.dialogbert.example.MaskingConfig;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.text.SpecialTokens;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.PretrainingTask;
import io.dialogbert.train.TinyExamples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/**
 * How fast one thread reads examples from Parquet, masks and packs them, against how fast the
 * xsmall encoder trains on them.
 */
final class ReaderBench {
  private static final int FILES = 4;
  private static final int ROWS_PER_FILE = 25_000;
  private static final int BATCH = 32;
  private static final int VOCAB_SIZE = 30_006;

  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message spark_schema {
            required binary example_id (STRING);
            required binary dialogue_id (STRING);
            required binary lang (STRING);
            required group input_ids (LIST) { repeated group list { required int32 element; } }
            required group segment_ids (LIST) { repeated group list { required int32 element; } }
            required group turn_ids (LIST) { repeated group list { required int32 element; } }
            required int32 next_sentence_label;
            required group masked_lm_positions (LIST) {
              repeated group list { required int32 element; }
            }
            required group masked_lm_ids (LIST) { repeated group list { required int32 element; } }
          }
          """);

  private ReaderBench() {}

  public static void main(String[] args) throws IOException {
    int status;
    try (BenchDirectory directory = new BenchDirectory()) {
      status = measure(directory);
    }
    System.exit(status);
  }

  private static int measure(BenchDirectory directory) throws IOException {
    List<ExampleReader.Part> parts = write(directory);
    PretrainingTask task =
        new PretrainingTask(
            "",
            TinyExamples.tokenizer(VOCAB_SIZE, 2),
            new MaskingConfig(0.15, 8, false, VOCAB_SIZE),
            1);
    // The first epoch warms the JVM up; the second is counted, with files and masks of its own.
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(new Configuration(), parts, task, 1);
    readEpoch(reader, task, 0);
    double rate = reader.size() / readEpoch(reader, task, 1);
    BenchCase training =
        BenchCase.training(BenchCase.encoder(8, 512, VOCAB_SIZE), RealLengths.batches(4, BATCH));
    double trainingRate;
    try (Contender ours = Contender.ours(training)) {
      ours.run(4);
      trainingRate = BATCH / BenchReport.median(ours.run(12));
    }
    BenchReport report = new BenchReport("reader");
    report.add("read, mask and pack, one thread", rate, "examples/s");
    report.add("train xsmall, real lengths, all cores", trainingRate, "examples/s");
    report.add("reader over training", rate / trainingRate, "x", 5.0, null);
    return report.print();
  }

  private static double readEpoch(
      ExampleReader<PretrainExample> reader, PretrainingTask task, long epoch) throws IOException {
    long start = System.nanoTime();
    for (long at = 0; at < reader.size(); at += BATCH) {
      task.batch(reader.read(epoch * reader.size() + at, BATCH), epoch);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static List<ExampleReader.Part> write(BenchDirectory directory) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    List<ExampleReader.Part> parts = new ArrayList<>();
    for (int file = 0; file < FILES; file++) {
      Path path = directory.file("part-0000" + file + ".zstd.parquet");
      try (ParquetWriter<Group> writer =
          ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(path.toUri()))
              .withConf(new Configuration())
              .withCompressionCodec(CompressionCodecName.ZSTD)
              .withType(SCHEMA)
              .build()) {
        for (int row = 0; row < ROWS_PER_FILE; row++) {
          writer.write(row(random, file * ROWS_PER_FILE + row));
        }
      }
      parts.add(new ExampleReader.Part(path.toString(), ROWS_PER_FILE));
    }
    return parts;
  }

  private static Group row(SplittableRandom random, int number) {
    int length = RealLengths.draw(random);
    Group row =
        new SimpleGroupFactory(SCHEMA)
            .newGroup()
            .append("example_id", Long.toHexString(random.nextLong()))
            .append("dialogue_id", "dialogue-" + number / 7)
            .append("lang", "ko");
    int[] inputIds = random.ints(length, SpecialTokens.ALL.size(), VOCAB_SIZE).toArray();
    inputIds[0] = SpecialTokens.CLS;
    inputIds[length / 2] = SpecialTokens.SEP;
    inputIds[length - 1] = SpecialTokens.SEP;
    list(row, "input_ids", inputIds);
    list(row, "segment_ids", new int[length]);
    list(row, "turn_ids", new int[length]);
    row.append("next_sentence_label", random.nextInt(2));
    list(row, "masked_lm_positions");
    list(row, "masked_lm_ids");
    return row;
  }

  private static void list(Group row, String column, int... values) {
    Group list = row.addGroup(column);
    for (int value : values) {
      list.addGroup("list").append("element", value);
    }
  }
}

package io.dialogbert.bench;

import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.train.ExampleReader;
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

/** Files of random examples with realistic lengths, in the format of build-examples. */
final class BenchExamples {
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

  private BenchExamples() {}

  static List<ExampleReader.Part> write(Path directory, int files, int rowsPerFile, int vocabSize)
      throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    List<ExampleReader.Part> parts = new ArrayList<>();
    for (int file = 0; file < files; file++) {
      Path path = directory.resolve("part-0000" + file + ".zstd.parquet");
      try (ParquetWriter<Group> writer =
          ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(path.toUri()))
              .withConf(new Configuration())
              .withCompressionCodec(CompressionCodecName.ZSTD)
              .withType(SCHEMA)
              .build()) {
        for (int row = 0; row < rowsPerFile; row++) {
          writer.write(row(random, file * rowsPerFile + row, vocabSize));
        }
      }
      parts.add(new ExampleReader.Part(path.toString(), rowsPerFile, ""));
    }
    return parts;
  }

  private static Group row(SplittableRandom random, int number, int vocabSize) {
    int length = RealLengths.draw(random);
    Group row =
        new SimpleGroupFactory(SCHEMA)
            .newGroup()
            .append("example_id", Long.toHexString(random.nextLong()))
            .append("dialogue_id", "dialogue-" + number / 7)
            .append("lang", "ko");
    int[] inputIds = random.ints(length, SpecialTokens.ALL.size(), vocabSize).toArray();
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

package io.dialogbert.frame.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes flipped anywhere in a file are detected and located. */
class FileCheckTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int FLIPS = 1_000;
  private static final int TAIL_BYTES = 8;
  private static final Configuration HADOOP = new Configuration(false);
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          "message m { required int64 sent_at; required binary lang (UTF8);"
              + " required binary text (UTF8); }");

  @TempDir private static Path temp;
  private static Path file;
  private static String sha256;
  private static byte[] sound;

  @BeforeAll
  static void write() throws IOException {
    file = temp.resolve("part-00000.parquet");
    SplittableRandom random = new SplittableRandom(SEED);
    try (ParquetWriter<org.apache.parquet.example.data.Group> writer =
        ExampleParquetWriter.builder(path(file))
            .withType(SCHEMA)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(4_000L)
            .withPageSize(1_000)
            .build()) {
      for (int row = 0; row < 1_000; row++) {
        SimpleGroup group = new SimpleGroup(SCHEMA);
        group.add("sent_at", random.nextLong());
        // Few values, so that the column gets a dictionary.
        group.add("lang", row % 3 == 0 ? "ja" : "ko");
        group.add("text", "text " + random.nextLong());
        writer.write(group);
      }
    }
    Files.deleteIfExists(temp.resolve(".part-00000.parquet.crc"));
    sound = Files.readAllBytes(file);
    sha256 = FileCheck.sha256(HADOOP, path(file));
  }

  private static org.apache.hadoop.fs.Path path(Path file) {
    return new org.apache.hadoop.fs.Path(file.toUri());
  }

  @Test
  void soundFileIsSound() throws IOException {
    assertThat(FileCheck.findDamage(HADOOP, path(file), sha256)).isEmpty();
  }

  @Test
  void flippedBytesAnywhereAreNoticedAndTheirFileIsNamed() throws IOException {
    Path flipped = temp.resolve("flipped.parquet");
    Map<String, Integer> parts = new TreeMap<>();
    for (int flip = 0; flip < FLIPS; flip++) {
      SplittableRandom random = Seeds.of(SEED, "flip", flip);
      int at = random.nextInt(sound.length);
      Files.write(flipped, FlippedFile.flip(sound, at, 1 + random.nextInt(8), random));
      Optional<String> damage = FileCheck.findDamage(HADOOP, path(flipped), sha256);
      assertThat(damage)
          .as("byte %d, repeat with -Dtests.seed=%d", at, SEED)
          .hasValueSatisfying(
              text ->
                  assertThat(text)
                      .matches(
                          "(row group \\d+|the footer|the footer or a page header) of file:\\S+"
                              + "flipped.parquet is not as it was written"));
      parts.merge(damage.get().replaceAll("( of file|\\d).*", ""), 1, Integer::sum);
    }
    assertThat(parts.keySet()).contains("row group ", "the footer", "the footer or a page header");
  }

  @Test
  void rowGroupOfFlippedDataIsNamed() throws IOException {
    Path flipped = temp.resolve("flipped.parquet");
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path(file), HADOOP))) {
      assertThat(reader.getRowGroups()).hasSizeGreaterThan(2);
      int number = 0;
      for (BlockMetaData group : reader.getRowGroups()) {
        long middle = group.getStartingPos() + group.getCompressedSize() * 3 / 4;
        SplittableRandom random = new SplittableRandom(SEED);
        Files.write(flipped, FlippedFile.flip(sound, (int) middle, 8, random));
        assertThat(FileCheck.findDamage(HADOOP, path(flipped), sha256).get())
            .startsWith("row group " + number++ + " of ");
      }
    }
  }

  @Test
  void lostFooterIsNamed() throws IOException {
    Path flipped = temp.resolve("flipped.parquet");
    for (int at : new int[] {sound.length - 1, sound.length - TAIL_BYTES}) {
      SplittableRandom random = new SplittableRandom(SEED);
      Files.write(flipped, FlippedFile.flip(sound, at, TAIL_BYTES, random));
      assertThat(FileCheck.findDamage(HADOOP, path(flipped), sha256).get())
          .startsWith("the footer of");
    }
  }

  @Test
  void otherFilesAreNamedAsAWhole() throws IOException {
    Path text = temp.resolve("tokenizer.json");
    Files.writeString(text, "{}");
    String before = FileCheck.sha256(HADOOP, path(text));
    Files.writeString(text, "[]");
    assertThat(FileCheck.findDamage(HADOOP, path(text), before))
        .contains(path(text) + " is not as it was written");
  }
}

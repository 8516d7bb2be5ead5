package io.dialogbert.frame.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetFootersTest {
  private static final String NAME = "part-00000.zstd.parquet";
  private static final int NUM_ROWS = 1_000;

  private final Directories directories = new Directories(new Configuration(false));
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve(NAME);
    MessageType schema = MessageTypeParser.parseMessageType("message m { optional int64 n; }");
    try (ParquetWriter<org.apache.parquet.example.data.Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toString()))
            .withType(schema)
            .build()) {
      for (long n = 0; n < NUM_ROWS; n++) {
        SimpleGroup row = new SimpleGroup(schema);
        row.add("n", n % 10);
        writer.write(row);
      }
    }
    Files.deleteIfExists(directory.resolve("." + NAME + ".crc"));
  }

  @Test
  void filesOfTwoOrdersBecomeOne() throws IOException {
    order(Comparator.naturalOrder());
    byte[] ascending = Files.readAllBytes(file);
    Manifest.OutputFile first = describe();
    assertThat(file).as("in order already").hasBinaryContent(ascending);

    order(Comparator.reverseOrder());
    assertThat(Files.readAllBytes(file)).isNotEqualTo(ascending);
    assertThat(describe()).isEqualTo(first);
    assertThat(file).hasBinaryContent(ascending);
    assertThat(first.rows()).isEqualTo(NUM_ROWS);
    assertThat(directory.toFile().list()).containsExactly(NAME);
  }

  @Test
  void attemptThatFailedLeavesNothing() throws IOException {
    order(Comparator.reverseOrder());
    new OutputFiles(directories).describe(root(), NAME);
    assertThat(directory.toFile().list()).as("the file, and a copy").hasSize(2);
    describe();
    assertThat(directory.toFile().list()).containsExactly(NAME);
  }

  @Test
  void checksumsBesidePartsOfExecutorsAreSweptAway() throws IOException {
    Files.writeString(directory.resolve("." + NAME + ".crc"), "of a local file system");
    assertThat(new OutputFiles(directories).tidy(root())).containsExactly(NAME);
    assertThat(directory.toFile().list()).containsExactly(NAME);
  }

  private Manifest.OutputFile describe() throws IOException {
    OutputFiles.Described described = new OutputFiles(directories).describe(root(), NAME);
    new OutputFiles(directories).installCopies(root(), List.of(described));
    return described.file();
  }

  private org.apache.hadoop.fs.Path root() {
    return new org.apache.hadoop.fs.Path(directory.toString());
  }

  /** Rewrites the footer with the encodings in another order, as another JVM might write it. */
  private void order(Comparator<Encoding> order) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int tail = bytes.length - 8;
    int length = ByteBuffer.wrap(bytes, tail, 4).order(ByteOrder.LITTLE_ENDIAN).getInt();
    byte[] footer = Arrays.copyOfRange(bytes, tail - length, tail);
    FileMetaData metadata = Util.readFileMetaData(new ByteArrayInputStream(footer));
    List<Encoding> encodings =
        metadata.getRow_groups().get(0).getColumns().get(0).getMeta_data().getEncodings();
    assertThat(encodings).hasSizeGreaterThan(1);
    Collections.sort(encodings, order);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Util.writeFileMetaData(metadata, out);
    System.arraycopy(out.toByteArray(), 0, bytes, tail - length, length);
    Files.write(file, bytes);
  }
}

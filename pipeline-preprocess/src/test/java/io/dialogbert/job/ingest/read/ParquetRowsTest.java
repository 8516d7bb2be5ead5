package io.dialogbert.job.ingest.read;

import static org.apache.parquet.schema.LogicalTypeAnnotation.bsonType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.dateType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.decimalType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.enumType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.intType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.jsonType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.uuidType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT96;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.job.ingest.Inputs;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that Parquet can hold is read correctly or refused by name. */
class ParquetRowsTest {
  private static final Map<RawField, String> CONSTANTS =
      Map.of(RawField.LANG, "ko", RawField.SOURCE, "app");

  @TempDir private Path temp;

  @Test
  void unsignedIdsAreReadAsSuch() throws Exception {
    assertThat(sender(type(INT64, intType(64, false)), (g, c) -> g.add(c, -59L)))
        .isEqualTo("18446744073709551557");
    assertThat(sender(type(INT64, intType(64, true)), (g, c) -> g.add(c, -59L))).isEqualTo("-59");
    assertThat(sender(type(INT64, null), (g, c) -> g.add(c, -59L))).isEqualTo("-59");
    assertThat(sender(type(INT32, intType(32, false)), (g, c) -> g.add(c, -294_967_295)))
        .isEqualTo("4000000001");
    assertThat(sender(type(INT32, intType(16, false)), (g, c) -> g.add(c, 65_535)))
        .isEqualTo("65535");
    assertThat(sender(type(INT32, intType(8, false)), (g, c) -> g.add(c, 255))).isEqualTo("255");
    assertThat(sender(type(INT32, intType(8, true)), (g, c) -> g.add(c, -1))).isEqualTo("-1");
  }

  @Test
  void epochTimesMayBeUnsigned() throws Exception {
    PrimitiveType time = Types.required(INT32).as(intType(32, false)).named("sent_at");
    PrimitiveType id = type(BINARY, stringType());
    Path file = write(id, time, (g, c) -> g.add(c, "kim"), (g, c) -> g.add(c, -1_794_967_296));
    assertThat(first(file, TimeFormat.EPOCH_SECONDS).message().sentAt())
        .isEqualTo(Instant.ofEpochSecond(2_500_000_000L));
    PrimitiveType wide = Types.required(INT64).as(intType(64, false)).named("sent_at");
    Path wrong = write(id, wide, (g, c) -> g.add(c, "kim"), (g, c) -> g.add(c, -1L));
    assertThatThrownBy(() -> first(wrong, TimeFormat.EPOCH_MILLIS))
        .isInstanceOf(RejectedRow.class)
        .hasMessageStartingWith("bad-time: ");
  }

  @Test
  void decimalsWithoutAFractionAreWholeNumbers() throws Exception {
    assertThat(sender(type(INT32, decimalType(0, 9)), (g, c) -> g.add(c, 7))).isEqualTo("7");
    assertThat(sender(type(INT64, decimalType(0, 18)), (g, c) -> g.add(c, 7L))).isEqualTo("7");
    BigInteger big = new BigInteger("18446744073709551557");
    Binary bytes = Binary.fromConstantByteArray(big.toByteArray());
    assertThat(sender(type(BINARY, decimalType(0, 38)), (g, c) -> g.add(c, bytes)))
        .isEqualTo(big.toString());
    PrimitiveType fixed =
        Types.required(FIXED_LEN_BYTE_ARRAY).length(9).as(decimalType(0, 20)).named("sender_id");
    assertThat(sender(fixed, (g, c) -> g.add(c, bytes))).isEqualTo(big.toString());
    assertRefused(type(INT64, decimalType(2, 18)), (g, c) -> g.add(c, 7L), "INT64 (DECIMAL(18,2))");
  }

  @Test
  void textsAndUuidsAreRead() throws Exception {
    for (LogicalTypeAnnotation text :
        new LogicalTypeAnnotation[] {stringType(), enumType(), null}) {
      assertThat(sender(type(BINARY, text), (g, c) -> g.add(c, "김하늘"))).isEqualTo("김하늘");
    }
    PrimitiveType uuid =
        Types.required(FIXED_LEN_BYTE_ARRAY).length(16).as(uuidType()).named("sender_id");
    Binary bytes =
        Binary.fromConstantByteArray(HexFormat.of().parseHex("550e8400e29b41d4a716446655440000"));
    assertThat(sender(uuid, (g, c) -> g.add(c, bytes)))
        .isEqualTo("550e8400-e29b-41d4-a716-446655440000");
  }

  @Test
  void bytesThatAreNoTextAreRejected() throws Exception {
    Binary latin = Binary.fromConstantByteArray("kim\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    Binary number = Binary.fromConstantByteArray(new byte[] {0, 0, 0, 'A'});
    for (Binary bytes : new Binary[] {latin, number}) {
      assertThatThrownBy(() -> sender(type(BINARY, null), (g, c) -> g.add(c, bytes)))
          .isInstanceOf(RejectedRow.class)
          .hasMessage("not-utf-8: sender_id must be UTF-8 text");
    }
    assertThatThrownBy(() -> sender(type(BINARY, stringType()), (g, c) -> g.add(c, latin)))
        .hasMessage("not-utf-8: sender_id must be UTF-8 text");
  }

  @Test
  void whatIsNeitherTextNorWholeNumberIsRefusedByName() throws Exception {
    assertRefused(type(DOUBLE, null), (g, c) -> g.add(c, 1.0), "DOUBLE");
    assertRefused(type(FLOAT, null), (g, c) -> g.add(c, 1.0f), "FLOAT");
    assertRefused(type(BOOLEAN, null), (g, c) -> g.add(c, true), "BOOLEAN");
    assertRefused(type(INT32, dateType()), (g, c) -> g.add(c, 1), "INT32 (DATE)");
    assertRefused(type(BINARY, jsonType()), (g, c) -> g.add(c, "1"), "BINARY (JSON)");
    assertRefused(type(BINARY, bsonType()), (g, c) -> g.add(c, "1"), "BINARY (BSON)");
    Binary twelve = Binary.fromConstantByteArray(new byte[12]);
    assertRefused(type(INT96, null), (g, c) -> g.add(c, twelve), "INT96");
    PrimitiveType fixed = Types.required(FIXED_LEN_BYTE_ARRAY).length(12).named("sender_id");
    assertRefused(fixed, (g, c) -> g.add(c, twelve), "FIXED_LEN_BYTE_ARRAY");
    PrimitiveType repeated = Types.repeated(BINARY).as(stringType()).named("sender_id");
    assertRefused(repeated, (g, c) -> g.add(c, "1"), "repeated BINARY (STRING)");
  }

  private void assertRefused(Type sender, BiConsumer<Group, String> value, String kind) {
    assertThatThrownBy(() -> sender(sender, value))
        .isInstanceOf(BadFileException.class)
        .hasMessage(
            "wrong-columns: the column sender_id must be strings, whole numbers or UUIDs, but is "
                + kind);
  }

  private static PrimitiveType type(PrimitiveTypeName stored, LogicalTypeAnnotation meaning) {
    return Types.required(stored).as(meaning).named("sender_id");
  }

  private String sender(Type sender, BiConsumer<Group, String> value) throws Exception {
    PrimitiveType time = Types.required(BINARY).as(stringType()).named("sent_at");
    Path file = write(sender, time, value, (g, c) -> g.add(c, "2024-05-01T00:30:00Z"));
    return first(file, TimeFormat.ISO).message().senderId();
  }

  private Path write(
      Type sender,
      Type time,
      BiConsumer<Group, String> senderValue,
      BiConsumer<Group, String> timeValue)
      throws Exception {
    Type conversation = Types.required(INT64).as(intType(64, false)).named("conversation_id");
    Type text = Types.required(BINARY).as(stringType()).named("text");
    MessageType schema = new MessageType("rows", conversation, sender, time, text);
    Path file = temp.resolve("a.parquet");
    Files.deleteIfExists(file);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(
                HadoopOutputFile.fromPath(
                    new org.apache.hadoop.fs.Path(file.toUri()), new Configuration()))
            .withType(schema)
            .build()) {
      Group row = new SimpleGroup(schema);
      row.add("conversation_id", 1L);
      senderValue.accept(row, "sender_id");
      timeValue.accept(row, "sent_at");
      row.add("text", "안녕");
      writer.write(row);
    }
    return file;
  }

  private static RawMessage first(Path file, String timeFormat) throws Exception {
    Map<RawField, String> columns = new EnumMap<>(Inputs.schema(CONSTANTS, "").columns());
    columns.remove(RawField.MESSAGE_ID);
    RawSchema schema = new RawSchema(columns, CONSTANTS, timeFormat, "", Set.of("ko"));
    try (RowReader rows = Inputs.open(Inputs.whole(file), InputFormat.PARQUET, schema)) {
      assertThat(rows.next()).isTrue();
      return rows.message();
    }
  }
}

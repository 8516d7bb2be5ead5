package io.dialogbert.job.ingest.read;

import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.ingest.read.RawMessageParser.WholeNumber;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** The rows of a Parquet file's row groups whose midpoint is in a byte range. */
public final class ParquetRows implements RowReader {
  private static final long JULIAN_DAY_OF_EPOCH = 2_440_588;

  /** Reads one value of a row. */
  private interface Cell {
    /** The value in a form that {@link RawMessageParser#message} accepts. */
    Object read(Group row, int index);
  }

  private final ParquetFileReader file;
  private final RawMessageParser parser;
  private final Map<RawField, Cell> cells = new EnumMap<>(RawField.class);
  private final Map<RawField, Integer> indexes = new EnumMap<>(RawField.class);
  private final Map<RawField, Object> values = new EnumMap<>(RawField.class);
  private final MessageType columns;
  private final MessageColumnIO columnIo;
  private RecordReader<Group> rows;
  private int groupsBegun;
  private long rowsLeft;
  private Group current;
  private long row;

  /**
   * Opens a part.
   *
   * @throws BadFileException if the file lacks a column that the schema names, or a column has
   *     another type
   */
  public ParquetRows(InputPart part, RawSchema schema, Configuration hadoop)
      throws IOException, BadFileException {
    this.parser = new RawMessageParser(schema);
    this.row = part.firstRow() - 1;
    this.file = open(part, hadoop);
    MessageType all = file.getFooter().getFileMetaData().getSchema();
    List<Type> read = new ArrayList<>();
    for (Map.Entry<RawField, String> column : schema.columns().entrySet()) {
      RawField field = column.getKey();
      String name = column.getValue();
      if (all.containsField(name)) {
        Type type = all.getType(name);
        cells.put(field, cell(field, type, schema));
        if (!read.contains(type)) {
          read.add(type);
        }
        indexes.put(field, read.indexOf(type));
      } else if (field != RawField.SENDER_NAME) {
        throw new BadFileException(
            BadFileException.WRONG_COLUMNS, "there must be a column " + name);
      }
    }
    columns = new MessageType(all.getName(), read);
    file.setRequestedSchema(columns);
    columnIo = new ColumnIOFactory().getColumnIO(columns);
  }

  private static ParquetFileReader open(InputPart part, Configuration hadoop) throws IOException {
    Path path = new Path(part.path());
    try {
      return ParquetFileReader.open(
          HadoopInputFile.fromPath(path, hadoop),
          HadoopReadOptions.builder(hadoop)
              .withRange(part.start(), part.end())
              .usePageChecksumVerification(true)
              .build());
    } catch (FileNotFoundException e) {
      new Directories(hadoop).open(path).close();
      throw e;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // A damaged length field may request any amount of memory.
      throw new UnreadableParquetException("the footer", e);
    }
  }

  /** The number of rows of a part. */
  static long count(InputPart part, Configuration hadoop) throws IOException {
    try (ParquetFileReader file = open(part, hadoop)) {
      return file.getRecordCount();
    }
  }

  private static Cell cell(RawField field, Type type, RawSchema schema) throws BadFileException {
    Optional<Cell> cell = Optional.empty();
    if (type.isPrimitive() && !type.isRepetition(Type.Repetition.REPEATED)) {
      cell = field == RawField.SENT_AT ? time(type.asPrimitiveType(), schema) : Optional.empty();
      if (cell.isEmpty()) {
        cell = text(type.asPrimitiveType(), field);
      }
      boolean number = field.isId() || (field == RawField.SENT_AT && schema.time().isEpoch());
      if (cell.isEmpty() && number) {
        cell = wholeNumber(type.asPrimitiveType());
      }
    }
    return cell.orElseThrow(
        () ->
            new BadFileException(
                BadFileException.WRONG_COLUMNS,
                String.format(
                    Locale.ROOT,
                    "the column %s must be %s, but is %s",
                    type.getName(),
                    expected(field, schema),
                    kind(type))));
  }

  /** Describes a column's type, without its name. */
  private static String kind(Type type) {
    if (!type.isPrimitive()) {
      return "a group of columns";
    }
    String stored = type.asPrimitiveType().getPrimitiveTypeName().name();
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    return (type.isRepetition(Type.Repetition.REPEATED) ? "repeated " : "")
        + stored
        + (meaning == null ? "" : " (" + meaning + ")");
  }

  private static String expected(RawField field, RawSchema schema) {
    if (field != RawField.SENT_AT) {
      return field.isId() ? "strings, whole numbers or UUIDs" : "strings";
    }
    return (schema.time().isEpoch() ? "whole numbers" : "strings")
        + " or timestamps, local ones only where time-zone is set";
  }

  private static Optional<Cell> text(PrimitiveType type, RawField field) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    if (field.isId() && LogicalTypeAnnotation.uuidType().equals(meaning)) {
      return Optional.of((row, index) -> uuid(row.getBinary(index, 0).toByteBuffer()));
    }
    if (type.getPrimitiveTypeName() != PrimitiveTypeName.BINARY) {
      return Optional.empty();
    }
    if (LogicalTypeAnnotation.stringType().equals(meaning)
        || LogicalTypeAnnotation.enumType().equals(meaning)) {
      return Optional.of((row, index) -> utf8(row.getBinary(index, 0)));
    }
    // Older writers do not mark bytes as text, and others write bytes that are not text.
    return meaning != null
        ? Optional.empty()
        : Optional.of(
            (row, index) -> {
              Object value = utf8(row.getBinary(index, 0));
              boolean text =
                  value instanceof String string
                      && string
                          .chars()
                          .allMatch(c -> c >= ' ' || c == '\t' || c == '\n' || c == '\r');
              return text ? value : RawMessageParser.NOT_UTF_8;
            });
  }

  /** Decodes strictly, so that replacement characters never make two ids equal. */
  private static Object utf8(Binary value) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(value.toByteBuffer()).toString();
    } catch (CharacterCodingException e) {
      return RawMessageParser.NOT_UTF_8;
    }
  }

  private static String uuid(ByteBuffer bytes) {
    return new UUID(bytes.getLong(), bytes.getLong()).toString();
  }

  /** Integers, signed or not, and decimals without a fraction. */
  private static Optional<Cell> wholeNumber(PrimitiveType type) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    boolean decimal =
        meaning instanceof DecimalLogicalTypeAnnotation number && number.getScale() == 0;
    boolean unsigned = meaning instanceof IntLogicalTypeAnnotation number && !number.isSigned();
    if (meaning != null && !decimal && !(meaning instanceof IntLogicalTypeAnnotation)) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (type.getPrimitiveTypeName()) {
          case INT64 ->
              digits(
                  (row, index) ->
                      unsigned
                          ? Long.toUnsignedString(row.getLong(index, 0))
                          : Long.toString(row.getLong(index, 0)));
          case INT32 ->
              digits(
                  (row, index) ->
                      unsigned
                          ? Integer.toUnsignedString(row.getInteger(index, 0))
                          : Integer.toString(row.getInteger(index, 0)));
          case BINARY, FIXED_LEN_BYTE_ARRAY ->
              decimal
                  ? digits(
                      (row, index) -> new BigInteger(row.getBinary(index, 0).getBytes()).toString())
                  : null;
          default -> null;
        });
  }

  private static Cell digits(BiFunction<Group, Integer, String> read) {
    return (row, index) -> new WholeNumber(read.apply(row, index));
  }

  private static Optional<Cell> time(PrimitiveType type, RawSchema schema) {
    if (type.getPrimitiveTypeName() == PrimitiveTypeName.INT96) {
      // As written by Spark and Hive, always UTC.
      return Optional.of((row, index) -> int96(row.getInt96(index, 0)));
    }
    if (!(type.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation timestamp)) {
      return Optional.empty();
    }
    ChronoUnit unit =
        switch (timestamp.getUnit()) {
          case MILLIS -> ChronoUnit.MILLIS;
          case MICROS -> ChronoUnit.MICROS;
          case NANOS -> ChronoUnit.NANOS;
        };
    if (timestamp.isAdjustedToUTC()) {
      return Optional.of((row, index) -> Instant.EPOCH.plus(row.getLong(index, 0), unit));
    }
    if (schema.zone().isEmpty()) {
      return Optional.empty();
    }
    ZoneId zone = schema.zone().get();
    return Optional.of(
        (row, index) ->
            LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC)
                .plus(row.getLong(index, 0), unit)
                .atZone(zone)
                .toInstant());
  }

  private static Instant int96(Binary value) {
    ByteBuffer bytes = value.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long nanos = bytes.getLong();
    return Instant.EPOCH
        .plus(bytes.getInt() - JULIAN_DAY_OF_EPOCH, ChronoUnit.DAYS)
        .plusNanos(nanos);
  }

  @Override
  public boolean next() throws IOException {
    try {
      while (rowsLeft == 0) {
        groupsBegun++;
        PageReadStore group = file.readNextRowGroup();
        if (group == null) {
          return false;
        }
        rowsLeft = group.getRowCount();
        rows = columnIo.getRecordReader(group, new GroupRecordConverter(columns));
      }
      current = rows.read();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw new UnreadableParquetException("row group " + groupNumber(), e);
    }
    rowsLeft--;
    row++;
    return true;
  }

  /** The number of the current row group in the file or, if unknown, in the part. */
  private int groupNumber() {
    int ordinal = file.getRowGroups().get(groupsBegun - 1).getOrdinal();
    return ordinal < 0 ? groupsBegun - 1 : ordinal;
  }

  @Override
  public long row() {
    return row;
  }

  @Override
  public long nextRow() {
    return row + 1;
  }

  @Override
  public RawMessage message() throws RejectedRow {
    values.clear();
    cells.forEach(
        (field, cell) -> {
          int index = indexes.get(field);
          boolean there = current.getFieldRepetitionCount(index) > 0;
          values.put(field, there ? cell.read(current, index) : null);
        });
    return parser.message(values, row);
  }

  /** Digests the row as Parquet's tools print it, since its bytes are spread over the file. */
  @Override
  public void digest(MessageDigest digest) {
    digest.update(current.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

package io.dialogbert.preprocess;

import io.dialogbert.preprocess.RawMessageParser.WholeNumber;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import java.util.Map;
import java.util.Optional;
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
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** The rows of those row groups of a Parquet file whose middle is in a range of its bytes. */
final class ParquetRows implements RowReader {
  private static final long JULIAN_DAY_OF_EPOCH = 2_440_588;

  /** Reads one value of a row. */
  private interface Cell {
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
   * @throws BadFile if the file lacks a column that the schema names, or one is of another type
   */
  ParquetRows(InputPart part, RawSchema schema, Configuration hadoop) throws IOException, BadFile {
    this.parser = new RawMessageParser(schema, part.name());
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
        throw new BadFile(BadFile.WRONG_COLUMNS, "there must be a column " + name);
      }
    }
    columns = new MessageType(all.getName(), read);
    file.setRequestedSchema(columns);
    columnIo = new ColumnIOFactory().getColumnIO(columns);
  }

  private static ParquetFileReader open(InputPart part, Configuration hadoop) throws IOException {
    HadoopInputFile file = HadoopInputFile.fromPath(new Path(part.path()), hadoop);
    try {
      return ParquetFileReader.open(
          file,
          HadoopReadOptions.builder(hadoop)
              .withRange(part.start(), part.end())
              .usePageChecksumVerification(true)
              .build());
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // A damaged length may ask for any amount of memory.
      throw new UnreadableParquet("the footer", e);
    }
  }

  /** How many rows a part has. */
  static long count(InputPart part, Configuration hadoop) throws IOException {
    try (ParquetFileReader file = open(part, hadoop)) {
      return file.getRecordCount();
    }
  }

  private static Cell cell(RawField field, Type type, RawSchema schema) throws BadFile {
    Optional<Cell> cell = Optional.empty();
    if (type.isPrimitive() && !type.isRepetition(Type.Repetition.REPEATED)) {
      PrimitiveTypeName stored = type.asPrimitiveType().getPrimitiveTypeName();
      LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
      cell = field == RawField.SENT_AT ? time(stored, meaning, schema) : Optional.empty();
      if (cell.isEmpty()) {
        boolean number = field.isId() || (field == RawField.SENT_AT && schema.time().isEpoch());
        cell = textOrNumber(stored, meaning, number);
      }
    }
    return cell.orElseThrow(
        () ->
            new BadFile(
                BadFile.WRONG_COLUMNS,
                "the column " + type.getName() + " must be " + expected(field, schema)));
  }

  private static String expected(RawField field, RawSchema schema) {
    if (field != RawField.SENT_AT) {
      return field.isId() ? "strings or whole numbers" : "strings";
    }
    return (schema.time().isEpoch() ? "whole numbers" : "strings")
        + " or timestamps, local ones only where time-zone is set";
  }

  private static Optional<Cell> textOrNumber(
      PrimitiveTypeName stored, LogicalTypeAnnotation meaning, boolean number) {
    boolean text =
        meaning == null
            || meaning.equals(LogicalTypeAnnotation.stringType())
            || meaning.equals(LogicalTypeAnnotation.enumType());
    if (stored == PrimitiveTypeName.BINARY && text) {
      return Optional.of((row, index) -> row.getString(index, 0));
    }
    boolean whole =
        meaning == null || meaning instanceof LogicalTypeAnnotation.IntLogicalTypeAnnotation;
    if (number && whole && stored == PrimitiveTypeName.INT64) {
      return Optional.of((row, index) -> new WholeNumber(Long.toString(row.getLong(index, 0))));
    }
    if (number && whole && stored == PrimitiveTypeName.INT32) {
      return Optional.of(
          (row, index) -> new WholeNumber(Integer.toString(row.getInteger(index, 0))));
    }
    return Optional.empty();
  }

  private static Optional<Cell> time(
      PrimitiveTypeName stored, LogicalTypeAnnotation meaning, RawSchema schema) {
    if (stored == PrimitiveTypeName.INT96) {
      // Spark's and Hive's, always UTC.
      return Optional.of((row, index) -> int96(row.getInt96(index, 0)));
    }
    if (!(meaning instanceof TimestampLogicalTypeAnnotation timestamp)) {
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
      throw new UnreadableParquet("row group " + groupNumber(), e);
    }
    rowsLeft--;
    row++;
    return true;
  }

  /** The file's own number of the row group that is read, or its place in the part. */
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
          if (current.getFieldRepetitionCount(index) > 0) {
            values.put(field, cell.read(current, index));
          }
        });
    return parser.message(values, row);
  }

  /** Digests the row as Parquet's own tools print it, since its bytes are in many places. */
  @Override
  public void digest(MessageDigest digest) {
    digest.update(current.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

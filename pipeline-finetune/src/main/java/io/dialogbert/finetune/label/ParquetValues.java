package io.dialogbert.finetune.label;

import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.InputPart;
import io.dialogbert.job.ingest.read.RejectedRow;
import io.dialogbert.job.ingest.read.UnreadableParquetException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** A Parquet file: flat columns of strings, integers, floating-point numbers or booleans. */
final class ParquetValues implements LabeledRows {
  private final ParquetFileReader file;
  private final MessageType columns;
  private RecordReader<Group> rows;
  private long rowsLeft;
  private Group current;
  private long row;

  /**
   * Opens a file.
   *
   * @throws BadFileException if it lacks a column, or a column has another type
   */
  ParquetValues(InputPart part, Configuration hadoop, List<String> names)
      throws IOException, BadFileException {
    file = open(part, hadoop);
    try {
      MessageType all = file.getFooter().getFileMetaData().getSchema();
      List<Type> read = new ArrayList<>();
      for (String name : names) {
        if (!all.containsField(name)) {
          throw wrong("there must be a column " + name);
        }
        Type type = all.getType(name);
        if (!isReadable(type)) {
          throw wrong(
              "the column "
                  + name
                  + " must be of strings, integers, floating-point numbers or"
                  + " booleans");
        }
        read.add(type);
      }
      columns = new MessageType(all.getName(), read);
      file.setRequestedSchema(columns);
    } catch (BadFileException e) {
      file.close();
      throw e;
    }
  }

  private static ParquetFileReader open(InputPart part, Configuration hadoop) throws IOException {
    try {
      return ParquetFileReader.open(
          HadoopInputFile.fromPath(new Path(part.path()), hadoop),
          HadoopReadOptions.builder(hadoop).usePageChecksumVerification(true).build());
    } catch (RuntimeException | OutOfMemoryError e) {
      // A damaged length field may request any amount of memory.
      throw new UnreadableParquetException("the footer", e);
    }
  }

  private static BadFileException wrong(String rule) {
    return new BadFileException(BadFileException.WRONG_COLUMNS, rule);
  }

  private static boolean isReadable(Type type) {
    if (!type.isPrimitive() || type.isRepetition(Type.Repetition.REPEATED)) {
      return false;
    }
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    return switch (type.asPrimitiveType().getPrimitiveTypeName()) {
      case BINARY ->
          meaning == null
              || meaning.equals(LogicalTypeAnnotation.stringType())
              || meaning.equals(LogicalTypeAnnotation.enumType());
      case INT32, INT64 ->
          meaning == null
              || (meaning instanceof IntLogicalTypeAnnotation number && number.isSigned());
      case FLOAT, DOUBLE, BOOLEAN -> meaning == null;
      default -> false;
    };
  }

  @Override
  public boolean next() throws IOException {
    try {
      while (rowsLeft == 0) {
        PageReadStore group = file.readNextRowGroup();
        if (group == null) {
          return false;
        }
        rowsLeft = group.getRowCount();
        rows =
            new ColumnIOFactory()
                .getColumnIO(columns)
                .getRecordReader(group, new GroupRecordConverter(columns));
      }
      current = rows.read();
    } catch (RuntimeException | OutOfMemoryError e) {
      throw new UnreadableParquetException("a row group", e);
    }
    rowsLeft--;
    row++;
    return true;
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
  public Map<String, String> values() throws RejectedRow {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < columns.getFieldCount(); i++) {
      if (current.getFieldRepetitionCount(i) > 0) {
        values.put(columns.getFieldName(i), value(i));
      }
    }
    return values;
  }

  private String value(int column) throws RejectedRow {
    return switch (columns.getType(column).asPrimitiveType().getPrimitiveTypeName()) {
      case BINARY -> text(column);
      default -> current.getValueToString(column, 0);
    };
  }

  private String text(int column) throws RejectedRow {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(current.getBinary(column, 0).toByteBuffer())
          .toString();
    } catch (CharacterCodingException e) {
      throw new RejectedRow("not-utf-8", columns.getFieldName(column) + " must be UTF-8 text");
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

package io.dialogbert.job.ingest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.dialogbert.job.ingest.read.IngestCounts;
import io.dialogbert.job.table.PartitionAccumulator;
import io.dialogbert.privacy.KnownNames;
import io.dialogbert.privacy.MaskedText;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Masks the names of a conversation's participants in its messages, and those that its messages
 * state.
 */
final class ParticipantNames {
  /**
   * Maximum number of names of one conversation that a task holds, the first in order; far more
   * than take part in a chat.
   */
  static final int MAX_NAMES = 10_000;

  private static final String ORDER = "name_order";

  private ParticipantNames() {}

  /** The names of each conversation, {@code conversation_id} and {@code sender_name}, each once. */
  static Dataset<Row> of(Dataset<Row> lines) {
    Dataset<Row> stated =
        lines
            .filter(col(RowIngester.STATED_NAMES).isNotNull())
            .select(
                col("conversation_id"),
                explode(split(col(RowIngester.STATED_NAMES), "\n")).as("sender_name"));
    return lines
        .filter(col("conversation_id").isNotNull().and(col("sender_name").isNotNull()))
        .select("conversation_id", "sender_name")
        .union(stated)
        .distinct();
  }

  /**
   * The number of names that are not fully searched for: those beyond a conversation's limit, and
   * those that are too long.
   */
  static long countOverLimit(Dataset<Row> names) {
    Column over = greatest(count(lit(1)).minus(MAX_NAMES), lit(0L));
    Column tooLong = count(when(length(col("sender_name")).gt(KnownNames.MAX_CHARACTERS), 1));
    Row row =
        names
            .groupBy("conversation_id")
            .agg(over.plus(tooLong).as("over"))
            .agg(sum("over"))
            .first();
    return row.isNullAt(0) ? 0 : row.getLong(0);
  }

  /**
   * The same messages, with names masked in their texts.
   *
   * @param messages rows of {@link RowIngester} with a text
   * @param names of {@link #of}
   * @param counts receives the number of masked matches of each kind, once the rows are read
   */
  static Dataset<Row> mask(
      Dataset<Row> messages, Dataset<Row> names, PartitionAccumulator<IngestCounts> counts) {
    StructType schema = messages.schema();
    Column[] nameColumns =
        Stream.of(schema.fields())
            .map(
                field ->
                    Stream.of(names.columns()).anyMatch(field.name()::equals)
                        ? col(field.name())
                        : nullOrEmpty(field.name()).cast(field.dataType()).as(field.name()))
            .toArray(Column[]::new);
    MapPartitionsFunction<Row, Row> mask = rows -> new Masked(rows, schema, counts);
    // The shuffle sorts names before messages, so that a conversation of any length streams
    // through its task.
    return names
        .select(nameColumns)
        .withColumn(ORDER, lit(0))
        .union(messages.withColumn(ORDER, lit(1)))
        .repartition(col("conversation_id"))
        .sortWithinPartitions("conversation_id", ORDER, "sender_name")
        .mapPartitions(mask, Encoders.row(schema));
  }

  private static Column nullOrEmpty(String column) {
    return switch (column) {
      case "file" -> lit("");
      case "row" -> lit(0L);
      default -> lit(null);
    };
  }

  private static final class Masked implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final int columns;
    private final int conversation;
    private final int name;
    private final int text;
    private final PartitionAccumulator<IngestCounts> accumulator;
    private final IngestCounts counts = new IngestCounts();
    private String conversationId = "";
    private List<String> names = new ArrayList<>();
    private KnownNames known = new KnownNames(List.of());
    private Row next;

    Masked(Iterator<Row> rows, StructType schema, PartitionAccumulator<IngestCounts> accumulator) {
      this.rows = rows;
      this.columns = schema.size();
      this.conversation = schema.fieldIndex("conversation_id");
      this.name = schema.fieldIndex("sender_name");
      this.text = schema.fieldIndex("text");
      this.accumulator = accumulator;
    }

    @Override
    public boolean hasNext() {
      while (next == null && rows.hasNext()) {
        Row row = rows.next();
        if (!row.getString(conversation).equals(conversationId)) {
          conversationId = row.getString(conversation);
          names = new ArrayList<>();
          known = new KnownNames(List.of());
        }
        if (row.getInt(columns) == 1) {
          next = mask(row);
        } else if (names.size() < MAX_NAMES) {
          names.add(row.getString(name));
        }
      }
      if (next == null) {
        accumulator.add(Map.entry(TaskContext.getPartitionId(), counts));
      }
      return next != null;
    }

    private Row mask(Row row) {
      if (!names.isEmpty()) {
        known = new KnownNames(names);
        names = new ArrayList<>();
      }
      MaskedText masked = known.mask(row.getString(text));
      masked.counts().forEach((kind, n) -> counts.add(IngestCounts.PII + kind.fileName(), n));
      Object[] values = new Object[columns];
      for (int i = 0; i < columns; i++) {
        values[i] = row.get(i);
      }
      values[text] = masked.text();
      return RowFactory.create(values);
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Row row = next;
      next = null;
      return row;
    }
  }
}

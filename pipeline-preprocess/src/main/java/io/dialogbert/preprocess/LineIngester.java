package io.dialogbert.preprocess;

import io.dialogbert.common.Manifest;
import io.dialogbert.dialogue.DropReason;
import io.dialogbert.privacy.PseudonymKey;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Turns the rows of a task's files into clean messages and rejects, and counts what became of them.
 */
final class LineIngester implements Iterator<Row> {
  /**
   * The messages table beside where a row is from, why it was rejected, and the sender's display
   * name. A message has a {@code text}; a reject has a {@code reason}, {@code rule} and {@code
   * hash}; a dropped message that somebody sent leaves a row with neither, which tells that they
   * take part: {@code conversation_id}, {@code sender_id} and {@code sender_name}. The name is null
   * where the file has none, and never written.
   */
  static final StructType SCHEMA = schema();

  private static final int HASH_CHARACTERS = 16;

  private final Iterator<InputPart> parts;
  private final InputSettings settings;
  private final Configuration hadoop;
  private final int partition;
  private final PartitionAccumulator<IngestCounts> accumulator;
  private final IngestCounts counts = new IngestCounts();
  private final MessageCleaner cleaner;
  private InputPart part;
  private RowReader rows;
  private Row next;
  private boolean ended;

  /**
   * An iterator of one task's rows.
   *
   * @param partition number of the task
   * @param accumulator gets the task's counts when all its rows are read
   */
  LineIngester(
      Iterator<InputPart> parts,
      InputSettings settings,
      int maxRepeats,
      PseudonymKey key,
      Configuration hadoop,
      int partition,
      PartitionAccumulator<IngestCounts> accumulator) {
    this.parts = parts;
    this.settings = settings;
    this.hadoop = hadoop;
    this.partition = partition;
    this.accumulator = accumulator;
    this.cleaner = new MessageCleaner(maxRepeats, key, counts);
  }

  private static StructType schema() {
    StructType schema =
        new StructType()
            .add("file", DataTypes.StringType, false)
            .add("row", DataTypes.LongType, false)
            .add("reason", DataTypes.StringType)
            .add("rule", DataTypes.StringType)
            .add("hash", DataTypes.StringType);
    for (StructField field : MessageRows.SCHEMA.fields()) {
      schema = schema.add(field.name(), field.dataType());
    }
    return schema.add("sender_name", DataTypes.StringType);
  }

  @Override
  public boolean hasNext() {
    while (next == null && !ended) {
      if (rows == null && !parts.hasNext()) {
        ended = true;
        accumulator.add(Map.entry(partition, counts));
      } else {
        next = read().orElse(null);
      }
    }
    return next != null;
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

  /** Reads on by one step: nothing for a row that is dropped, and where a file begins or ends. */
  private Optional<Row> read() {
    try {
      if (rows == null) {
        part = parts.next();
        rows = RowReaders.open(part, settings, hadoop);
        return Optional.empty();
      }
      if (!rows.next()) {
        rows.close();
        rows = null;
        return Optional.empty();
      }
    } catch (BadFile e) {
      return Optional.of(badFile(e.reason, e.rule));
    } catch (IOException e) {
      return Optional.of(
          badFile(
              BadFile.UNREADABLE, "must be readable to its end: " + e.getClass().getSimpleName()));
    }
    counts.add(IngestCounts.ROWS_IN, 1);
    try {
      if (rows.systemLine()) {
        counts.add(IngestCounts.DROPPED + DropReason.SYSTEM_LINE.label(), 1);
        return Optional.empty();
      }
      return cleaner.clean(part.name(), rows.message());
    } catch (RejectedRow e) {
      counts.add(IngestCounts.REJECTED + e.reason, 1);
      return Optional.of(reject(rows.row(), e.reason, e.rule, hash()));
    }
  }

  private Row badFile(String reason, String rule) {
    counts.addBadFile(reason);
    long row = rows == null ? part.firstRow() : rows.nextRow();
    rows = null;
    return reject(row, reason, rule, null);
  }

  private Row reject(long row, String reason, String rule, String hash) {
    Object[] values = new Object[SCHEMA.size()];
    values[0] = part.name();
    values[1] = row;
    values[2] = reason;
    values[3] = rule;
    values[4] = hash;
    return RowFactory.create(values);
  }

  /** Tells rows apart without showing them. */
  private String hash() {
    var digest = Manifest.sha256();
    rows.digest(digest);
    return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_CHARACTERS);
  }
}

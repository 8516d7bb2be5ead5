package io.dialogbert.job.ingest;

import io.dialogbert.dialogue.DropReason;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.IngestCounts;
import io.dialogbert.job.ingest.read.InputPart;
import io.dialogbert.job.ingest.read.InputSettings;
import io.dialogbert.job.ingest.read.RawMessage;
import io.dialogbert.job.ingest.read.ReadFailure;
import io.dialogbert.job.ingest.read.RejectedRow;
import io.dialogbert.job.ingest.read.RowReader;
import io.dialogbert.job.table.Attempts;
import io.dialogbert.job.table.MessageRows;
import io.dialogbert.job.table.PartitionAccumulator;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.privacy.Pseudonymizer.Kind;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Turns the rows of a task's files into clean messages and rejects, and counts the outcomes. */
final class RowIngester implements Iterator<Row> {
  /**
   * The messages table, plus where a row comes from, why it was rejected, and the sender's display
   * name. A message has a {@code text}; a reject has a {@code reason}, {@code rule} and {@code
   * hash}. A reject with a known sender, and a dropped message that a person sent, still give the
   * participant: {@code conversation_id}, {@code sender_id} and {@code sender_name}. The name is
   * null if the file has none. {@code stated_names} are the names that the text stated, a line
   * each; null if there are none. Neither is ever written.
   */
  static final StructType SCHEMA = schema();

  static final String STATED_NAMES = "stated_names";

  private final Iterator<InputPart> parts;
  private final InputSettings settings;
  private final DayTimes times;
  private final Configuration hadoop;
  private final int maxAttempts;
  private final int partition;
  private final PartitionAccumulator<IngestCounts> accumulator;
  private final IngestCounts counts = new IngestCounts();
  private final Pseudonymizer pseudonymizer;
  private final MessageCleaner cleaner;
  private InputPart part;
  private String shownName;
  private RowReader rows;
  private Row next;
  private boolean ended;

  /**
   * An iterator over one task's rows.
   *
   * @param times when messages may have been sent
   * @param maxAttempts how often Spark attempts a task
   * @param partition number of the task
   * @param accumulator receives the task's counts once all its rows are read
   */
  RowIngester(
      Iterator<InputPart> parts,
      InputSettings settings,
      DayTimes times,
      int maxRepeats,
      PseudonymKey key,
      Configuration hadoop,
      int maxAttempts,
      int partition,
      PartitionAccumulator<IngestCounts> accumulator) {
    this.parts = parts;
    this.settings = settings;
    this.times = times;
    this.hadoop = hadoop;
    this.maxAttempts = maxAttempts;
    this.partition = partition;
    this.accumulator = accumulator;
    this.pseudonymizer = new Pseudonymizer(key);
    this.cleaner = new MessageCleaner(maxRepeats, pseudonymizer, counts);
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
    return schema.add("sender_name", DataTypes.StringType).add(STATED_NAMES, DataTypes.StringType);
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

  /** Reads one step further. Empty for a dropped row, and at the beginning or end of a file. */
  private Optional<Row> read() {
    try {
      if (rows == null) {
        part = parts.next();
        // File names of exports contain people's names.
        shownName =
            settings.format().isExport()
                ? Directories.pseudonymousName(
                    new Path(part.path()), path -> pseudonymizer.mark(Kind.FILE, path))
                : part.name();
        rows = RowReaders.open(part, settings, hadoop);
        return Optional.empty();
      }
      if (!rows.next()) {
        rows.countLines(counts, shownName);
        rows.close();
        rows = null;
        return Optional.empty();
      }
    } catch (BadFileException e) {
      return Optional.of(badFile(e));
    } catch (IOException e) {
      String rule = ReadFailure.rule(e);
      Attempts.failUnlessLast(shownName + " " + rule, maxAttempts);
      return Optional.of(badFile(new BadFileException(BadFileException.UNREADABLE, rule)));
    }
    counts.add(IngestCounts.ROWS_IN, 1);
    TaskContext task = TaskContext.get();
    if (task != null) {
      // As Spark's own readers do, for Spark's UI and the progress log.
      task.taskMetrics().inputMetrics().incRecordsRead(1);
    }
    try {
      if (rows.systemLine()) {
        counts.add(IngestCounts.DROPPED + DropReason.SYSTEM_LINE.label(), 1);
        return Optional.empty();
      }
      RawMessage message = rows.message();
      counts.sawRow(shownName, true);
      times.require(message);
      return cleaner.clean(part.name(), message);
    } catch (RejectedRow e) {
      counts.sawRow(shownName, e.hasSenderField);
      if (e.isSystemRow()) {
        counts.add(IngestCounts.DROPPED + e.reason, 1);
        return Optional.empty();
      }
      counts.add(IngestCounts.REJECTED + e.reason, 1);
      return Optional.of(cleaner.reject(shownName, rows.row(), e, hash()));
    }
  }

  private Row badFile(BadFileException file) {
    counts.addBadFile(file.reason);
    long row = rows == null ? part.firstRow() : rows.nextRow();
    if (rows != null) {
      IOUtils.closeStream(rows);
      rows = null;
    }
    return cleaner.reject(shownName, row, new RejectedRow(file.reason, file.rule), null);
  }

  /** Distinguishes rows without revealing them, not even to someone who guesses their content. */
  private String hash() {
    var digest = DigestUtils.getSha256Digest();
    rows.digest(digest);
    return pseudonymizer.mark(Kind.ROW, HexFormat.of().formatHex(digest.digest()));
  }
}

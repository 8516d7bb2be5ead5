package io.dialogbert.preprocess;

import io.dialogbert.common.Manifest;
import io.dialogbert.dialogue.DropReason;
import io.dialogbert.dialogue.Message;
import io.dialogbert.dialogue.SystemLines;
import io.dialogbert.preprocess.RawMessageParser.RejectedLine;
import io.dialogbert.privacy.MaskedText;
import io.dialogbert.privacy.PiiMasker;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.privacy.Pseudonymizer.Kind;
import io.dialogbert.text.Normalizer;
import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;

/**
 * Turns the lines of one file into rows: a clean message, a dropped one with its reason, or a
 * reject with its rule.
 */
final class LineIngester implements Iterator<Row> {
  static final String REJECTED = "rejected";
  static final String DROPPED = "dropped";
  static final String UNREADABLE_FILE = "unreadable-file";

  /**
   * The messages table beside what became of the line, and the sender's name, which is never
   * written; message columns are null unless it was accepted, but a dropped message that somebody
   * sent keeps conversation and sender.
   */
  static final StructType SCHEMA = schema();

  private static final int HASH_CHARACTERS = 16;

  /**
   * More than a line holds: personal data is looked for before runs are cut, see www.example.kr.
   */
  private static final Normalizer WHOLE_RUNS = new Normalizer(1 << 20, false);

  private final String file;
  private final LineFile lines;
  private final RawMessageParser parser;
  private final Normalizer normalizer;
  private final SystemLines systemLines = new SystemLines();
  private final PiiMasker masker = PiiMasker.standard();
  private final Pseudonymizer pseudonymizer;
  private Row next;
  private boolean ended;

  LineIngester(String file, Set<String> languages, int maxRepeats, PseudonymKey key) {
    this.file = new Path(file).getName();
    this.parser = new RawMessageParser(languages);
    this.normalizer = new Normalizer(maxRepeats, false);
    this.pseudonymizer = new Pseudonymizer(key);
    LineFile opened = null;
    try {
      opened = new LineFile(new Path(file), SparkHadoopUtil.get().conf());
    } catch (IOException e) {
      next = unreadable(0, e);
      ended = true;
    }
    this.lines = opened;
  }

  private static StructType schema() {
    StructType schema =
        new StructType()
            .add("file", DataTypes.StringType, false)
            .add("row", DataTypes.LongType, false)
            .add("outcome", DataTypes.StringType)
            .add("reason", DataTypes.StringType)
            .add("rule", DataTypes.StringType)
            .add("hash", DataTypes.StringType)
            .add("pii", DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType));
    for (StructField field : MessageRows.SCHEMA.fields()) {
      schema = schema.add(field.name(), field.dataType());
    }
    return schema.add("sender_name", DataTypes.StringType);
  }

  @Override
  public boolean hasNext() {
    if (next == null && !ended) {
      next = read();
      ended |= next == null;
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

  private Row read() {
    try {
      if (!lines.next()) {
        lines.close();
        return null;
      }
    } catch (IOException e) {
      ended = true;
      return unreadable(lines.row() + 1, e);
    }
    try {
      return message();
    } catch (RejectedLine e) {
      return row(lines.row(), REJECTED, e.reason, e.rule, hash());
    }
  }

  private Row message() throws RejectedLine {
    if (lines.tooLong()) {
      throw new RejectedLine("line-too-long", "a line must be at most 1 MiB");
    }
    Optional<String> line = lines.text();
    if (line.isEmpty()) {
      throw new RejectedLine("not-utf-8", "a line must be UTF-8");
    }
    RawMessageParser.RawMessage read = parser.read(line.get(), lines.row());
    Message raw = read.message();
    String senderName = read.senderName().orElse(null);
    String whole = WHOLE_RUNS.normalize(raw.text());
    Optional<DropReason> dropped = systemLines.reasonToDrop(normalizer.normalize(whole));
    if (dropped.isPresent()) {
      return dropped(raw, senderName, dropped.get());
    }
    MaskedText masked = masker.mask(whole);
    Map<String, Long> pii = new HashMap<>();
    masked.counts().forEach((kind, count) -> pii.put(kind.fileName(), count.longValue()));
    return RowFactory.create(
        file,
        raw.sourceRow(),
        null,
        null,
        null,
        null,
        JavaConverters.mapAsScalaMap(pii),
        pseudonymizer.pseudonym(Kind.CONVERSATION, raw.conversationId()),
        // Many exports number messages within a conversation.
        pseudonymizer.pseudonym(Kind.MESSAGE, raw.conversationId() + "\n" + raw.messageId()),
        pseudonymizer.pseudonym(Kind.SENDER, raw.senderId()),
        raw.sentAt(),
        raw.lang(),
        normalizer.normalize(masked.text()),
        raw.source(),
        raw.sourceRow(),
        senderName);
  }

  /** Who sends stickers only takes part in a conversation, too; the messenger itself does not. */
  private Row dropped(Message raw, String senderName, DropReason reason) {
    Object[] values = values(raw.sourceRow(), DROPPED, reason.label(), null, null);
    if (reason != DropReason.SYSTEM_LINE) {
      values[SCHEMA.fieldIndex("conversation_id")] =
          pseudonymizer.pseudonym(Kind.CONVERSATION, raw.conversationId());
      values[SCHEMA.fieldIndex("sender_id")] = pseudonymizer.pseudonym(Kind.SENDER, raw.senderId());
      values[SCHEMA.fieldIndex("sender_name")] = senderName;
    }
    return RowFactory.create(values);
  }

  private Row unreadable(long row, IOException e) {
    return row(
        row,
        REJECTED,
        UNREADABLE_FILE,
        "must be readable to its end: " + e.getClass().getSimpleName(),
        null);
  }

  private Row row(long row, String outcome, String reason, String rule, String hash) {
    return RowFactory.create(values(row, outcome, reason, rule, hash));
  }

  private Object[] values(long row, String outcome, String reason, String rule, String hash) {
    Object[] values = new Object[SCHEMA.size()];
    values[0] = file;
    values[1] = row;
    values[2] = outcome;
    values[3] = reason;
    values[4] = rule;
    values[5] = hash;
    return values;
  }

  /** Tells lines apart without showing them. */
  private String hash() {
    var digest = Manifest.sha256();
    digest.update(lines.bytes().getBytes(), 0, lines.bytes().getLength());
    return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_CHARACTERS);
  }
}

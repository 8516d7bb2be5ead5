package io.dialogbert.job.ingest;

import io.dialogbert.job.ingest.export.ExportRows;
import io.dialogbert.job.ingest.export.KakaoTalkLines;
import io.dialogbert.job.ingest.export.LineMessengerLines;
import io.dialogbert.job.ingest.export.LineSenders;
import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.CsvRows;
import io.dialogbert.job.ingest.read.InputFormat;
import io.dialogbert.job.ingest.read.InputPart;
import io.dialogbert.job.ingest.read.InputSettings;
import io.dialogbert.job.ingest.read.JsonRows;
import io.dialogbert.job.ingest.read.LineFile;
import io.dialogbert.job.ingest.read.ParquetRows;
import io.dialogbert.job.ingest.read.RawField;
import io.dialogbert.job.ingest.read.RawSchema;
import io.dialogbert.job.ingest.read.RowReader;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Opens a part of an input according to its format. */
final class RowReaders {
  /** The header of KakaoTalk's CSV export on PC and Mac, and its time format. */
  private static final Map<RawField, String> KAKAOTALK_CSV =
      Map.of(
          RawField.SENT_AT, "Date",
          RawField.SENDER_ID, "User",
          RawField.SENDER_NAME, "User",
          RawField.TEXT, "Message");

  private static final String KAKAOTALK_CSV_TIME = "yyyy-MM-dd HH:mm:ss";

  private RowReaders() {}

  /**
   * A reader at the part's beginning.
   *
   * @throws BadFileException if the file is not in the format, or lacks columns
   */
  static RowReader open(InputPart part, InputSettings settings, Configuration hadoop)
      throws IOException, BadFileException {
    RawSchema schema = settings.schema();
    if (settings.format() == InputFormat.PARQUET) {
      return new ParquetRows(part, schema, hadoop);
    }
    LineFile lines = new LineFile(part, hadoop);
    try {
      return switch (settings.format()) {
        case JSON -> new JsonRows(lines, schema);
        case CSV -> new CsvRows(lines, settings.csvDelimiter(), schema);
        case KAKAOTALK ->
            isCsv(part.name())
                ? new CsvRows(lines, ',', kakaoTalkCsv(schema, part))
                : new ExportRows(lines, new KakaoTalkLines(), schema, part.name());
        case LINE ->
            new ExportRows(
                lines, new LineMessengerLines(senders(part, hadoop)), schema, part.name());
        case PARQUET -> throw new IllegalStateException("Parquet has no lines");
      };
    } catch (IOException | BadFileException e) {
      lines.close();
      throw e;
    }
  }

  private static Optional<LineSenders> senders(InputPart part, Configuration hadoop)
      throws IOException, BadFileException {
    try (LineFile lines = new LineFile(part, hadoop)) {
      return LineSenders.of(lines);
    }
  }

  private static boolean isCsv(String name) {
    return name.toLowerCase(Locale.ROOT).matches(".*\\.csv(\\.[a-z0-9]+)?");
  }

  private static RawSchema kakaoTalkCsv(RawSchema schema, InputPart part) {
    Map<RawField, String> constants = new EnumMap<>(schema.constants());
    // Nothing in the file identifies the conversation.
    constants.put(RawField.CONVERSATION_ID, part.path());
    return new RawSchema(
        KAKAOTALK_CSV, constants, KAKAOTALK_CSV_TIME, schema.timeZone(), schema.languages());
  }
}

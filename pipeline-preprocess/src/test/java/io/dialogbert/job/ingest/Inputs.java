package io.dialogbert.job.ingest;

import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.InputFormat;
import io.dialogbert.job.ingest.read.InputPart;
import io.dialogbert.job.ingest.read.InputSettings;
import io.dialogbert.job.ingest.read.RawField;
import io.dialogbert.job.ingest.read.RawMessage;
import io.dialogbert.job.ingest.read.RawSchema;
import io.dialogbert.job.ingest.read.RejectedRow;
import io.dialogbert.job.ingest.read.RowReader;
import io.dialogbert.job.ingest.read.TimeFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/** Reads files as a task does, but without Spark. */
public final class Inputs {
  /** The columns of {@code reference.conf}. */
  static final RawSchema SCHEMA = schema(Map.of(), "");

  private static final Configuration HADOOP = new Configuration();

  private Inputs() {}

  public static RawSchema schema(Map<RawField, String> constants, String zone) {
    Map<RawField, String> columns = new EnumMap<>(RawField.class);
    for (RawField field : RawField.values()) {
      if (!constants.containsKey(field)) {
        columns.put(field, field.key().replace('-', '_'));
      }
    }
    return new RawSchema(columns, constants, TimeFormat.ISO, zone, Set.of("ko", "ja"));
  }

  /** The schema of an export, with the settings that exports need. */
  public static RawSchema exportSchema(String lang, String zone) {
    return schema(Map.of(RawField.LANG, lang, RawField.SOURCE, "export"), zone);
  }

  public static InputPart whole(Path file) throws IOException {
    return new InputPart(
        file.toUri().toString(), file.getFileName().toString(), 0, Files.size(file), 1);
  }

  public static Path write(Path file, String text) throws IOException {
    return Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  public static RowReader open(InputPart part, InputFormat format, RawSchema schema)
      throws IOException, BadFileException {
    return open(part, new InputSettings(format, schema, ','));
  }

  public static RowReader open(InputPart part, InputSettings settings)
      throws IOException, BadFileException {
    return RowReaders.open(part, settings, HADOOP);
  }

  /**
   * One line per row: number, time in Korea, message id, sender and text; or why there is no
   * message.
   */
  public static List<String> read(InputPart part, InputFormat format, RawSchema schema)
      throws IOException, BadFileException {
    DateTimeFormatter times =
        DateTimeFormatter.ofPattern("MM-dd HH:mm").withZone(ZoneId.of("Asia/Seoul"));
    List<String> rows = new ArrayList<>();
    try (RowReader reader = open(part, format, schema)) {
      while (reader.next()) {
        rows.add(reader.row() + " " + describe(reader, times));
      }
    }
    return rows;
  }

  private static String describe(RowReader reader, DateTimeFormatter times) {
    if (reader.systemLine()) {
      return "system line";
    }
    try {
      RawMessage raw = reader.message();
      return String.join(
          " ",
          times.format(raw.message().sentAt()),
          "#" + raw.message().messageId(),
          raw.message().senderId() + ":",
          raw.message().text().replace("\n", "/"));
    } catch (RejectedRow e) {
      return e.getMessage();
    }
  }
}

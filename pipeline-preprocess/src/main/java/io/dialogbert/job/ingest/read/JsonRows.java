package io.dialogbert.job.ingest.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.dialogbert.job.ingest.read.RawMessageParser.WholeNumber;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** JSON Lines: one object per line. */
public final class JsonRows implements RowReader {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String RULE = "a line must be one JSON object";

  private final LineFile lines;
  private final RawMessageParser parser;
  private final Map<String, List<RawField>> fields = new HashMap<>();
  private final Map<RawField, Object> values = new EnumMap<>(RawField.class);

  public JsonRows(LineFile lines, RawSchema schema) {
    this.lines = lines;
    this.parser = new RawMessageParser(schema);
    schema
        .columns()
        .forEach((field, name) -> fields.computeIfAbsent(name, n -> new ArrayList<>()).add(field));
  }

  @Override
  public boolean next() throws IOException {
    // JSON Lines readers skip blank lines, but these still count as rows.
    boolean found = lines.next();
    while (found && lines.isBlank()) {
      found = lines.next();
    }
    return found;
  }

  @Override
  public long row() {
    return lines.row();
  }

  @Override
  public long nextRow() {
    return lines.row() + 1;
  }

  @Override
  public RawMessage message() throws RejectedRow {
    return parse(lines.text(), lines.row());
  }

  /** Parses a line. */
  RawMessage parse(String line, long row) throws RejectedRow {
    values.clear();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw parser.withSender(new RejectedRow("not-json", RULE), values);
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        List<RawField> named = fields.getOrDefault(json.currentName(), List.of());
        JsonToken token = json.nextToken();
        for (RawField field : named) {
          if (values.containsKey(field)) {
            values.remove(field);
            throw parser.withSender(
                new RejectedRow("not-json", json.currentName() + " must be there once"), values);
          }
          values.put(field, value(json, token));
        }
        json.skipChildren();
      }
      if (json.nextToken() != null) {
        throw parser.withSender(new RejectedRow("not-json", RULE), values);
      }
    } catch (IOException e) {
      throw parser.withSender(new RejectedRow("not-json", RULE), values);
    }
    return parser.message(values, row);
  }

  private static Object value(JsonParser json, JsonToken token) throws IOException {
    return switch (token) {
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT -> new WholeNumber(json.getText());
      case VALUE_NULL -> null;
      default -> RawMessageParser.OTHER;
    };
  }

  @Override
  public void digest(MessageDigest digest) {
    lines.digest(digest);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}

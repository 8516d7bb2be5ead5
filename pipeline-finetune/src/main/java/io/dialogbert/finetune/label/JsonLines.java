package io.dialogbert.finetune.label;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dialogbert.job.ingest.read.LineFile;
import io.dialogbert.job.ingest.read.RejectedRow;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** JSON Lines: one object a line, its values strings, numbers or booleans. */
final class JsonLines implements LabeledRows {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final LineFile lines;
  private final List<String> columns;

  JsonLines(LineFile lines, List<String> columns) {
    this.lines = lines;
    this.columns = columns;
  }

  @Override
  public boolean next() throws IOException {
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
  public Map<String, String> values() throws RejectedRow {
    JsonNode object = parse(lines.text());
    Map<String, String> values = new HashMap<>();
    for (String column : columns) {
      JsonNode value = object.path(column);
      if (value.isContainerNode()) {
        throw new RejectedRow("wrong-type", column + " must be a string, a number, true or false");
      }
      if (!value.isMissingNode() && !value.isNull()) {
        values.put(column, value.asText());
      }
    }
    return values;
  }

  private static JsonNode parse(String line) throws RejectedRow {
    try {
      JsonNode object = JSON.readTree(line);
      if (object.isObject()) {
        return object;
      }
    } catch (JsonProcessingException e) {
      // The parser's message would show the text.
    }
    throw new RejectedRow("not-json", "a line must be one JSON object that has each field once");
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}

package io.dialogbert.finetune.label;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dialogbert.job.ingest.read.RejectedRow;
import io.dialogbert.task.label.LabelSchema;
import java.util.HashMap;
import java.util.Map;

/**
 * The values of a JSON object: strings, numbers and booleans; and spans, which stay JSON.
 *
 * @param schema what is read
 */
record JsonFields(LabelSchema schema) {
  static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** The values of a line that is one object. */
  Map<String, String> of(String line) throws RejectedRow {
    try {
      return of(JSON.readTree(line));
    } catch (JsonProcessingException e) {
      // The parser's message would show the text.
      throw notAnObject();
    }
  }

  Map<String, String> of(JsonNode object) throws RejectedRow {
    if (!object.isObject()) {
      throw notAnObject();
    }
    Map<String, String> values = new HashMap<>();
    for (String column : schema.columns()) {
      JsonNode value = object.path(column);
      boolean isSpans = schema.isOfSpans(column) && value.isArray();
      if (value.isContainerNode() && !isSpans) {
        throw new RejectedRow(
            "wrong-type",
            column
                + (schema.isOfSpans(column)
                    ? " must be an array of spans"
                    : " must be a string, a number, true or false"));
      }
      if (!value.isMissingNode() && !value.isNull()) {
        values.put(column, isSpans ? value.toString() : value.asText());
      }
    }
    return values;
  }

  private static RejectedRow notAnObject() {
    return new RejectedRow("not-json", "a row must be one JSON object that has each field once");
  }
}

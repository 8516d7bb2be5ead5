package io.dialogbert.respond.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.respond.Context;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** Reads the body of a request: {@code {"turns": ["..."], "lang": "ko"}}. */
final class RequestReader {
  private static final String TURNS = "turns";
  private static final String LANG = "lang";
  private static final Set<String> FIELDS = Set.of(TURNS, LANG);

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private RequestReader() {}

  /**
   * Reads a context.
   *
   * @throws ApiException if the body is not such an object
   * @throws io.dialogbert.respond.BadContextException if it is, but no context
   */
  static Context read(byte[] body) throws ApiException {
    JsonNode json = parse(body);
    if (!json.isObject()) {
      throw new ApiException(ApiError.WRONG_TYPE, "the body must be an object");
    }
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      if (!FIELDS.contains(names.next())) {
        throw new ApiException(
            ApiError.UNKNOWN_FIELD, "the body must have no fields but turns and lang");
      }
    }
    List<String> turns = turns(json.path(TURNS));
    JsonNode lang = json.path(LANG);
    if (lang.isMissingNode()) {
      return Context.detect(turns);
    }
    if (!lang.isTextual()) {
      throw new ApiException(ApiError.WRONG_TYPE, "lang must be a string");
    }
    return new Context(lang.textValue(), turns);
  }

  private static JsonNode parse(byte[] body) throws ApiException {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      // Without the cause: its message may contain text.
      throw new ApiException(ApiError.NOT_JSON, "the body must be one JSON object in UTF-8");
    }
  }

  private static List<String> turns(JsonNode array) throws ApiException {
    if (!array.isArray()) {
      throw new ApiException(ApiError.WRONG_TYPE, "turns must be an array of strings");
    }
    List<String> turns = new ArrayList<>();
    for (JsonNode turn : array) {
      if (!turn.isTextual()) {
        throw new ApiException(ApiError.WRONG_TYPE, "turns must be an array of strings");
      }
      turns.add(turn.textValue());
    }
    return turns;
  }
}

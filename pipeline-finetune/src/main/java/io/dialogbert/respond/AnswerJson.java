package io.dialogbert.respond;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Answers and errors as JSON. */
public final class AnswerJson {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double MICROS_PER_MILLI = 1000;

  private AnswerJson() {}

  /** An answer; {@code answer} is null if there is none. */
  public static ObjectNode of(Answer answer) {
    ObjectNode json = JSON.createObjectNode();
    json.put("lang", answer.lang());
    json.putNull("answer");
    answer
        .chosen()
        .ifPresent(
            task -> {
              Suggestion best = task.answer().orElseThrow();
              json.putObject("answer")
                  .put("text", best.text())
                  .put("source", task.source().key())
                  .put("score", best.score());
            });
    ArrayNode tasks = json.putArray("tasks");
    answer.tasks().forEach(task -> tasks.add(of(task)));
    json.put("millis", answer.micros() / MICROS_PER_MILLI);
    return json;
  }

  private static ObjectNode of(TaskAnswer task) {
    ObjectNode json = JSON.createObjectNode();
    json.put("source", task.source().key());
    if (task.leftOut().isPresent()) {
      return json.put("left_out", task.leftOut().get());
    }
    json.put("threshold", task.threshold());
    json.put("millis", task.micros() / MICROS_PER_MILLI);
    ArrayNode suggestions = json.putArray("suggestions");
    for (Suggestion suggestion : task.suggestions()) {
      ObjectNode one = suggestions.addObject();
      one.put("text", suggestion.text()).put("score", suggestion.score());
      if (!suggestion.query().isEmpty()) {
        one.put("query", suggestion.query());
      }
      if (suggestion.people() > 0) {
        one.put("people", suggestion.people());
      }
    }
    return json;
  }

  /**
   * An error.
   *
   * @param code names the rule that is broken
   */
  public static ObjectNode error(String code, String message) {
    ObjectNode json = JSON.createObjectNode();
    json.putObject("error").put("code", code).put("message", message);
    return json;
  }
}

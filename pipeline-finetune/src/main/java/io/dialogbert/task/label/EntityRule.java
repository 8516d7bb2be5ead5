package io.dialogbert.task.label;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.task.label.LabelRule.ClassNames;
import io.dialogbert.task.tag.Entity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Spans of a text, each with a label: a JSON array of objects. Places are in characters, which are
 * code points, as Python counts them.
 *
 * @param names what the labels may be
 * @param start where an object has the span's first character
 * @param end where it has the character after the last one
 * @param label where it has the label
 * @param text where it has the text of the span, which must then be that of its place
 */
public record EntityRule(
    ClassNames names,
    JsonPointer start,
    JsonPointer end,
    JsonPointer label,
    Optional<JsonPointer> text)
    implements LabelRule {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Spans whose objects have the fields {@code start}, {@code end} and {@code label}. */
  public static EntityRule ofFields(ClassNames names) {
    return new EntityRule(
        names,
        JsonPointer.compile("/start"),
        JsonPointer.compile("/end"),
        JsonPointer.compile("/label"),
        Optional.empty());
  }

  @Override
  public List<String> classes() {
    return names.classes();
  }

  /**
   * The spans of a text, in the order of their places.
   *
   * @param spans JSON
   */
  List<Entity> read(String spans, String ofText) throws BadExampleException {
    JsonNode array = parse(spans);
    int length = ofText.codePointCount(0, ofText.length());
    List<Entity> entities = new ArrayList<>();
    for (JsonNode span : array) {
      entities.add(entity(span, ofText, length));
    }
    entities.sort(Comparator.comparingInt(Entity::start));
    for (int i = 1; i < entities.size(); i++) {
      if (entities.get(i).start() < entities.get(i - 1).end()) {
        throw new BadExampleException("overlapping-spans", "spans must not overlap");
      }
    }
    return entities;
  }

  private static JsonNode parse(String spans) throws BadExampleException {
    try {
      JsonNode array = JSON.readTree(spans);
      if (array.isArray()) {
        return array;
      }
    } catch (JsonProcessingException e) {
      // The parser's message would show the text.
    }
    throw new BadExampleException("bad-spans", "spans must be a JSON array");
  }

  private Entity entity(JsonNode span, String ofText, int length) throws BadExampleException {
    JsonNode from = span.at(start);
    JsonNode to = span.at(end);
    JsonNode name = span.at(label);
    if (!isInt(from) || !isInt(to) || !name.isValueNode()) {
      throw new BadExampleException(
          "bad-spans",
          "a span must have whole numbers at %s and %s and a label at %s"
              .formatted(start, end, label));
    }
    if (from.asInt() < 0 || from.asInt() >= to.asInt() || to.asInt() > length) {
      throw new BadExampleException(
          "span-outside-text", "a span must begin before it ends, both within the text");
    }
    if (text.isPresent() && !span.at(text.get()).asText().equals(at(ofText, from, to))) {
      throw new BadExampleException(
          "span-text-differs", "the text at " + text.get() + " must be that of the span's place");
    }
    return new Entity(from.asInt(), to.asInt(), classes().indexOf(names.read(name.asText())));
  }

  private static boolean isInt(JsonNode number) {
    return number.isIntegralNumber() && number.canConvertToInt();
  }

  private static String at(String text, JsonNode from, JsonNode to) {
    return text.substring(
        text.offsetByCodePoints(0, from.asInt()), text.offsetByCodePoints(0, to.asInt()));
  }
}

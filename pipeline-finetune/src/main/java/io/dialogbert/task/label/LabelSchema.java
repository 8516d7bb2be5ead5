package io.dialogbert.task.label;

import io.dialogbert.task.tag.Entity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the parts of an example are in a row.
 *
 * @param first column of the text, or of the first text of a pair
 * @param second column of the second text; absent if the set has single texts
 * @param label column of the label, or of the spans with their labels; absent if there are no
 *     labels
 * @param group columns whose values together are the example's group; may be empty
 * @param rowsPerGroup number of successive rows of a file that are a group; 0 if these say nothing
 */
public record LabelSchema(
    String first,
    Optional<String> second,
    Optional<String> label,
    List<String> group,
    int rowsPerGroup,
    LabelRule rule) {
  private static final String BETWEEN = "\t";

  /** All columns, each once. */
  public List<String> columns() {
    return Stream.of(Stream.of(first), second.stream(), label.stream(), group.stream())
        .flatMap(column -> column)
        .distinct()
        .toList();
  }

  /** Whether a column holds the spans of a text, as JSON. */
  public boolean isOfSpans(String column) {
    return rule instanceof EntityRule && label.orElseThrow().equals(column);
  }

  /**
   * The example of a row.
   *
   * @param file name of the file
   * @param row from 1, as a person counts it in the file
   * @param number how many rows are before it, without header and blank lines
   * @param values by column; absent if the row has no such field
   */
  public LabeledText read(String file, long row, long number, Map<String, String> values)
      throws BadExampleException {
    // Places count every character, so a text with spans is left as it is.
    String firstText =
        rule instanceof EntityRule ? visible(values, first) : visible(values, first).strip();
    String secondText = second.isPresent() ? visible(values, second.get()).strip() : "";
    String value = label.isPresent() ? field(values, label.get()) : "";
    String name = rule instanceof LabelRule.ClassNames classes ? classes.read(value) : "";
    double score = rule instanceof LabelRule.ScoreRange range ? range.read(value) : Double.NaN;
    List<Entity> entities =
        rule instanceof EntityRule spans ? spans.read(value, firstText) : List.of();
    return new LabeledText(
        file, row, firstText, secondText, name, score, group(file, number, values), entities);
  }

  private String group(String file, long number, Map<String, String> values)
      throws BadExampleException {
    if (rowsPerGroup > 0) {
      return file + BETWEEN + number / rowsPerGroup;
    }
    List<String> parts = new ArrayList<>();
    for (String column : group) {
      String part = LabeledText.key(field(values, column));
      if (part.isEmpty()) {
        throw new BadExampleException("empty-group", column + " must not be empty");
      }
      parts.add(part);
    }
    return String.join(BETWEEN, parts);
  }

  private static String visible(Map<String, String> values, String column)
      throws BadExampleException {
    String text = field(values, column);
    if (LabeledText.key(text).isEmpty()) {
      throw new BadExampleException("empty-text", column + " must not be empty");
    }
    return text;
  }

  private static String field(Map<String, String> values, String column)
      throws BadExampleException {
    String value = values.get(column);
    if (value == null) {
      throw new BadExampleException("missing-field", column + " must be there");
    }
    return value;
  }
}

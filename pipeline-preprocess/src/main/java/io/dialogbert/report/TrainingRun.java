package io.dialogbert.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.common.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The measurements of a training run.
 *
 * @param name of the run
 * @param points in the order in which they were taken
 */
public record TrainingRun(String name, List<Point> points) {
  public static final String TRAIN = "train";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One measurement.
   *
   * @param step optimizer steps done
   * @param split what it was taken on
   * @param values by name
   */
  public record Point(long step, String split, SortedMap<String, Double> values) {}

  public TrainingRun {
    points = List.copyOf(points);
  }

  /**
   * Reads metrics as a training run writes them: one JSON object per line with {@code step}, other
   * numbers, and {@code split} where they were not taken on the training examples.
   *
   * @throws BadInputException naming the line that is none
   */
  public static TrainingRun parse(String name, String jsonLines) {
    List<Point> points = new ArrayList<>();
    List<String> lines = jsonLines.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        points.add(point(lines.get(i), name + ", metrics line " + (i + 1)));
      }
    }
    return new TrainingRun(name, points);
  }

  private static Point point(String line, String place) {
    JsonNode object;
    try {
      object = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new BadInputException("not JSON: " + place, e);
    }
    if (!object.path("step").isIntegralNumber()) {
      throw new BadInputException("step is no whole number: " + place);
    }
    SortedMap<String, Double> values = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (field.getValue().isNumber() && !field.getKey().equals("step")) {
        values.put(field.getKey(), field.getValue().asDouble());
      }
    }
    return new Point(object.get("step").asLong(), object.path("split").asText(TRAIN), values);
  }

  /** Names of the values that end so. */
  SortedSet<String> metrics(String suffix) {
    SortedSet<String> names = new TreeSet<>();
    points.forEach(point -> names.addAll(point.values().keySet()));
    names.removeIf(name -> !name.endsWith(suffix));
    return names;
  }
}

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
 * @param name name of the run
 * @param points measurements in the order they were taken
 */
public record TrainingRun(String name, List<Point> points) {
  public static final String TRAIN = "train";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One measurement.
   *
   * @param step number of optimizer steps done
   * @param split the split it was taken on
   * @param values values by name
   */
  public record Point(long step, String split, SortedMap<String, Double> values) {}

  public TrainingRun {
    points = List.copyOf(points);
  }

  /**
   * Reads the metrics that a training run writes: one JSON object per line with {@code step}, other
   * numbers, and {@code split} unless they are of the training examples.
   *
   * @throws BadInputException if a line is invalid; names the line
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

  /** Names of the values with a suffix. */
  SortedSet<String> metrics(String suffix) {
    SortedSet<String> names = new TreeSet<>();
    points.forEach(point -> names.addAll(point.values().keySet()));
    names.removeIf(name -> !name.endsWith(suffix));
    return names;
  }
}

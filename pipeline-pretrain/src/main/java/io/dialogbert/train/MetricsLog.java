package io.dialogbert.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.train.run.RunDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The metrics of a run as JSON Lines, one object per measurement. They are stored in files, so they
 * survive the process. Each file holds a range of lines and is named after the range's first line
 * and its end.
 */
final class MetricsLog {
  private static final int NUMBER_DIGITS = 9;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunDirectory run;
  private final List<String> lines = new ArrayList<>();
  private int fileStart;
  private int flushed;

  /**
   * Continues the metrics of an earlier process, up to the step where training resumes.
   *
   * @param again whether that step's evaluation and checkpoint will be repeated
   */
  MetricsLog(RunDirectory run, long step, boolean again) throws IOException {
    this.run = run;
    for (Path file : files()) {
      // If a process was killed, both a file and its replacement may be there.
      long known = lines.size() - firstLine(file);
      run.directories().readString(file).lines().skip(Math.max(0, known)).forEach(lines::add);
    }
    List<String> standing = new ArrayList<>();
    for (String line : lines) {
      JsonNode values = JSON.readTree(line);
      long of = values.path("step").asLong();
      boolean round = values.path("event").asText().equals(Progress.ROUND);
      if (of < step || (of == step && (round || !again))) {
        standing.add(line);
      }
    }
    lines.clear();
    lines.addAll(standing);
    flush();
  }

  private static long firstLine(Path file) {
    return Long.parseLong(file.getName().substring(0, NUMBER_DIGITS));
  }

  /**
   * The complete files, by first line; of two with the same first line, the shorter comes first.
   */
  private List<Path> files() throws IOException {
    FileSystem fileSystem = run.directories().fileSystem(run.metrics());
    if (!fileSystem.exists(run.metrics())) {
      return List.of();
    }
    return Stream.of(fileSystem.listStatus(run.metrics()))
        .map(FileStatus::getPath)
        .filter(file -> !Directories.hidden(file))
        .sorted()
        .toList();
  }

  /** Whether there is a measurement of this kind for a step. */
  boolean has(long step, String event) throws IOException {
    for (String line : lines) {
      JsonNode values = JSON.readTree(line);
      if (values.path("step").asLong() == step && values.path("event").asText().equals(event)) {
        return true;
      }
    }
    return false;
  }

  /** Adds a measurement of numbers and names only. A number that is not finite becomes null. */
  void add(Map<String, ?> values) {
    Map<String, Object> line = new LinkedHashMap<>(values);
    line.replaceAll(
        (name, value) -> value instanceof Double number && !Double.isFinite(number) ? null : value);
    try {
      lines.add(JSON.writeValueAsString(line));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("metrics must be plain values: " + values.keySet(), e);
    }
  }

  /** Writes the lines that are not written yet. */
  void flush() throws IOException {
    if (flushed < lines.size()) {
      flushed = lines.size();
      String name = String.format(Locale.ROOT, "%09d-%09d.jsonl", fileStart, flushed);
      if (files().stream().noneMatch(file -> file.getName().equals(name))) {
        run.write(new Path(run.metrics(), name), text(lines.subList(fileStart, flushed)));
      }
      for (Path file : files()) {
        if (firstLine(file) >= fileStart && !file.getName().equals(name)) {
          run.directories().fileSystem(file).delete(file, false);
        }
      }
    }
  }

  /**
   * Writes the lines that are not written yet and starts a new file, so that no file grows large.
   */
  void newFile() throws IOException {
    flush();
    fileStart = lines.size();
  }

  /** The sum of a value over all measurements that have it. */
  double total(String name) throws IOException {
    double total = 0;
    for (String line : lines) {
      total += JSON.readTree(line).path(name).asDouble();
    }
    return total;
  }

  /**
   * All measurements as a table with a column for each name. Columns are strings, integers or
   * doubles; a value is null if the measurement does not have it.
   *
   * @param file the file to which the lines were written; millions of lines would be too many to
   *     send to a task
   */
  Dataset<Row> toTable(SparkSession spark, Path file) throws IOException {
    Map<String, DataType> columns = new LinkedHashMap<>();
    for (String line : lines) {
      for (Map.Entry<String, JsonNode> value : JSON.readTree(line).properties()) {
        columns.putIfAbsent(value.getKey(), type(value.getValue()));
      }
    }
    StructType schema = new StructType();
    for (Map.Entry<String, DataType> column : columns.entrySet()) {
      schema = schema.add(column.getKey(), column.getValue());
    }
    return spark.read().schema(schema).json(file.toString());
  }

  private static DataType type(JsonNode value) {
    if (value.isTextual()) {
      return DataTypes.StringType;
    }
    // A null stands for a number that was not finite.
    return value.isIntegralNumber() ? DataTypes.LongType : DataTypes.DoubleType;
  }

  /** All measurements, one per line. */
  String toJsonLines() {
    return text(lines);
  }

  private static String text(List<String> lines) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }
}

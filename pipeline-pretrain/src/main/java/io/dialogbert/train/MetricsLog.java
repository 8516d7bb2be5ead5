package io.dialogbert.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The metrics of a run as JSON Lines, one object per measurement. */
public final class MetricsLog {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<String> lines = new ArrayList<>();

  /** Adds a measurement; numbers and names only. */
  public void add(Map<String, ?> values) {
    try {
      lines.add(JSON.writeValueAsString(values));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("metrics must be plain values: " + values.keySet(), e);
    }
  }

  /** All measurements, one to a line. */
  public String toJsonLines() {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }
}

package io.dialogbert.distill.search;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A student and what is known of it.
 *
 * @param shape as {@link Shape} writes it
 * @param parameters number of parameters
 * @param latencyMs median milliseconds for one context, before training
 * @param scores its main figure on the validation split after each stage that it took part in
 */
record Candidate(
    @JsonProperty("shape") String shape,
    @JsonProperty("parameters") long parameters,
    @JsonProperty("latency_ms") double latencyMs,
    @JsonProperty("scores") List<Double> scores) {
  @JsonCreator
  Candidate {
    scores = List.copyOf(scores);
  }

  /** The score after its last stage. */
  double score() {
    return scores.get(scores.size() - 1);
  }

  Candidate with(List<Double> more) {
    return new Candidate(shape, parameters, latencyMs, more);
  }
}

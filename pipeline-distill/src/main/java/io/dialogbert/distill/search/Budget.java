package io.dialogbert.distill.search;

import io.dialogbert.common.BadConfigException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What a student may cost.
 *
 * @param maxLatencyMs median milliseconds for one context; 0 for no limit
 * @param maxParameters number of parameters; 0 for no limit
 */
record Budget(double maxLatencyMs, long maxParameters) {
  /** The cost as a multiple of the budget, of the limit that is exceeded most; 0 without limits. */
  private double share(Candidate candidate) {
    return Math.max(
        maxLatencyMs == 0 ? 0 : candidate.latencyMs() / maxLatencyMs,
        maxParameters == 0 ? 0 : (double) candidate.parameters() / maxParameters);
  }

  /**
   * The candidates within the budget, in order.
   *
   * @throws BadConfigException if there is none; names the nearest
   */
  List<Candidate> within(List<Candidate> candidates) {
    List<Candidate> within = candidates.stream().filter(one -> share(one) <= 1).toList();
    if (within.isEmpty()) {
      Candidate nearest =
          candidates.stream().min(Comparator.comparingDouble(this::share)).orElseThrow();
      throw new BadConfigException(
          String.format(
              Locale.ROOT,
              "no candidate is within %s; the nearest is %s with %.2f ms and %d parameters",
              limits(),
              nearest.shape(),
              nearest.latencyMs(),
              nearest.parameters()));
    }
    return within;
  }

  private String limits() {
    List<String> limits = new ArrayList<>();
    if (maxLatencyMs > 0) {
      limits.add("max-latency-ms = " + maxLatencyMs);
    }
    if (maxParameters > 0) {
      limits.add("max-parameters = " + maxParameters);
    }
    return String.join(" and ", limits);
  }
}

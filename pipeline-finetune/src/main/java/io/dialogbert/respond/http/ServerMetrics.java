package io.dialogbert.respond.http;

import io.dialogbert.respond.Answer;
import io.dialogbert.respond.TaskAnswer;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What Prometheus reads: numbers, and names of this project. */
public final class ServerMetrics {
  static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  /** The code of a request that was answered. */
  private static final String DONE = "ok";

  private static final String NONE = "none";
  private static final double MICROS_PER_SECOND = 1e6;

  private final PrometheusRegistry registry = new PrometheusRegistry();

  private final Counter requests =
      Counter.builder()
          .name("dialogbert_requests_total")
          .help("Requests to /v1/respond, by error code; ok if answered.")
          .labelNames("code")
          .register(registry);

  private final Counter answers =
      Counter.builder()
          .name("dialogbert_answers_total")
          .help("Answers, by the task that gave them; none without an answer.")
          .labelNames("source", "lang")
          .register(registry);

  private final Histogram seconds =
      Histogram.builder()
          .name("dialogbert_task_seconds")
          .help("Seconds that a task took.")
          .labelNames("source")
          .classicOnly()
          .classicUpperBounds(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
          .register(registry);

  private final Histogram batches =
      Histogram.builder()
          .name("dialogbert_batch_sequences")
          .help("Sequences that a model computed together.")
          .classicOnly()
          .classicUpperBounds(1, 2, 4, 8, 16, 32, 64)
          .register(registry);

  /** Takes the number of sequences of a batch. */
  public void batch(int sequences) {
    batches.observe(sequences);
  }

  void answered(Answer answer) {
    requests.labelValues(DONE).inc();
    answers
        .labelValues(answer.chosen().map(task -> task.source().key()).orElse(NONE), answer.lang())
        .inc();
    for (TaskAnswer task : answer.tasks()) {
      if (task.leftOut().isEmpty()) {
        seconds.labelValues(task.source().key()).observe(task.micros() / MICROS_PER_SECOND);
      }
    }
  }

  void failed(String code) {
    requests.labelValues(code).inc();
  }

  byte[] text() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}

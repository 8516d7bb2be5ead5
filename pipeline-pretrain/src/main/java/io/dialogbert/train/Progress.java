package io.dialogbert.train;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line every few seconds on how far training is, and its metrics. */
public final class Progress {
  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final MetricsLog metrics;
  private final TrainingConfig config;
  private final long started = System.nanoTime();
  private long lastLine = started;
  private long examples;

  public Progress(MetricsLog metrics, TrainingConfig config) {
    this.metrics = metrics;
    this.config = config;
  }

  /** Takes in a round. */
  public void round(long step, AveragingTrainer.Round round) {
    examples += round.examples();
    long now = System.nanoTime();
    double seconds = (now - started) * 1e-9;
    Map<String, Object> line = new java.util.LinkedHashMap<>();
    line.put("step", step);
    line.put("examples", examples);
    line.putAll(round.losses());
    line.put(
        "learning_rate",
        new WarmupLinearSchedule(config.learningRate(), config.warmupSteps(), config.numSteps())
            .valueAt((int) step - 1, 0));
    line.put("examples_per_second", examples / seconds);
    metrics.add(line);
    if (now - lastLine > PAUSE.toNanos() || step == config.numSteps()) {
      lastLine = now;
      double left = seconds / step * (config.numSteps() - step);
      LOG.info(
          "step {} of {}, losses {}, {} examples/s, {} left",
          step,
          config.numSteps(),
          format(round.losses()),
          Math.round(examples / seconds),
          Duration.ofSeconds(Math.round(left)));
    }
  }

  /** Takes in an evaluation on held-out examples. */
  public void evaluation(long step, Map<String, Double> values) {
    Map<String, Object> line = new java.util.LinkedHashMap<>();
    line.put("step", step);
    line.put("split", "validation");
    line.putAll(values);
    metrics.add(line);
    LOG.info("step {}, held out: {}", step, format(values));
  }

  private static String format(Map<String, Double> values) {
    StringBuilder text = new StringBuilder();
    values.forEach(
        (name, value) ->
            text.append(text.length() == 0 ? "" : ", ")
                .append(name)
                .append(String.format(Locale.ROOT, " %.4f", value)));
    return text.toString();
  }

  /** Examples trained on so far. */
  public long examples() {
    return examples;
  }

  /** Examples per second so far, evaluations included. */
  public double examplesPerSecond() {
    return examples / ((System.nanoTime() - started) * 1e-9);
  }
}

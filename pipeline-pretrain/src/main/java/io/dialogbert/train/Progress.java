package io.dialogbert.train;

import java.io.IOException;
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
  private final long firstStep;
  private long examples;

  /** Of a run that starts, or goes on, at a position. */
  public Progress(MetricsLog metrics, TrainingConfig config, Position start) {
    this.metrics = metrics;
    this.config = config;
    this.firstStep = start.step();
  }

  /** Takes in a round. */
  public void round(AveragingTrainer.Round round) throws IOException {
    long step = round.end().step();
    examples += round.examples();
    long now = System.nanoTime();
    double seconds = (now - started) * 1e-9;
    Map<String, Object> line = new java.util.LinkedHashMap<>();
    line.put("step", step);
    line.put("examples", round.end().examplesSeen());
    line.putAll(round.losses());
    line.put("gradient_norm", round.gradientNorm());
    line.put("learning_rate", config.learningRate().valueAt((int) step - 1, 0));
    line.put("examples_per_second", examples / seconds);
    line.put("train_seconds", round.trainSeconds());
    line.put("loader_seconds", round.loaderSeconds());
    line.put("averaging_seconds", round.seconds() - round.trainSeconds());
    line.put("bytes_moved", round.bytesMoved());
    line.put("skipped_rounds", round.end().skippedRounds());
    metrics.add(line);
    if (now - lastLine > PAUSE.toNanos() || step == config.numSteps()) {
      lastLine = now;
      metrics.flush();
      double left = seconds / (step - firstStep) * (config.numSteps() - step);
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

  /** Takes in that a checkpoint was written. */
  public void checkpoint(long step, double seconds) {
    Map<String, Object> line = new java.util.LinkedHashMap<>();
    line.put("step", step);
    line.put("checkpoint_seconds", seconds);
    metrics.add(line);
    LOG.info(
        "step {}: wrote a checkpoint in {} s", step, String.format(Locale.ROOT, "%.1f", seconds));
  }

  /** Examples per second since this process began, evaluations included. */
  public double examplesPerSecond() {
    return examples / ((System.nanoTime() - started) * 1e-9);
  }
}

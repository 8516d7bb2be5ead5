package io.dialogbert.train;

import io.dialogbert.train.run.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the progress of training every few seconds, and records its metrics. Every measurement has
 * the seconds since the previous one, so they add up to the wall time.
 */
final class Progress {
  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** Kinds of measurement. */
  static final String ROUND = "round";

  static final String EVALUATION = "evaluation";

  private final MetricsLog metrics;
  private final TrainingGauges gauges = TrainingGauges.ofDriver();
  private final TrainingConfig config;
  private final long started = System.nanoTime();
  private final long firstStep;
  private long lastMeasurement = started;
  private long lastLine = started;
  private long examples;

  /** Starts at a position, of a new or a resumed run. */
  Progress(MetricsLog metrics, TrainingConfig config, Position start) {
    this.metrics = metrics;
    this.config = config;
    this.firstStep = start.step();
  }

  /** Records a round. Time beyond the training time of its slowest worker counts as averaging. */
  void round(AveragingTrainer.Round round) throws IOException {
    long step = round.end().step();
    double seconds = secondsSinceLast();
    examples += round.examples();
    Map<String, Object> line = measurement(step, ROUND);
    line.put("split", "train");
    line.put("examples", round.end().examplesSeen());
    line.putAll(round.losses());
    line.put("gradient_norm", round.gradientNorm());
    line.put("learning_rate", config.learningRate().valueAt((int) step - 1, 0));
    line.put("examples_per_second", round.examples() / seconds);
    line.put("train_seconds", round.trainSeconds());
    line.put("loader_seconds", round.loaderSeconds());
    line.put("averaging_seconds", seconds - round.trainSeconds());
    line.put("bytes_moved", round.bytesMoved());
    line.put("skipped_rounds", round.end().skippedRounds());
    record(line);
    if (lastMeasurement - lastLine > PAUSE.toNanos() || step == config.numSteps()) {
      lastLine = lastMeasurement;
      metrics.flush();
      double left = secondsSinceStart() / (step - firstStep) * (config.numSteps() - step);
      LOG.info(
          "step {} of {}, losses {}, {} examples/s, {} left",
          step,
          config.numSteps(),
          format(round.losses()),
          Math.round(examples / secondsSinceStart()),
          duration(Math.round(left)));
    }
  }

  /** Records an evaluation on held-out examples. */
  void evaluation(long step, Map<String, Double> values) throws IOException {
    Map<String, Object> line = measurement(step, EVALUATION);
    line.put("split", "validation");
    line.putAll(values);
    line.put("evaluation_seconds", secondsSinceLast());
    record(line);
    metrics.flush();
    LOG.info("step {}, held out: {}", step, format(values));
  }

  /** Records that a checkpoint of a step's network was written. */
  void checkpoint(long step) {
    checkpoint(step, step, Map.of());
  }

  /** Records that the output was written after the last step, with the network of a saved step. */
  void output(long step, long savedStep) {
    checkpoint(step, savedStep, Map.of("saved_step", savedStep));
  }

  private void checkpoint(long step, long ofStep, Map<String, ?> more) {
    double seconds = secondsSinceLast();
    Map<String, Object> line = measurement(step, "checkpoint");
    line.putAll(more);
    line.put("checkpoint_seconds", seconds);
    record(line);
    LOG.info(
        "step {}: wrote a checkpoint of step {} in {} s",
        step,
        ofStep,
        String.format(Locale.ROOT, "%.1f", seconds));
  }

  private void record(Map<String, Object> line) {
    metrics.add(line);
    gauges.show((String) line.get("event"), line);
  }

  private static Map<String, Object> measurement(long step, String event) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("step", step);
    line.put("event", event);
    return line;
  }

  private double secondsSinceLast() {
    long now = System.nanoTime();
    double seconds = (now - lastMeasurement) * 1e-9;
    lastMeasurement = now;
    return seconds;
  }

  private double secondsSinceStart() {
    return (System.nanoTime() - started) * 1e-9;
  }

  /** The duration in its two largest units. */
  static String duration(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    } else if (seconds < 3600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    long hours = seconds / 3600;
    return hours < 24
        ? hours + " h " + seconds % 3600 / 60 + " min"
        : hours / 24 + " d " + hours % 24 + " h";
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
}

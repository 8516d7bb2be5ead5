package io.dialogbert.train;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * The latest measurements of training as gauges of Spark's metrics system, for whatever sinks it
 * has: the source {@code training} of the driver, with {@code EVENT.NAME} for each number of an
 * event, such as {@code round.mlm_loss}. A number that is not finite is NaN.
 */
final class TrainingGauges implements Source {
  private static final TrainingGauges GAUGES = new TrainingGauges();

  /** Where the gauges are registered. */
  private static SparkEnv registered;

  private final MetricRegistry registry = new MetricRegistry();
  private final Map<String, Double> latest = new ConcurrentHashMap<>();

  private TrainingGauges() {}

  /** The gauges of this process, which trains one network at a time. */
  static synchronized TrainingGauges ofDriver() {
    SparkEnv here = SparkEnv.get();
    if (here != null && here != registered) {
      here.metricsSystem().registerSource(GAUGES);
      registered = here;
    }
    return GAUGES;
  }

  @Override
  public String sourceName() {
    return "training";
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  /**
   * Shows the numbers of a measurement.
   *
   * @param event the measurement's kind, such as {@code round}
   */
  void show(String event, Map<String, ?> measurement) {
    measurement.forEach(
        (name, value) -> {
          if (value instanceof Number number) {
            String key = event + "." + name;
            latest.put(key, number.doubleValue());
            registry.gauge(key, () -> (Gauge<Double>) () -> latest.get(key));
          }
        });
  }
}

package io.dialogbert.frame;

import java.net.URI;
import java.net.URISyntaxException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.spark.util.Utils$;

/**
 * The pipeline's log settings, {@code conf/log4j2.properties}, for a driver that has none.
 * Otherwise {@code spark-submit} uses Spark's defaults, which bury a job's output under hundreds of
 * lines.
 */
final class Logs {
  private static final String SPARKS_DEFAULTS = "org/apache/spark/log4j2-defaults.properties";

  private Logs() {}

  /**
   * Applies the pipeline's settings, unless the user gave others: by {@code
   * log4j2.configurationFile}, or by a file on the class path such as that of {@code
   * $SPARK_CONF_DIR}.
   */
  static void configure() {
    // Spark sets logs up when it first logs. Under spark-submit, Spark 4 would do so once more, on
    // top of what follows.
    Utils$.MODULE$.initializeLogIfNecessary(false, true);
    if (LogManager.getContext(false) instanceof LoggerContext context
        && isDefault(context.getConfiguration())) {
      context.setConfigLocation(own());
    }
  }

  private static boolean isDefault(Configuration configuration) {
    String location = configuration.getConfigurationSource().getLocation();
    return configuration instanceof DefaultConfiguration
        || (location != null && location.endsWith(SPARKS_DEFAULTS));
  }

  private static URI own() {
    try {
      return Logs.class.getResource("log4j2.properties").toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.dialogbert.distill;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.builder.api.AppenderComponentBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.config.builder.impl.BuiltConfiguration;

/**
 * Everything that this JVM prints and logs until it is closed, logs in more detail than a run by
 * default shows.
 */
final class CapturedOutput implements AutoCloseable {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;

  CapturedOutput(Path logFile) {
    PrintStream captured = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(captured);
    System.setErr(captured);
    ConfigurationBuilder<BuiltConfiguration> builder =
        ConfigurationBuilderFactory.newConfigurationBuilder();
    AppenderComponentBuilder file =
        builder
            .newAppender("file", "File")
            .addAttribute("fileName", logFile.toString())
            .add(
                builder.newLayout("PatternLayout").addAttribute("pattern", "%p %c %m%n%throwable"));
    builder
        .add(file)
        .add(builder.newRootLogger(Level.INFO).add(builder.newAppenderRef("file")))
        .add(builder.newLogger("io.dialogbert", Level.DEBUG));
    Configurator.reconfigure(builder.build());
  }

  /** What was printed so far. */
  String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    System.setOut(out);
    System.setErr(err);
    // The configuration of the log4j2.configurationFile property again.
    Configurator.reconfigure();
  }
}

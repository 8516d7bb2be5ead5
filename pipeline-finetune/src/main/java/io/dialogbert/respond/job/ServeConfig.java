package io.dialogbert.respond.job;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.respond.http.HttpSettings;

/** Settings of {@link ServeJob}. */
public record ServeConfig(ResponderSettings responder, HttpSettings http) {
  private static final int MAX_PORT = 65_535;
  private static final int MAX_BODY = 1 << 24;

  static ServeConfig read(ConfigReader in) {
    ResponderSettings responder = ResponderSettings.read(in);
    return new ServeConfig(
        responder,
        new HttpSettings(
            in.string("host", "must be set", host -> !host.isBlank()),
            in.intBetween("port", 0, MAX_PORT),
            in.intBetween("max-body-bytes", 1, MAX_BODY),
            responder.maxCharacters(),
            in.intBetween("requests-per-minute", 1, 1_000_000),
            in.intBetween("max-concurrent", 1, 1000),
            in.duration("timeout")));
  }
}

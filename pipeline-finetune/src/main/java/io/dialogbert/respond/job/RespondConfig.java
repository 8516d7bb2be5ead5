package io.dialogbert.respond.job;

import io.dialogbert.frame.config.ConfigReader;

/**
 * Settings of {@link RespondJob}.
 *
 * @param lines to answer
 */
public record RespondConfig(ResponderSettings responder, LineSettings lines) {
  static RespondConfig read(ConfigReader in) {
    return new RespondConfig(ResponderSettings.read(in), LineSettings.read(in));
  }
}

package io.dialogbert.respond.job;

import io.dialogbert.frame.config.ConfigReader;
import java.util.List;

/**
 * Settings of {@link RespondJob}.
 *
 * @param line to answer
 * @param input files of lines to answer, if {@code line} is empty; without either, lines are read
 *     from standard input
 * @param lang of all lines; auto tells it by their letters
 */
public record RespondConfig(
    ResponderSettings responder, String line, List<String> input, String lang, Format format) {
  static final String AUTO = "auto";

  /** How answers are printed. */
  public enum Format {
    /** For people. */
    TEXT,
    /** An object a line. */
    JSON
  }

  static RespondConfig read(ConfigReader in) {
    return new RespondConfig(
        ResponderSettings.read(in),
        in.string("line"),
        in.optionalPaths("input"),
        in.string(
            "lang", "must be ko, ja or auto", lang -> List.of("ko", "ja", AUTO).contains(lang)),
        in.choice("format", Format.class));
  }
}

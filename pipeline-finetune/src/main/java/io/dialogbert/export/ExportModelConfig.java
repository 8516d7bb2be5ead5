package io.dialogbert.export;

import io.dialogbert.frame.config.ConfigReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Settings of {@link ExportModelJob}.
 *
 * @param checkpoint output directory of a job that trains networks
 * @param formats what is written
 * @param dataLicenses licenses and terms of the data that the network learned from, for the model
 *     card
 * @param python an interpreter that the Python tokenizer is compared in
 */
public record ExportModelConfig(
    String checkpoint,
    List<Format> formats,
    List<String> dataLicenses,
    Optional<String> python,
    String output) {

  /** What others read. */
  public enum Format {
    /** A directory for transformers: weights, configuration, tokenizer and model card. */
    HUGGINGFACE,
    /** A graph for ONNX Runtime and others. */
    ONNX;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static ExportModelConfig read(ConfigReader in) {
    ExportModelConfig config =
        new ExportModelConfig(
            in.path("checkpoint"),
            formats(in),
            in.strings("data-licenses"),
            in.optionalPath("python"),
            in.path("output"));
    if (config.dataLicenses().stream().allMatch(String::isBlank)) {
      in.problem(
          "data-licenses",
          "must name the license of each data set that the network learned from, for the model"
              + " card");
    }
    return config;
  }

  private static List<Format> formats(ConfigReader in) {
    List<String> names = in.strings("formats");
    List<Format> formats = new ArrayList<>();
    for (Format format : Format.values()) {
      if (names.contains(format.label())) {
        formats.add(format);
      }
    }
    if (formats.isEmpty() || formats.size() != names.size()) {
      in.problem("formats", "must be one or both of huggingface, onnx");
    }
    return formats;
  }
}

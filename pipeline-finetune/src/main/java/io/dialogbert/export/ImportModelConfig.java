package io.dialogbert.export;

import io.dialogbert.frame.config.ConfigReader;

/**
 * Settings of {@link ImportModelJob}.
 *
 * @param model directory with {@code config.json}, {@code model.safetensors} and {@code vocab.txt}
 */
public record ImportModelConfig(String model, String output) {
  static ImportModelConfig read(ConfigReader in) {
    return new ImportModelConfig(in.path("model"), in.path("output"));
  }
}

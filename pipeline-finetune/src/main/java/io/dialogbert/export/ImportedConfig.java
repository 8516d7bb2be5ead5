package io.dialogbert.export;

import com.fasterxml.jackson.databind.JsonNode;
import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;

/** The encoder that a {@code config.json} of Hugging Face describes. */
final class ImportedConfig {
  private static final int NUM_TURNS = 2;

  private ImportedConfig() {}

  /**
   * Reads the sizes.
   *
   * @param file its name, for messages
   * @return an encoder for the same number of token ids
   * @throws BadInputException if it is not of a BERT as this project computes it; names the field
   */
  static EncoderConfig of(JsonNode config, String file) {
    require(config, file, "model_type", "bert", "");
    require(config, file, "hidden_act", "gelu", "gelu");
    require(config, file, "position_embedding_type", "absolute", "absolute");
    require(config, file, "is_decoder", "false", "false");
    require(config, file, "type_vocab_size", "2", "");
    try {
      return new EncoderConfig(
          size(config, file, "hidden_size"),
          size(config, file, "num_hidden_layers"),
          size(config, file, "num_attention_heads"),
          size(config, file, "intermediate_size"),
          size(config, file, "vocab_size"),
          size(config, file, "max_position_embeddings"),
          2,
          NUM_TURNS,
          config.path("hidden_dropout_prob").asDouble(0.1),
          config.path("attention_probs_dropout_prob").asDouble(0.1),
          config.path("initializer_range").asDouble(0.02),
          config.path("layer_norm_eps").asDouble(1e-12));
    } catch (IllegalArgumentException e) {
      throw new BadInputException(file + ": " + e.getMessage(), e);
    }
  }

  private static void require(
      JsonNode config, String file, String field, String expected, String absent) {
    String value = config.path(field).asText(absent);
    if (!value.equals(expected)) {
      throw new BadInputException(
          "%s: %s must be %s, is %s; only BERT itself is imported"
              .formatted(file, field, expected, value.isEmpty() ? "missing" : value));
    }
  }

  private static int size(JsonNode config, String file, String field) {
    if (!config.path(field).canConvertToInt()) {
      throw new BadInputException(file + ": " + field + " must be a whole number");
    }
    return config.path(field).asInt();
  }
}

package io.dialogbert.text;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.common.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The file {@code tokenizer.json}, which makes a SentencePiece model a tokenizer.
 *
 * @param settings how text is cut
 * @param vocabSize number of pieces of the model
 * @param modelSha256 SHA-256 of the model file, in hex
 */
record TokenizerFile(TokenizerSettings settings, int vocabSize, String modelSha256) {
  static final String NAME = "tokenizer.json";

  private static final int FORMAT_VERSION = 1;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  byte[] toBytes() {
    ObjectNode json = JSON.createObjectNode();
    json.put("format_version", FORMAT_VERSION);
    json.put("method", settings.method().label());
    json.putObject("normalization").put("max_repeats", settings.normalizer().maxRepeats());
    json.set("special_tokens", JSON.valueToTree(SpecialTokens.ALL));
    json.set("user_symbols", JSON.valueToTree(settings.userSymbols()));
    json.put("vocab_size", vocabSize);
    json.put("model_sha256", modelSha256);
    return (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads the file.
   *
   * @throws BadInputException naming the field if one is missing or wrong
   */
  static TokenizerFile parse(byte[] bytes) {
    JsonNode json;
    try {
      json = JSON.readTree(bytes);
    } catch (IOException e) {
      // Not the cause's message: it quotes the file.
      throw invalid("must be JSON");
    }
    int version = json.path("format_version").asInt();
    if (version != FORMAT_VERSION) {
      throw invalid("format_version must be " + FORMAT_VERSION + ", but is " + version);
    }
    if (!strings(json, "special_tokens").equals(SpecialTokens.ALL)) {
      throw invalid("special_tokens must be " + SpecialTokens.ALL);
    }
    try {
      return new TokenizerFile(
          new TokenizerSettings(
              method(json.path("method").asText()),
              new Normalizer(json.at("/normalization/max_repeats").asInt()),
              strings(json, "user_symbols")),
          json.path("vocab_size").asInt(),
          json.path("model_sha256").asText());
    } catch (IllegalArgumentException e) {
      throw invalid(e.getMessage());
    }
  }

  private static TokenizerMethod method(String label) {
    List<TokenizerMethod> methods = List.of(TokenizerMethod.values());
    return methods.stream()
        .filter(method -> method.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                invalid(
                    "method must be one of "
                        + methods.stream().map(TokenizerMethod::label).toList()));
  }

  private static List<String> strings(JsonNode json, String field) {
    JsonNode array = json.path(field);
    List<String> strings = new ArrayList<>();
    array.forEach(element -> strings.add(element.asText()));
    if (!array.isArray()) {
      throw invalid(field + " must be a list of strings");
    }
    return strings;
  }

  private static BadInputException invalid(String rule) {
    return new BadInputException(NAME + ": " + rule + "; train the tokenizer anew");
  }
}

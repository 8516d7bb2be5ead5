package io.dialogbert.text;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.common.BadInputException;
import io.dialogbert.text.morpheme.MecabDictionary;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.WordMark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The file {@code tokenizer.json}, which turns a vocabulary into a tokenizer.
 *
 * @param settings how text is cut
 * @param spareTokens the vocabulary's last pieces, which text never produces
 * @param vocabSize number of pieces
 * @param vocabularySha256 SHA-256 of the vocabulary file, in hex
 */
record TokenizerFile(
    TokenizerSettings settings, List<String> spareTokens, int vocabSize, String vocabularySha256) {
  static final String NAME = "tokenizer.json";

  private static final int FORMAT_VERSION = 3;

  /** The last version without spare tokens; still read. */
  private static final int WITHOUT_SPARE_TOKENS = 2;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  byte[] toBytes() {
    ObjectNode json = JSON.createObjectNode();
    json.put("format_version", FORMAT_VERSION);
    json.put("method", settings.method().label());
    json.putObject("normalization")
        .put("max_repeats", settings.normalizer().maxRepeats())
        .put("lower_case", settings.normalizer().lowerCase());
    json.set("special_tokens", JSON.valueToTree(SpecialTokens.ALL));
    json.set("spare_tokens", JSON.valueToTree(spareTokens));
    json.set("user_symbols", JSON.valueToTree(settings.userSymbols()));
    ObjectNode dictionaries = json.putObject("mecab_dictionaries");
    new TreeMap<>(settings.dictionaries())
        .forEach(
            (lang, dictionary) ->
                dictionaries
                    .putObject(lang)
                    .put("path", dictionary.path())
                    .put("sha256", dictionary.sha256()));
    json.put("vocab_size", vocabSize);
    json.put("vocabulary_sha256", vocabularySha256);
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
      // The cause's message is left out: it quotes the file.
      throw invalid("must be JSON");
    }
    int version = json.path("format_version").asInt();
    if (version != FORMAT_VERSION && version != WITHOUT_SPARE_TOKENS) {
      throw invalid(
          "format_version must be %d or %d, but is %d"
              .formatted(WITHOUT_SPARE_TOKENS, FORMAT_VERSION, version));
    }
    if (!strings(json, "special_tokens").equals(SpecialTokens.ALL)) {
      throw invalid("special_tokens must be " + SpecialTokens.ALL);
    }
    try {
      return new TokenizerFile(
          new TokenizerSettings(
              method(json.path("method").asText()),
              new Normalizer(
                  json.at("/normalization/max_repeats").asInt(),
                  json.at("/normalization/lower_case").asBoolean()),
              strings(json, "user_symbols"),
              dictionaries(json.path("mecab_dictionaries"))),
          version == WITHOUT_SPARE_TOKENS ? List.of() : strings(json, "spare_tokens"),
          json.path("vocab_size").asInt(),
          json.path("vocabulary_sha256").asText());
    } catch (IllegalArgumentException e) {
      throw invalid(e.getMessage());
    }
  }

  private static Map<String, MecabDictionary> dictionaries(JsonNode json) {
    Map<String, MecabDictionary> dictionaries = new HashMap<>();
    json.properties()
        .forEach(
            field ->
                dictionaries.put(
                    field.getKey(),
                    new MecabDictionary(
                        field.getValue().path("path").asText(),
                        field.getValue().path("sha256").asText())));
    return dictionaries;
  }

  /** The pieces of the user symbols. */
  List<String> symbolPieces() {
    WordMark mark = settings.method().wordMark();
    return settings.userSymbols().stream()
        .flatMap(symbol -> mark.formsOfSymbol(symbol).stream())
        .toList();
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

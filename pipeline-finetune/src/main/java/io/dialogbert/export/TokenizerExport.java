package io.dialogbert.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.Resources;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.sample.SampleConfig;
import io.dialogbert.sample.SampleCorpus;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.io.FileUtils;

/**
 * A tokenizer as transformers loads it: the vocabulary, our settings under a name that is not its
 * own, and a Python class that cuts texts as we do.
 */
final class TokenizerExport {
  static final List<String> RESOURCES = List.of("tokenization_dialogbert.py", "encode_lines.py");

  private static final String CLASS_FILE = RESOURCES.get(0);
  private static final String CHECK_FILE = RESOURCES.get(1);
  private static final String DICTIONARIES = "mecab_dictionaries";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Number of made-up messages that the two tokenizers are compared on. */
  private static final int NUM_COMPARED = 10_000;

  private static final double JAPANESE_RATIO = 0.2;

  private final SerializedTokenizer tokenizer;
  private final EncoderConfig encoder;
  private final Optional<TaskSpec> spec;

  TokenizerExport(SerializedTokenizer tokenizer, EncoderConfig encoder, Optional<TaskSpec> spec) {
    this.tokenizer = tokenizer;
    this.encoder = encoder;
    this.spec = spec;
  }

  /**
   * How well the Python class agrees with our tokenizer.
   *
   * @param texts number of texts that both cut
   * @param equal of these, those that give the same ids
   */
  record Agreement(int texts, int equal) {}

  /** Contents of the files by name. */
  Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(SerializedTokenizer.vocabularyName(tokenizer.settings()), tokenizer.vocabulary());
    files.put("dialogbert_" + SerializedTokenizer.SETTINGS_NAME, bytes(settings()));
    files.put("tokenizer_config.json", bytes(config()));
    files.put(CLASS_FILE, resource(CLASS_FILE));
    return files;
  }

  /** Our settings without the paths of dictionaries, which hold on this machine alone. */
  private ObjectNode settings() {
    try {
      ObjectNode settings = (ObjectNode) JSON.readTree(tokenizer.settings());
      for (JsonNode dictionary : settings.path(DICTIONARIES)) {
        ((ObjectNode) dictionary).remove("path");
      }
      return settings;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How text is cut. */
  String method() {
    return settings().path("method").asText();
  }

  /** Whether texts are cut into morphemes by MeCab. */
  boolean usesMorphemes() {
    return method().startsWith("morpheme");
  }

  /** Whether Korean texts are cut with the dictionary that the program bundles. */
  boolean usesBundledKorean() {
    return usesMorphemes() && !settings().path(DICTIONARIES).has("ko");
  }

  private ObjectNode config() {
    Layout layout =
        spec.map(TaskSpec::layout)
            .orElse(
                new Layout(encoder.maxPositionEmbeddings(), encoder.maxPositionEmbeddings(), true));
    ObjectNode config = JSON.createObjectNode();
    config.put("tokenizer_class", "DialogBertTokenizer");
    config
        .putObject("auto_map")
        .putArray("AutoTokenizer")
        .add("tokenization_dialogbert.DialogBertTokenizer")
        .addNull();
    config.put(
        "model_max_length", Math.min(layout.maxSequenceLength(), encoder.maxPositionEmbeddings()));
    config.put("truncation_side", layout.keepsEnd() ? "left" : "right");
    config
        .putObject("layout")
        .put("max_sequence_length", layout.maxSequenceLength())
        .put("max_turns", layout.maxTurns())
        .put("keeps_end", layout.keepsEnd())
        .put("marks_shared", layout.marksShared())
        .put("num_segments", encoder.typeVocabSize())
        .put("lines_are_turns", spec.isPresent() && spec.get().kind().hasContext());
    return config;
  }

  /**
   * Cuts made-up messages with both tokenizers.
   *
   * @param python an interpreter that has what the class needs
   * @throws BadConfigException if it fails; with its last line
   */
  Agreement compare(Path python) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("dialogbert-export");
    try {
      for (Map.Entry<String, byte[]> file : files().entrySet()) {
        Files.write(directory.resolve(file.getKey()), file.getValue());
      }
      Files.write(directory.resolve(CHECK_FILE), resource(CHECK_FILE));
      List<String> lines = new ArrayList<>();
      List<int[]> ours = new ArrayList<>();
      for (Iterator<String> all = madeUp(); all.hasNext(); ) {
        JsonNode message = JSON.readTree(all.next());
        String lang = message.path("lang").asText();
        String text = message.path("text").asText();
        lines.add(JSON.writeValueAsString(List.of(lang, text)));
        ours.add(tokenizer.tokenizer().encode(text, lang));
      }
      Path in = Files.write(directory.resolve("lines"), lines);
      Path out = directory.resolve("ids");
      Process process =
          new ProcessBuilder(
                  python.toString(), directory.resolve(CHECK_FILE).toString(), directory.toString())
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(directory.resolve("errors").toFile())
              .start();
      if (process.waitFor() != 0) {
        List<String> errors = Files.readAllLines(directory.resolve("errors"));
        throw new BadConfigException(
            "export-model.python = "
                + python
                + " must have the packages that docs/export.md names, but ended with "
                + (errors.isEmpty() ? process.exitValue() : errors.get(errors.size() - 1)));
      }
      return agreement(ours, Files.readAllLines(out));
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static Iterator<String> madeUp() {
    return new SampleCorpus(new SampleConfig(NUM_COMPARED, 1, JAPANESE_RATIO, 1, 0)).lines(0);
  }

  private static Agreement agreement(List<int[]> ours, List<String> theirs)
      throws JsonProcessingException {
    int equal = 0;
    for (int i = 0; i < ours.size(); i++) {
      if (Arrays.equals(ours.get(i), JSON.readValue(theirs.get(i), int[].class))) {
        equal++;
      }
    }
    return new Agreement(ours.size(), equal);
  }

  private static byte[] bytes(ObjectNode json) {
    return (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] resource(String name) {
    try (InputStream in = TokenizerExport.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Identifies the files of the class path that an export depends on. */
  static String fingerprint() {
    return Resources.fingerprint(TokenizerExport.class, RESOURCES);
  }
}

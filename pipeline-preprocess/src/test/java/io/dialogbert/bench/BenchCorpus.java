package io.dialogbert.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.sample.SampleConfig;
import io.dialogbert.sample.SampleCorpus;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.segment.TrainingSegmenter;
import io.dialogbert.text.train.TrainerConfig;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * The messages to measure with: those of the file named by the environment variable
 * DIALOGBERT_MESSAGES, else made-up ones.
 */
final class BenchCorpus {
  /** The jobs' default normalizer. */
  static final Normalizer NORMALIZER = new Normalizer(2, false);

  private static final SampleConfig MADE_UP = new SampleConfig(300_000, 1, 0.15, 1, 0);

  private record Message(String lang, String text, boolean heldOut) {}

  private final List<Message> messages = new ArrayList<>();
  private final int vocabSize;

  private BenchCorpus(int vocabSize) {
    this.vocabSize = vocabSize;
  }

  static BenchCorpus read() throws IOException {
    String file = System.getenv("DIALOGBERT_MESSAGES");
    // Made-up messages have fewer morphemes.
    BenchCorpus corpus = new BenchCorpus(file == null ? 3_000 : 8_000);
    if (file == null) {
      corpus.addAll(new SampleCorpus(MADE_UP).lines(0));
    } else {
      try (BufferedReader lines = open(Path.of(file))) {
        corpus.addAll(lines.lines().iterator());
      }
    }
    return corpus;
  }

  /** The lines of a file in UTF-8, gzipped or not. */
  static BufferedReader open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    in.mark(2);
    boolean gzipped = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return new BufferedReader(
        new InputStreamReader(gzipped ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8));
  }

  private void addAll(Iterator<String> lines) throws IOException {
    ObjectMapper json = new ObjectMapper();
    while (lines.hasNext()) {
      JsonNode row = json.readTree(lines.next());
      String text = NORMALIZER.normalize(row.path("text").asText());
      if (!text.isEmpty()) {
        boolean heldOut = (row.path("conversation_id").asText().hashCode() & 1) == 1;
        messages.add(new Message(row.path("lang").asText(), text, heldOut));
      }
    }
  }

  /** A vocabulary size for which the text of either language is enough. */
  int vocabSize() {
    return vocabSize;
  }

  /** The normalized texts of half of a language's conversations. */
  List<String> training(String lang) {
    return texts(lang, false);
  }

  /** Those of the other half. */
  List<String> heldOut(String lang) {
    return texts(lang, true);
  }

  private List<String> texts(String lang, boolean heldOut) {
    return messages.stream()
        .filter(message -> message.lang().equals(lang) && message.heldOut() == heldOut)
        .map(Message::text)
        .toList();
  }

  /** Number of occurrences of each segment in some texts. */
  static Map<String, Long> counts(List<String> texts, String lang, TokenizerSettings settings) {
    TrainingSegmenter segmenter = settings.trainingSegmenter();
    Map<String, Long> counts = new HashMap<>();
    for (String text : texts) {
      segmenter.segments(text, lang).forEach(segment -> counts.merge(segment, 1L, Long::sum));
    }
    return counts;
  }

  /** The default settings of the train-tokenizer job. */
  static TrainerConfig trainer(int vocabSize, boolean byteFallback) {
    return new TrainerConfig(
        vocabSize,
        16,
        0.9995,
        byteFallback,
        List.of(),
        new TrainerConfig.Unigram(1_000_000, 0.75, 2));
  }
}

package io.dialogbert.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.BreakIterator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Public texts as raw messages: Korean ones of two domains with about the same number of characters
 * each, dialogues and written documents; and Japanese captions. A document becomes a conversation,
 * a sentence a turn.
 */
final class DomainCorpora {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant START = Instant.parse("2020-01-01T00:00:00Z");

  private record Document(String source, List<String> sentences) {}

  private DomainCorpora() {}

  /**
   * Writes {@code dialogue.jsonl.gz} and {@code written.jsonl.gz}, unless they exist.
   *
   * @param data holds {@code messages/messages.jsonl.gz}, raw messages in the README's format;
   *     {@code kobest/BoolQ_train.tsv} (KoBEST); {@code korquad/*.json.gz} (KorQuAD 1.0); and
   *     {@code petitions/*.jsonl.gz} (lovit/petitions_archive)
   */
  static void write(Path data, Path raw) throws IOException {
    Path dialogue = raw.resolve("dialogue.jsonl.gz");
    Path written = raw.resolve("written.jsonl.gz");
    if (Files.exists(dialogue) && Files.exists(written)) {
      return;
    }
    Files.createDirectories(raw);
    List<String> lines = new ArrayList<>();
    long characters = 0;
    try (BufferedReader messages = BenchCorpus.open(data.resolve("messages/messages.jsonl.gz"))) {
      for (String line = messages.readLine(); line != null; line = messages.readLine()) {
        JsonNode message = JSON.readTree(line);
        if (message.path("lang").asText().equals("ko")) {
          lines.add(line);
          characters += message.path("text").asText().length();
        }
      }
    }
    write(dialogue, lines);
    write(written, messages(documents(data), "ko", characters));
  }

  /**
   * Writes the captions that JSTS is learned from, unless the file exists: each pair as a dialogue
   * of two turns.
   *
   * @param data holds {@code jglue/jsts_train-v1.3.json.gz} (JGLUE)
   */
  static void writeCaptions(Path data, Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    Files.createDirectories(file.getParent());
    List<Document> pairs = new ArrayList<>();
    try (BufferedReader in = BenchCorpus.open(data.resolve("jglue/jsts_train-v1.3.json.gz"))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode pair = JSON.readTree(line);
        pairs.add(
            new Document(
                "jsts", List.of(pair.path("sentence1").asText(), pair.path("sentence2").asText())));
      }
    }
    write(file, messages(pairs, "ja", Long.MAX_VALUE));
  }

  /** Writes the file atomically, because an existing file is taken as done. */
  private static void write(Path file, List<String> lines) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (BufferedWriter out =
        new BufferedWriter(
            new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(part)), StandardCharsets.UTF_8))) {
      for (String line : lines) {
        out.write(line);
        out.write('\n');
      }
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The encyclopedia's paragraphs and articles, then petitions. */
  private static List<Document> documents(Path data) throws IOException {
    List<Document> documents = new ArrayList<>();
    // A paragraph is repeated for each of its questions.
    Set<String> paragraphs = new LinkedHashSet<>();
    try (Stream<String> rows = Files.lines(data.resolve("kobest/BoolQ_train.tsv"))) {
      rows.skip(1).forEach(row -> paragraphs.add(row.split("\t", -1)[1]));
    }
    paragraphs.forEach(text -> documents.add(new Document("boolq", sentences(text))));
    for (Path file : files(data.resolve("korquad"), ".json.gz")) {
      try (BufferedReader in = BenchCorpus.open(file)) {
        for (JsonNode article : JSON.readTree(in).path("data")) {
          List<String> sentences = new ArrayList<>();
          for (JsonNode paragraph : article.path("paragraphs")) {
            sentences.addAll(sentences(paragraph.path("context").asText()));
          }
          documents.add(new Document("korquad", sentences));
        }
      }
    }
    for (Path file : files(data.resolve("petitions"), ".jsonl.gz")) {
      try (BufferedReader in = BenchCorpus.open(file)) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          String content = JSON.readTree(line).path("content").asText();
          documents.add(new Document("petitions", sentences(content)));
        }
      }
    }
    return documents;
  }

  private static List<Path> files(Path directory, String ending) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  /** The sentences of a text, without surrounding white space. */
  static List<String> sentences(String text) {
    List<String> sentences = new ArrayList<>();
    for (String line : text.lines().toList()) {
      BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.KOREAN);
      breaks.setText(line);
      int from = 0;
      for (int to = breaks.next(); to != BreakIterator.DONE; to = breaks.next()) {
        String sentence = line.substring(from, to).strip();
        if (!sentence.isEmpty()) {
          sentences.add(sentence);
        }
        from = to;
      }
    }
    return sentences;
  }

  /**
   * The documents' sentences as messages of two alternating senders, up to a number of characters.
   */
  private static List<String> messages(List<Document> documents, String lang, long characters) {
    List<String> lines = new ArrayList<>();
    long left = characters;
    for (int d = 0; d < documents.size() && left > 0; d++) {
      Document document = documents.get(d);
      String conversation = document.source() + "-" + d;
      for (int s = 0; s < document.sentences().size(); s++) {
        String sentence = document.sentences().get(s);
        left -= sentence.length();
        lines.add(
            JSON.createObjectNode()
                .put("conversation_id", conversation)
                .put("message_id", s)
                .put("sender_id", conversation + (s % 2 == 0 ? "-a" : "-b"))
                .put("sent_at", START.plusSeconds(s).toString())
                .put("lang", lang)
                .put("text", sentence)
                .put("source", document.source())
                .toString());
      }
    }
    return lines;
  }
}

package io.dialogbert.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.common.BadInputException;
import io.dialogbert.text.SentencePieceModel;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.train.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Unigram models against the official SentencePiece: whether each reads the other's, how well they
 * predict text, and the cost of training.
 */
final class VocabularyBench {
  private static final List<TokenizerMethod> METHODS =
      List.of(TokenizerMethod.SUBWORD, TokenizerMethod.MORPHEME_SUBWORD);
  private static final int NUM_LINES = 20_000;
  private static final int NUM_WORDS = 5_000_000;
  private static final double MAX_MEMORY = 4096;

  private final BenchReport report = new BenchReport("vocabulary");
  private final BenchDirectory directory;
  private final BenchCorpus corpus;

  private VocabularyBench(BenchDirectory directory, BenchCorpus corpus) {
    this.directory = directory;
    this.corpus = corpus;
  }

  public static void main(String[] args) throws IOException {
    int status;
    try (BenchDirectory directory = new BenchDirectory()) {
      status = new VocabularyBench(directory, BenchCorpus.read()).measure();
    }
    System.exit(status);
  }

  private int measure() throws IOException {
    for (TokenizerMethod method : METHODS) {
      TokenizerSettings settings = new TokenizerSettings(method, BenchCorpus.NORMALIZER, List.of());
      Map<String, Long> counts = BenchCorpus.counts(corpus.training("ko"), "ko", settings);
      compareIds(settings, counts, false);
      compareIds(settings, counts, true);
      compareQuality(settings, counts, corpus.vocabSize());
      compareQuality(settings, counts, 30_000);
    }
    compareCost();
    return report.print();
  }

  private void compareIds(
      TokenizerSettings settings, Map<String, Long> counts, boolean byteFallback)
      throws IOException {
    String what = settings.method() + (byteFallback ? ", bytes" : "");
    TrainerConfig config = BenchCorpus.trainer(corpus.vocabSize(), byteFallback);
    List<Piece> ours = settings.method().trainer(config).train(counts);
    SerializedTokenizer tokenizer = SerializedTokenizer.of(ours, settings);
    Path ourModel = directory.write("ours.model", tokenizer.vocabulary());
    report.add(
        what + ", our model there: same ids",
        sameInPercent(settings, tokenizer.tokenizer(), ourModel, id -> id),
        "% of lines",
        100.0,
        null);
    // Our special tokens take the place of its one unknown token.
    int shift = SpecialTokens.ALL.size() - 1;
    SentencePieceModel theirs =
        official(settings, counts, config.vocabSize() - shift, byteFallback);
    Tokenizer adopted = SerializedTokenizer.of(theirs.adopt(config), settings).tokenizer();
    report.add(
        what + ", its model here: same ids",
        sameInPercent(
            settings,
            adopted,
            directory.file("official.model"),
            id -> id == 0 ? SpecialTokens.UNK : id + shift),
        "% of lines",
        100.0,
        null);
  }

  /**
   * Percentage of lines that get the same ids on both sides.
   *
   * @param ourId our id for each of theirs
   */
  private double sameInPercent(
      TokenizerSettings settings, Tokenizer tokenizer, Path model, IntUnaryOperator ourId)
      throws IOException {
    List<String> texts = corpus.heldOut("ko").stream().limit(NUM_LINES).toList();
    List<String> lines =
        settings.method().usesMorphemes()
            ? texts.stream()
                .map(text -> String.join("\t", settings.trainingSegmenter().segments(text, "ko")))
                .toList()
            : texts;
    Path ids = directory.file("ids.txt");
    try (BenchProcess peer = peer()) {
      Path file = directory.write("lines.txt", lines);
      ask(peer, "encode", model.toString(), file.toString(), ids.toString());
    }
    List<String> theirs = Files.readAllLines(ids);
    int same = 0;
    for (int i = 0; i < texts.size(); i++) {
      int[] mapped =
          Arrays.stream(theirs.get(i).split(" "))
              .mapToInt(id -> ourId.applyAsInt(Integer.parseInt(id)))
              .toArray();
      if (Arrays.equals(tokenizer.encode(texts.get(i), "ko"), mapped)) {
        same++;
      }
    }
    return 100.0 * same / texts.size();
  }

  private void compareQuality(TokenizerSettings settings, Map<String, Long> counts, int numPieces)
      throws IOException {
    List<Piece> ours;
    try {
      ours =
          settings
              .method()
              .trainer(BenchCorpus.trainer(numPieces + SpecialTokens.ALL.size(), false))
              .train(counts);
    } catch (BadInputException e) {
      System.err.printf("%s, %d pieces: %s%n", settings.method(), numPieces, e.getMessage());
      return;
    }
    UnigramQuality our = new UnigramQuality(ours);
    UnigramQuality their =
        new UnigramQuality(official(settings, counts, numPieces + 1, false).pieces());
    double[] ourSums = new double[2];
    double[] theirSums = new double[2];
    double numCharacters = 0;
    double numLeftOut = 0;
    for (Map.Entry<String, Long> entry :
        BenchCorpus.counts(corpus.heldOut("ko"), "ko", settings).entrySet()) {
      UnigramQuality.Result a = our.measure(entry.getKey());
      UnigramQuality.Result b = their.measure(entry.getKey());
      double size = entry.getValue() * entry.getKey().length();
      // Characters too rare to be pieces say nothing about the training.
      if (Double.isInfinite(a.logLikelihood()) || Double.isInfinite(b.logLikelihood())) {
        numLeftOut += size;
        continue;
      }
      numCharacters += size;
      ourSums[0] += entry.getValue() * a.numTokens();
      ourSums[1] -= entry.getValue() * a.logLikelihood();
      theirSums[0] += entry.getValue() * b.numTokens();
      theirSums[1] -= entry.getValue() * b.logLikelihood();
    }
    String what = "%s, %d pieces: ".formatted(settings.method(), numPieces);
    report.add(what + "tokens, ours", ourSums[0] / numCharacters, "1/character");
    report.add(what + "tokens, official over ours", theirSums[0] / ourSums[0], "x", 0.995, null);
    report.add(what + "negative log-likelihood, ours", ourSums[1] / numCharacters, "nats/char.");
    report.add(
        what + "negative log-likelihood, official over ours",
        theirSums[1] / ourSums[1],
        "x",
        0.995,
        null);
    report.add(
        what + "held-out text left out", 100 * numLeftOut / (numLeftOut + numCharacters), "%");
  }

  private void compareCost() throws IOException {
    Path table = directory.file("words.tsv");
    PseudoWords.write(table, NUM_WORDS);
    Path model = directory.file("large.model");
    double ourSeconds;
    double ourMemory;
    // The heap leaves room for the JVM's other memory.
    List<String> jvm = List.of("-Xmx3400m", "-XX:+UseParallelGC");
    try (BenchProcess ours =
        BenchProcess.java(List.of(), jvm, TrainWorker.class, table, 30_000, model)) {
      ourSeconds = Double.parseDouble(ours.ask("train"));
      ourMemory = ours.peakMemory();
    }
    System.err.printf("5 million words: ours %.0f s, %.0f MiB%n", ourSeconds, ourMemory);
    try (BenchProcess peer = peer()) {
      double seconds =
          Double.parseDouble(
              ask(peer, "train", table.toString(), model.toString(), 30_000, false, false));
      System.err.printf("5 million words: official %.0f s%n", seconds);
      report.add("5 million words: official over ours, time", seconds / ourSeconds, "x", null, 1.0);
      report.add("5 million words: official, time", seconds, "s");
      report.add("5 million words: official, peak resident memory", peer.peakMemory(), "MiB");
    }
    report.add("5 million words: ours, time", ourSeconds, "s");
    report.add("5 million words: ours, peak resident memory", ourMemory, "MiB");
    report.add("5 million words: 4 GiB over our memory", MAX_MEMORY / ourMemory, "x", 1.0, null);
  }

  private SentencePieceModel official(
      TokenizerSettings settings, Map<String, Long> counts, int vocabSize, boolean byteFallback)
      throws IOException {
    boolean wholeTexts = !settings.method().usesMorphemes();
    // The official trainer adds the mark before whole texts itself.
    Path table =
        directory.write(
            "counts.tsv",
            counts.entrySet().stream()
                .map(
                    entry -> entry.getKey().substring(wholeTexts ? 1 : 0) + "\t" + entry.getValue())
                .toList());
    Path model = directory.file("official.model");
    try (BenchProcess peer = peer()) {
      ask(peer, "train", table.toString(), model.toString(), vocabSize, byteFallback, wholeTexts);
    }
    return SentencePieceModel.parse(Files.readAllBytes(model));
  }

  private static BenchProcess peer() throws IOException {
    return BenchProcess.python(List.of(), "vocabulary_peer.py");
  }

  private static String ask(BenchProcess peer, Object... request) throws IOException {
    return peer.ask(new ObjectMapper().writeValueAsString(request));
  }
}

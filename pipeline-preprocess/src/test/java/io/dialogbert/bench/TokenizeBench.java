package io.dialogbert.bench;

import io.dialogbert.text.Piece;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.TrainingSegmenter;
import io.dialogbert.text.morpheme.MecabDictionary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How fast one core cuts messages into ids, against MeCab-ko and SentencePiece from Python, and how
 * often our morphemes are MeCab's. Both sides get normalized texts; ours normalizes them again.
 */
final class TokenizeBench {
  private static final int TURNS = 5;
  private static final List<String> JVM = List.of("-Xmx512m", "-XX:+UseSerialGC");

  private final BenchReport report = new BenchReport("tokenize");
  private final BenchDirectory directory;
  private final BenchCorpus corpus;

  private TokenizeBench(BenchDirectory directory, BenchCorpus corpus) {
    this.directory = directory;
    this.corpus = corpus;
  }

  public static void main(String[] args) throws IOException {
    int status;
    try (BenchDirectory directory = new BenchDirectory()) {
      status = new TokenizeBench(directory, BenchCorpus.read()).measure();
    }
    System.exit(status);
  }

  private int measure() throws IOException {
    List<String> texts = corpus.heldOut("ko");
    Path file = directory.write("ko.txt", texts);
    Trained trained = train("ko", TokenizerMethod.MORPHEME_SUBWORD);
    try (BenchProcess ours = worker(file, "ko", trained);
        BenchProcess peer =
            BenchProcess.python(
                BenchProcess.oneCore(), "tokenize_peer.py", file, trained.vocabulary())) {
      compareSpeed(texts, ours, peer);
      compareMorphemes(texts, peer);
    }
    for (TokenizerMethod method : TokenizerMethod.values()) {
      if (method != TokenizerMethod.MORPHEME_SUBWORD) {
        measureAlone("ko", method);
      }
    }
    measureAlone("ja", TokenizerMethod.MORPHEME_SUBWORD);
    measureAlone("ja", TokenizerMethod.SUBWORD);
    return report.print();
  }

  private void compareSpeed(List<String> texts, BenchProcess ours, BenchProcess peer)
      throws IOException {
    List<Double> ourSeconds = new ArrayList<>();
    List<Double> peerSeconds = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    pass(ours);
    pass(peer);
    for (int turn = 0; turn < TURNS; turn++) {
      ourSeconds.add(pass(ours));
      peerSeconds.add(pass(peer));
      ratios.add(peerSeconds.get(turn) / ourSeconds.get(turn));
      System.err.printf(
          Locale.ROOT,
          "Korean, one core: ours %.2f s, Python %.2f s%n",
          ourSeconds.get(turn),
          peerSeconds.get(turn));
    }
    report.add("ko, morpheme+subword, ours over Python", median(ratios), "x", 1.0, 2.0);
    addRates("ko, morpheme+subword, Python", texts, median(peerSeconds));
    addRates("ko, morpheme+subword", texts, median(ourSeconds));
    report.add("peak resident memory, ours", ours.peakMemory(), "MiB");
    report.add("peak resident memory, Python", peer.peakMemory(), "MiB");
  }

  private void compareMorphemes(List<String> texts, BenchProcess peer) throws IOException {
    Path file = directory.file("morphemes.txt");
    peer.ask("morphemes " + file);
    List<List<String>> theirs =
        Files.readAllLines(file).stream().map(line -> Arrays.asList(line.split("\t"))).toList();
    MorphemeDifferences bundled = differences(texts, theirs, Map.of());
    bundled.print();
    report.add("same morphemes as MeCab, our dictionary", bundled.sameInPercent(), "%", null, 98.0);
    MorphemeDifferences own =
        differences(texts, theirs, Map.of("ko", MecabDictionary.in(peer.greeting())));
    own.print();
    report.add("same morphemes as MeCab, its dictionary", own.sameInPercent(), "%", 98.0, 100.0);
  }

  private static MorphemeDifferences differences(
      List<String> texts, List<List<String>> theirs, Map<String, MecabDictionary> dictionaries) {
    TrainingSegmenter segmenter =
        new TokenizerSettings(
                TokenizerMethod.MORPHEME, BenchCorpus.NORMALIZER, List.of(), dictionaries)
            .trainingSegmenter();
    MorphemeDifferences differences = new MorphemeDifferences();
    for (int i = 0; i < texts.size(); i++) {
      differences.add(segmenter.segments(texts.get(i), "ko"), theirs.get(i));
    }
    return differences;
  }

  private void measureAlone(String lang, TokenizerMethod method) throws IOException {
    List<String> texts = corpus.heldOut(lang);
    Path file = directory.write(lang + ".txt", texts);
    try (BenchProcess worker = worker(file, lang, train(lang, method))) {
      pass(worker);
      List<Double> seconds = new ArrayList<>();
      for (int turn = 0; turn < TURNS; turn++) {
        seconds.add(pass(worker));
      }
      addRates(lang + ", " + method, texts, median(seconds));
    }
  }

  /** The files of a tokenizer. */
  private record Trained(Path vocabulary, Path settings) {}

  private Trained train(String lang, TokenizerMethod method) throws IOException {
    TokenizerSettings settings =
        new TokenizerSettings(method, BenchCorpus.NORMALIZER, List.of());
    Map<String, Long> counts = BenchCorpus.counts(corpus.training(lang), lang, settings);
    List<Piece> pieces = method.trainer(BenchCorpus.trainer(8_000, false)).train(counts);
    SerializedTokenizer tokenizer = SerializedTokenizer.of(pieces, settings);
    return new Trained(
        directory.write("vocabulary", tokenizer.vocabulary()),
        directory.write("settings", tokenizer.settings()));
  }

  private static BenchProcess worker(Path texts, String lang, Trained trained) throws IOException {
    return BenchProcess.java(
        BenchProcess.oneCore(),
        JVM,
        TokenizeWorker.class,
        texts,
        lang,
        trained.vocabulary(),
        trained.settings());
  }

  /** Seconds of one pass over the texts. */
  private static double pass(BenchProcess process) throws IOException {
    return Double.parseDouble(process.ask("encode").split(" ")[0]);
  }

  private void addRates(String what, List<String> texts, double seconds) {
    long characters = texts.stream().mapToLong(text -> text.codePointCount(0, text.length())).sum();
    report.add(what + ", messages", texts.size() / seconds, "1/s");
    report.add(what + ", characters", characters / seconds, "1/s");
  }

  private static double median(List<Double> values) {
    return BenchReport.median(values);
  }
}

package io.dialogbert.bench;

import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.morpheme.MecabDictionary;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.segment.TrainingSegmenter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How fast one core turns messages into ids, against MeCab-ko and SentencePiece from Python, and
 * how often our morphemes are MeCab's. Both sides get normalized texts; ours normalizes them again.
 * Ours caches the ids of short messages, so no message is given twice: the training half is the
 * warm-up, and each turn takes the next of the held-out messages.
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
    Texts texts = texts("ko");
    Trained trained = train("ko", TokenizerMethod.MORPHEME_SUBWORD);
    try (BenchProcess ours = worker(texts, "ko", trained);
        BenchProcess peer =
            BenchProcess.python(
                BenchProcess.oneCore(), "tokenize_peer.py", texts.file(), trained.vocabulary())) {
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

  private void compareSpeed(Texts texts, BenchProcess ours, BenchProcess peer) throws IOException {
    List<Double> ourRates = new ArrayList<>();
    List<Double> peerRates = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    texts.warmUp(ours);
    texts.warmUp(peer);
    for (int turn = 0; turn < TURNS; turn++) {
      ourRates.add(texts.rate(turn, ours));
      peerRates.add(texts.rate(turn, peer));
      ratios.add(ourRates.get(turn) / peerRates.get(turn));
      System.err.printf(
          Locale.ROOT,
          "ko, one core: ours %.0f messages/s, Python %.0f%n",
          ourRates.get(turn),
          peerRates.get(turn));
    }
    report.add("ko, morpheme+subword, ours over Python", BenchReport.median(ratios), "x", 1.0, 2.0);
    addRates("ko, morpheme+subword, Python", texts, peerRates);
    addRates("ko, morpheme+subword", texts, ourRates);
    report.add("peak resident memory, ours", ours.peakMemory(), "MiB");
    report.add("peak resident memory, Python", peer.peakMemory(), "MiB");
  }

  private void compareMorphemes(Texts texts, BenchProcess peer) throws IOException {
    Path file = directory.file("morphemes.txt");
    peer.ask(texts.numWarmUp() + " " + texts.all().size() + " " + file);
    List<List<String>> theirs =
        Files.readAllLines(file).stream().map(line -> Arrays.asList(line.split("\t"))).toList();
    List<String> heldOut = corpus.heldOut("ko");
    MorphemeDifferences bundled = differences(heldOut, theirs, Map.of());
    bundled.print();
    report.add("same morphemes as MeCab, our dictionary", bundled.sameInPercent(), "%", null, 98.0);
    MorphemeDifferences own =
        differences(heldOut, theirs, Map.of("ko", MecabDictionary.in(peer.greeting())));
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
    Texts texts = texts(lang);
    try (BenchProcess worker = worker(texts, lang, train(lang, method))) {
      texts.warmUp(worker);
      List<Double> rates = new ArrayList<>();
      for (int turn = 0; turn < TURNS; turn++) {
        rates.add(texts.rate(turn, worker));
      }
      addRates(lang + ", " + method, texts, rates);
    }
  }

  /** The texts to encode and their file; the first ones are for warm-up. */
  private record Texts(List<String> all, int numWarmUp, Path file) {
    void warmUp(BenchProcess process) throws IOException {
      seconds(process, 0, numWarmUp);
    }

    /** Messages per second. */
    double rate(int turn, BenchProcess process) throws IOException {
      int from = start(turn);
      int to = start(turn + 1);
      return (to - from) / seconds(process, from, to);
    }

    private int start(int turn) {
      return numWarmUp + (all.size() - numWarmUp) / TURNS * turn;
    }

    private static double seconds(BenchProcess process, int from, int to) throws IOException {
      return Double.parseDouble(process.ask(from + " " + to).split(" ")[0]);
    }

    /** Mean length in code points. */
    double meanLength() {
      long characters = all.stream().mapToLong(text -> text.codePoints().count()).sum();
      return (double) characters / all.size();
    }
  }

  private Texts texts(String lang) throws IOException {
    List<String> warmUp = corpus.training(lang);
    List<String> all = new ArrayList<>(warmUp);
    all.addAll(corpus.heldOut(lang));
    return new Texts(all, warmUp.size(), directory.write(lang + ".txt", all));
  }

  /** The files of a tokenizer. */
  private record Trained(Path vocabulary, Path settings) {}

  private Trained train(String lang, TokenizerMethod method) throws IOException {
    TokenizerSettings settings = new TokenizerSettings(method, BenchCorpus.NORMALIZER, List.of());
    Map<String, Long> counts = BenchCorpus.counts(corpus.training(lang), lang, settings);
    List<Piece> pieces =
        method.trainer(BenchCorpus.trainer(corpus.vocabSize(), false)).train(counts);
    SerializedTokenizer tokenizer = SerializedTokenizer.of(pieces, settings);
    return new Trained(
        directory.write("vocabulary", tokenizer.vocabulary()),
        directory.write("settings", tokenizer.settings()));
  }

  private static BenchProcess worker(Texts texts, String lang, Trained trained) throws IOException {
    return BenchProcess.java(
        BenchProcess.oneCore(),
        JVM,
        TokenizeWorker.class,
        texts.file(),
        lang,
        trained.vocabulary(),
        trained.settings());
  }

  private void addRates(String what, Texts texts, List<Double> rates) {
    double rate = BenchReport.median(rates);
    report.add(what + ", messages", rate, "1/s");
    report.add(what + ", characters", rate * texts.meanLength(), "1/s");
  }
}

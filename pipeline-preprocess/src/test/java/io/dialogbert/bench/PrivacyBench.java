package io.dialogbert.bench;

import io.dialogbert.privacy.BenchPart;
import io.dialogbert.privacy.MaskedText;
import io.dialogbert.privacy.PiiKind;
import io.dialogbert.privacy.PiiMasker;
import io.dialogbert.privacy.PiiScore;
import io.dialogbert.privacy.PiiScore.Bounds;
import io.dialogbert.privacy.PiiScore.Miss;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How well personal data is found in made-up messages, how much is replaced in messages that
 * contain next to none, and how fast one thread masks.
 */
final class PrivacyBench {
  private static final long SEED = 20191029L;
  private static final int TURNS = 5;
  private static final int CARRIERS = 2_000;
  private static final List<String> LANGUAGES = List.of("ko", "ja");

  private final BenchReport report = new BenchReport("privacy");
  private final PiiMasker masker = PiiMasker.standard();

  private PrivacyBench() {}

  public static void main(String[] args) throws IOException {
    PrivacyBench bench = new PrivacyBench();
    for (String lang : LANGUAGES) {
      bench.scoreMadeUpMessages(lang);
    }
    BenchCorpus corpus = BenchCorpus.read();
    for (String lang : LANGUAGES) {
      List<String> texts = new ArrayList<>(corpus.training(lang));
      texts.addAll(corpus.heldOut(lang));
      bench.scoreParts(lang, System.getenv("DIALOGBERT_MESSAGES") == null ? List.of() : texts);
      if (System.getenv("DIALOGBERT_MESSAGES") != null && !texts.isEmpty()) {
        bench.countReplaced(lang, texts);
      }
      bench.measureSpeed(lang, texts);
    }
    System.exit(bench.report.print());
  }

  private void scoreMadeUpMessages(String lang) {
    PiiScore score = PiiScore.of(text -> masker.mask(text).text(), lang, SEED);
    System.out.printf("%npersonal data in made-up messages, %s%n%s", lang, score.table());
    printSome("missed", score.missed());
    printSome("no personal data", score.wrong());
    for (PiiKind kind : PiiKind.values()) {
      String name = kind.name();
      String what = lang + ", " + name + ", ";
      Bounds bounds = Bounds.of(kind);
      report.add(
          what + "recall", score.recall(name), "share", bounds.leastRecall(), bounds.aimedRecall());
      report.add(
          what + "precision",
          score.precision(name),
          "share",
          bounds.leastPrecision(),
          bounds.aimedPrecision());
    }
  }

  /**
   * Scores the part that rules and models are developed on, and the held-out ones, of which nothing
   * but figures is shown: whoever saw what is missed there would develop on them.
   */
  private void scoreParts(String lang, List<String> messages) {
    Map<BenchPart, PiiScore> scores = new EnumMap<>(BenchPart.class);
    for (BenchPart part : BenchPart.values()) {
      scores.put(
          part,
          PiiScore.of(
              text -> masker.mask(text).text(), lang, part, carriers(messages, part), SEED));
    }
    PiiScore developed = scores.get(BenchPart.DEVELOPMENT);
    scores.forEach(
        (part, score) -> {
          System.out.printf("%npersonal data, %s, %s%n%s", lang, part.label(), score.table());
          for (PiiKind kind : PiiKind.values()) {
            String name = kind.name();
            if (part == BenchPart.DEVELOPMENT || score.labels(name) == 0) {
              continue;
            }
            String what = lang + ", " + part.label() + ", " + name + ", ";
            Bounds bounds = Bounds.ofHeldOut(kind);
            report.add(
                what + "recall",
                score.recall(name),
                "share",
                bounds.leastRecall(),
                bounds.aimedRecall());
            report.add(what + "gap", developed.recall(name) - score.recall(name), "share");
            report.add(
                what + "precision",
                score.precision(name),
                "share",
                bounds.leastPrecision(),
                bounds.aimedPrecision());
          }
        });
  }

  /** Real messages of a part in which masking finds nothing by itself. */
  private List<String> carriers(List<String> messages, BenchPart part) {
    return messages.stream()
        .filter(part::mayCarry)
        .filter(message -> masker.mask(message).counts().isEmpty())
        .limit(CARRIERS)
        .toList();
  }

  /** Prints a few of each kind; the messages are made up, so they may be shown. */
  private static void printSome(String what, List<Miss> misses) {
    Map<String, List<Miss>> byKind = misses.stream().collect(Collectors.groupingBy(Miss::kind));
    byKind.forEach(
        (kind, all) -> {
          System.out.printf("%s, %s: %d%n", what, kind, all.size());
          for (int i = 0; i < Math.min(8, all.size()); i++) {
            Miss miss = all.get(i * all.size() / Math.min(8, all.size()));
            System.out.printf("  %s -> %s%n", miss.message().text(), miss.masked());
          }
        });
  }

  private void countReplaced(String lang, List<String> texts) {
    long characters = 0;
    Map<PiiKind, Long> counts = new EnumMap<>(PiiKind.class);
    for (String text : texts) {
      characters += text.codePointCount(0, text.length());
      masker.mask(text).counts().forEach((kind, n) -> counts.merge(kind, (long) n, Long::sum));
    }
    report.add(lang + ", characters of messages", (double) characters, "");
    for (PiiKind kind : PiiKind.values()) {
      report.add(
          lang + ", " + kind.name() + ", replaced",
          1e6 * counts.getOrDefault(kind, 0L) / characters,
          "/M chars");
    }
  }

  private void measureSpeed(String lang, List<String> texts) {
    List<Double> rates = new ArrayList<>();
    for (int turn = -1; turn < TURNS; turn++) {
      long replaced = 0;
      long start = System.nanoTime();
      for (String text : texts) {
        MaskedText masked = masker.mask(text);
        replaced += masked.counts().size();
      }
      double rate = texts.size() / ((System.nanoTime() - start) / 1e9);
      System.err.printf(
          Locale.ROOT, "%s: %.0f messages/s, %d with a placeholder%n", lang, rate, replaced);
      // The first turn is a warm-up.
      if (turn >= 0) {
        rates.add(rate);
      }
    }
    report.add(lang + ", one thread", BenchReport.median(rates), "messages/s");
  }
}

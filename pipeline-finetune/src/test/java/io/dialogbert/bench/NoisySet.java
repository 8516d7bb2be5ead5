package io.dialogbert.bench;

import io.dialogbert.common.Seeds;
import io.dialogbert.task.correct.ClassLogs;
import io.dialogbert.task.correct.Folds;
import io.dialogbert.task.correct.LinearChecker;
import io.dialogbert.task.correct.LinearChecker.Lesson;
import io.dialogbert.task.correct.NgramFeatures;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * A public set of labeled texts whose labels are taken for right, and ways to spoil them. Tokens
 * are characters.
 *
 * @param test texts and labels to measure on
 */
record NoisySet(String name, int numClasses, List<Text> train, List<Text> test) {
  /** Tokens of the longest n-grams. */
  static final int NGRAMS = 3;

  private static final int[] NONE = {};
  private static final long SEED = 20191029L;

  /** A text and its label. */
  record Text(int[] tokens, int label) {
    private static Text of(String line, int labelColumn, int textColumn) {
      String[] columns = line.split("\t", -1);
      return new Text(
          columns[textColumn].codePoints().toArray(),
          Integer.parseInt(columns[labelColumn].strip()));
    }
  }

  /** How labels are spoilt. */
  enum Flips {
    /** To any other class alike. */
    EVEN,
    /** To the class that the right one is most often taken for. */
    SIMILAR,
    /** Where the text makes it likely, to the class that it is most like besides the right one. */
    BY_TEXT
  }

  /** Topics of questions and commands: six classes that are told apart well. */
  static NoisySet topics(Path data) throws IOException {
    return new NoisySet(
        "stylekqc topic",
        6,
        sample(read(data.resolve("stylekqc/topic_train.tsv"), true, 0, 1), 8_000),
        sample(read(data.resolve("stylekqc/topic_dev.tsv"), true, 0, 1), 5_000));
  }

  /** What utterances are meant for: seven classes, some of them rare. */
  static NoisySet intents(Path data) throws IOException {
    List<Text> all =
        sample(read(data.resolve("3i4k/fci_train_val.txt.gz"), false, 0, 1), Integer.MAX_VALUE);
    return new NoisySet("3i4k intent", 7, all.subList(0, 10_000), all.subList(10_000, 15_000));
  }

  /** Reviews of films: two classes. */
  static NoisySet sentiments(Path data) throws IOException {
    return new NoisySet(
        "nsmc sentiment",
        2,
        sample(read(data.resolve("nsmc/ratings_train.txt.gz"), true, 2, 1), 20_000),
        sample(read(data.resolve("nsmc/ratings_test_a.txt.gz"), true, 2, 1), 5_000));
  }

  /** All rows of a file that have a text. */
  static List<Text> read(Path file, boolean hasHeader, int labelColumn, int textColumn)
      throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        InputStream bytes = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .skip(hasHeader ? 1 : 0)
          .map(line -> Text.of(line, labelColumn, textColumn))
          .filter(text -> text.tokens().length > 0)
          .toList();
    }
  }

  /** The first texts in an order that the seed gives. */
  private static List<Text> sample(List<Text> texts, int most) {
    return IntStream.range(0, texts.size())
        .boxed()
        .sorted(Comparator.comparingLong(i -> Seeds.hash(SEED, "sample", i)))
        .limit(most)
        .map(texts::get)
        .toList();
  }

  /** The right labels. */
  int[] labels() {
    return train.stream().mapToInt(Text::label).toArray();
  }

  /**
   * The labels, a share of them wrong.
   *
   * @param logs as {@link #heldOut} has them
   */
  int[] spoilt(double[][] logs, Flips flips, double share) {
    int[] labels = labels();
    int[] spoilt = labels.clone();
    int[] nearest = IntStream.range(0, labels.length).map(i -> best(logs[i], labels[i])).toArray();
    double[][] confusion = new double[numClasses][numClasses];
    for (int i = 0; i < labels.length; i++) {
      for (int c = 0; c < numClasses; c++) {
        confusion[labels[i]][c] += Math.exp(logs[i][c]);
      }
    }
    SplittableRandom random = Seeds.of(SEED, flips, Double.toString(share));
    double[] draws = random.doubles(labels.length).toArray();
    List<Integer> order =
        IntStream.range(0, labels.length)
            .boxed()
            .sorted(
                Comparator.comparingDouble(
                    i ->
                        flips == Flips.BY_TEXT
                            ? -draws[i] * Math.exp(logs[i][nearest[i]])
                            : draws[i]))
            .toList();
    for (int i : order.subList(0, (int) (share * labels.length))) {
      spoilt[i] =
          switch (flips) {
            case EVEN -> (labels[i] + 1 + random.nextInt(numClasses - 1)) % numClasses;
            case SIMILAR -> best(confusion[labels[i]], labels[i]);
            case BY_TEXT -> nearest[i];
          };
    }
    return spoilt;
  }

  /** The place of the greatest value but one. */
  private static int best(double[] values, int except) {
    int best = -1;
    for (int c = 0; c < values.length; c++) {
      best = c != except && (best < 0 || values[c] > values[best]) ? c : best;
    }
    return best;
  }

  /** Log-probabilities by checkers that learned from right labels of other rows [N][C]. */
  double[][] heldOut() {
    Folds folds = new Folds(3, 1, SEED);
    double[][] logs = new double[train.size()][];
    for (int checker = 0; checker < 3; checker++) {
      List<Lesson> lessons = new ArrayList<>();
      for (Text text : train) {
        if (!folds.judges(checker, folds.chunk(0, text.tokens(), NONE))) {
          lessons.add(Lesson.of(features(text), text.label()));
        }
      }
      LinearChecker learned = LinearChecker.learn(numClasses, lessons, SEED);
      for (int i = 0; i < logs.length; i++) {
        Text text = train.get(i);
        if (folds.judges(checker, folds.chunk(0, text.tokens(), NONE))) {
          ClassLogs said = ClassLogs.of(learned.logits(features(text)), numClasses, 0);
          logs[i] = said.logs();
        }
      }
    }
    return logs;
  }

  private int[] features(Text text) {
    return new NgramFeatures(NGRAMS, LinearChecker.numFeatures(numClasses)).of(text.tokens(), NONE);
  }

  /** What a row teaches if it is of one class. */
  Lesson lesson(int row, int label) {
    return Lesson.of(features(train.get(row)), label);
  }

  /** What a row teaches if it has probabilities. */
  Lesson lesson(int row, int[] classes, double[] shares) {
    return new Lesson(features(train.get(row)), classes, shares);
  }

  /** Percent of the test texts that a classifier gets right which has learned from some rows. */
  double accuracy(List<Lesson> lessons) {
    LinearChecker learned = LinearChecker.learn(numClasses, lessons, SEED);
    return test.stream()
        .mapToDouble(
            text ->
                ClassLogs.of(learned.logits(features(text)), numClasses, 0).best() == text.label()
                    ? 100
                    : 0)
        .average()
        .orElseThrow();
  }
}

package io.dialogbert.privacy;

import io.dialogbert.privacy.LabeledText.Label;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Trains {@link NameModel} by stochastic gradient descent with an L1 penalty, which keeps most
 * features out of the model.
 *
 * @see <a href="https://aclanthology.org/P09-1054/">Tsuruoka, Tsujii and Ananiadou 2009, section 3,
 *     the cumulative penalty</a>
 */
final class NameTrainer {
  private static final long SEED = 20191029L;
  private static final int NUM_LABELS = NameModel.NUM_LABELS;

  /** In so many of a hundred sentences the lists of names are not known. */
  private static final int PERCENT_WITHOUT_LISTS = 25;

  /** Rarer features say nothing reliable. */
  private static final int MIN_COUNT = 3;

  /** A gradient below this changes nothing that is seen after rounding. */
  private static final double LEAST_GRADIENT = 1e-3;

  private static final int EPOCHS = 8;
  private static final double RATE = 0.2;
  private static final double PENALTY = 0.4;

  /** By {@code 5 * feature + label}, with the sum of the penalties that each has received. */
  private final float[] weights;

  private final float[] penalties;
  private final float[] transitions = new float[NUM_LABELS * NUM_LABELS];
  private final float[] transitionPenalties = new float[transitions.length];

  /** A sentence: its labels, and the features of each character. */
  record Example(int[] labels, int[][] features) {}

  /** A trainer whose weights are all 0. */
  NameTrainer(int numFeatures) {
    weights = new float[numFeatures * NUM_LABELS];
    penalties = new float[weights.length];
  }

  /**
   * Trains the model of a language.
   *
   * @param args language, messages, labeled entities (see {@link NameSentences#of}), and the file
   *     of the model
   */
  public static void main(String[] args) throws IOException {
    List<LabeledText> sentences =
        NameSentences.of(args[0], Path.of(args[1]), Path.of(args[2]), SEED);
    long[][][] keys = keys(args[0], sentences);
    long[] known = known(keys);
    System.err.printf("%s: %d sentences, %d features%n", args[0], keys.length, known.length);
    List<Example> examples = new ArrayList<>();
    for (int s = 0; s < keys.length; s++) {
      int[][] features = new int[keys[s].length][];
      for (int i = 0; i < features.length; i++) {
        features[i] =
            Arrays.stream(keys[s][i])
                .mapToInt(key -> Arrays.binarySearch(known, key))
                .filter(id -> id >= 0)
                .toArray();
      }
      examples.add(new Example(labels(sentences.get(s)), features));
      keys[s] = null;
    }
    NameTrainer trainer = new NameTrainer(known.length);
    trainer.train(examples, EPOCHS, RATE, PENALTY);
    try (OutputStream out = Files.newOutputStream(Path.of(args[3]))) {
      NameModel.write(trainer.transitions, trainer.byKey(known), out);
    }
  }

  /** The keys of the features of each sentence's characters. */
  private static long[][][] keys(String lang, List<LabeledText> sentences) {
    NameFeatures features = new NameFeatures(lang);
    SplittableRandom random = new SplittableRandom(SEED);
    long[] found = new long[NameFeatures.MAX_PER_CHARACTER];
    long[][][] keys = new long[sentences.size()][][];
    for (int s = 0; s < keys.length; s++) {
      String form = MatchingForm.of(sentences.get(s).text());
      features.read(form, random.nextInt(100) >= PERCENT_WITHOUT_LISTS);
      keys[s] = new long[form.length()][];
      for (int i = 0; i < form.length(); i++) {
        int number = features.of(i, found);
        keys[s][i] = Arrays.copyOf(found, number);
      }
    }
    return keys;
  }

  /** The keys that occur often enough, in order. */
  private static long[] known(long[][][] keys) {
    long[] all =
        Arrays.stream(keys).flatMap(Arrays::stream).flatMapToLong(Arrays::stream).toArray();
    Arrays.sort(all);
    return IntStream.range(0, all.length - MIN_COUNT + 1)
        .filter(i -> all[i] == all[i + MIN_COUNT - 1] && (i == 0 || all[i] != all[i - 1]))
        .mapToLong(i -> all[i])
        .toArray();
  }

  private static int[] labels(LabeledText sentence) {
    int[] labels = new int[sentence.text().length()];
    for (Label name : sentence.labels()) {
      Arrays.fill(labels, name.start(), name.end(), NameModel.INNER);
      labels[name.start()] = NameModel.FIRST;
      labels[name.end() - 1] = NameModel.LAST;
      if (name.end() - name.start() == 1) {
        labels[name.start()] = NameModel.ONLY;
      }
    }
    return labels;
  }

  /**
   * Goes through the examples in a random order.
   *
   * @param rate of the first step; it falls to a tenth by the end
   * @param penalty weight of the L1 norm beside the sum of all examples' losses
   */
  void train(List<Example> examples, int epochs, double rate, double penalty) {
    SplittableRandom random = new SplittableRandom(SEED);
    int number = examples.size();
    int[] order = new int[number];
    Arrays.setAll(order, i -> i);
    double sumOfPenalties = 0;
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (int i = number - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        int kept = order[i];
        order[i] = order[other];
        order[other] = kept;
      }
      double loss = 0;
      for (int n = 0; n < number; n++) {
        double step = rate * Math.pow(0.1, (epoch + (double) n / number) / epochs);
        sumOfPenalties += step * penalty / number;
        loss += step(examples.get(order[n]), step, sumOfPenalties);
      }
      System.err.printf("epoch %d: loss %.4f of a sentence%n", epoch, loss / number);
    }
    for (int i = 0; i < weights.length; i++) {
      penalize(weights, penalties, i, sumOfPenalties);
    }
  }

  private float[] scores(Example example) {
    float[] scores = new float[example.labels.length * NUM_LABELS];
    for (int i = 0; i < example.labels.length; i++) {
      for (int feature : example.features[i]) {
        for (int label = 0; label < NUM_LABELS; label++) {
          scores[i * NUM_LABELS + label] += weights[feature * NUM_LABELS + label];
        }
      }
    }
    return scores;
  }

  /** One step; returns the sum of the negative logarithms of the right labels' probabilities. */
  private double step(Example example, double step, double sumOfPenalties) {
    int length = example.labels.length;
    double[] pairs = new double[transitions.length];
    double[] marginals = NameModel.marginals(scores(example), transitions, length, pairs);
    double loss = 0;
    for (int i = 0; i < length; i++) {
      loss -= Math.log(marginals[i * NUM_LABELS + example.labels[i]]);
      for (int label = 0; label < NUM_LABELS; label++) {
        double gradient = (label == example.labels[i] ? 1 : 0) - marginals[i * NUM_LABELS + label];
        if (Math.abs(gradient) > LEAST_GRADIENT) {
          for (int feature : example.features[i]) {
            int at = feature * NUM_LABELS + label;
            weights[at] += (float) (step * gradient);
            penalize(weights, penalties, at, sumOfPenalties);
          }
        }
      }
      if (i > 0) {
        pairs[example.labels[i - 1] * NUM_LABELS + example.labels[i]] -= 1;
      }
    }
    for (int of = 0; of < pairs.length; of++) {
      transitions[of] -= (float) (step * pairs[of]);
      penalize(transitions, transitionPenalties, of, sumOfPenalties);
    }
    return loss;
  }

  /** Pulls a weight towards 0 by the penalties that it has not received yet. */
  private static void penalize(float[] weights, float[] penalties, int at, double sum) {
    float before = weights[at];
    if (before > 0) {
      weights[at] = (float) Math.max(0, before - (sum + penalties[at]));
    } else if (before < 0) {
      weights[at] = (float) Math.min(0, before + (sum - penalties[at]));
    }
    penalties[at] += weights[at] - before;
  }

  /** The probability of each label at each position, by {@code 5 * position + label}. */
  double[] marginals(Example example) {
    return NameModel.marginals(scores(example), transitions, example.labels.length, null);
  }

  private Map<Long, float[]> byKey(long[] known) {
    Map<Long, float[]> byKey = new HashMap<>();
    for (int id = 0; id < known.length; id++) {
      byKey.put(known[id], Arrays.copyOfRange(weights, id * NUM_LABELS, (id + 1) * NUM_LABELS));
    }
    return byKey;
  }
}

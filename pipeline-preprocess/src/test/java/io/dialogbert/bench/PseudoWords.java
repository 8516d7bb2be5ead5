package io.dialogbert.bench;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A count table of made-up Korean words: morphemes of one to three syllables, words of up to eight
 * syllables. The frequency of morphemes, syllables and words is about the inverse of their rank.
 */
final class PseudoWords {
  private static final int NUM_SYLLABLES = 1_500;
  private static final int NUM_MORPHEMES = 4_000;
  private static final int MAX_SYLLABLES = 8;

  private final SplittableRandom random = new SplittableRandom(1);
  private final String[] morphemes = new String[NUM_MORPHEMES];

  private PseudoWords() {
    int[] syllables = random.ints(NUM_SYLLABLES, '가', '힣' + 1).toArray();
    for (int i = 0; i < NUM_MORPHEMES; i++) {
      int length = 1 + random.nextInt(3);
      StringBuilder morpheme = new StringBuilder();
      while (morpheme.length() < length) {
        morpheme.append((char) syllables[rank(NUM_SYLLABLES)]);
      }
      morphemes[i] = morpheme.toString();
    }
  }

  /** Writes one word and its count per line, separated by a tab. */
  static void write(Path file, int numWords) throws IOException {
    PseudoWords words = new PseudoWords();
    Set<Long> seen = new HashSet<>();
    try (Writer out = Files.newBufferedWriter(file)) {
      while (seen.size() < numWords) {
        String word = words.draw();
        if (seen.add(hash(word))) {
          out.write(word + "\t" + Math.max(1, numWords / seen.size()) + "\n");
        }
      }
    }
  }

  private String draw() {
    StringBuilder word = new StringBuilder("\u2581");
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      String morpheme = morphemes[rank(NUM_MORPHEMES)];
      if (word.length() + morpheme.length() <= 1 + MAX_SYLLABLES) {
        word.append(morpheme);
      }
    }
    return word.toString();
  }

  /** A number i below {@code n} with a probability of about 1 / (i + 1): Zipf's law. */
  private int rank(int n) {
    return (int) Math.pow(n + 1, random.nextDouble()) - 1;
  }

  /** Storing words would take several times the memory; the few that collide are left out. */
  private static long hash(String word) {
    return word.chars().asLongStream().reduce(0, (h, c) -> (h + c) * 0x9E3779B97F4A7C15L);
  }
}

package io.dialogbert.dialogue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Made-up dialogues, and copies of them with replaced characters. The number of replacements gives
 * the wanted similarity.
 */
public final class PlantedDuplicates {
  private static final int NUM_WORDS = 20_000;

  /**
   * Number of tries. When most changes would be too much, one next to an earlier change may not be.
   */
  private static final int MAX_TRIES = 150;

  private final SplittableRandom random;
  private final int shingleLength;
  private final List<String> words = new ArrayList<>();

  public PlantedDuplicates(long seed, int shingleLength) {
    this.random = new SplittableRandom(seed);
    this.shingleLength = shingleLength;
    for (int i = 0; i < NUM_WORDS; i++) {
      StringBuilder word = new StringBuilder();
      for (int left = random.nextInt(1, 5); left > 0; left--) {
        word.append(syllable());
      }
      words.add(word.toString());
    }
  }

  private char syllable() {
    return (char) random.nextInt('가', '힣' + 1);
  }

  /** Turns of a few words each, one turn per line; word frequencies follow Zipf's law. */
  public String dialogue(int numTurns) {
    StringBuilder text = new StringBuilder();
    for (int turn = 0; turn < numTurns; turn++) {
      text.append(turn == 0 ? "" : "\n");
      for (int left = random.nextInt(3, 10); left > 0; left--) {
        // Rank r has a probability of about 1 / r.
        text.append(words.get((int) Math.pow(NUM_WORDS, random.nextDouble()) - 1));
        text.append(left == 1 ? "" : " ");
      }
    }
    return text.toString();
  }

  /** A copy with some characters replaced; its similarity is at least this, and hardly more. */
  public String copy(String text, double similarity) {
    long[] shingles = Shingles.set(text, shingleLength);
    StringBuilder copy = new StringBuilder(text);
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      int at = random.nextInt(copy.length());
      char old = copy.charAt(at);
      if (Character.isWhitespace(old)) {
        continue;
      }
      copy.setCharAt(at, syllable());
      if (Shingles.jaccard(shingles, Shingles.set(copy.toString(), shingleLength)) < similarity) {
        copy.setCharAt(at, old);
      }
    }
    return copy.toString();
  }
}

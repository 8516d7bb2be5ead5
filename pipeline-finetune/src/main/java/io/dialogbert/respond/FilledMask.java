package io.dialogbert.respond;

import io.dialogbert.text.piece.Vocabulary;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a network expects at a mask.
 *
 * @param tokens the likeliest first; of equal ones, that of the smaller id
 */
public record FilledMask(List<Guess> tokens) {
  /**
   * A token and its probability among all of the vocabulary.
   *
   * @param piece as the vocabulary has it, with its mark of a word's start or continuation
   */
  public record Guess(int id, String piece, double probability) {}

  /**
   * The likeliest tokens. Special and spare tokens are left out: no text has them.
   *
   * @param logits [V]
   * @param numTokens maximum number of tokens
   */
  public static FilledMask of(float[] logits, Vocabulary vocabulary, int numTokens) {
    double max = IntStream.range(0, logits.length).mapToDouble(id -> logits[id]).max().orElse(0);
    double sum =
        IntStream.range(0, logits.length).mapToDouble(id -> Math.exp(logits[id] - max)).sum();
    return new FilledMask(
        IntStream.range(0, vocabulary.size())
            .filter(id -> !vocabulary.isSpecial(id))
            .boxed()
            .sorted(Comparator.<Integer>comparingDouble(id -> -logits[id]))
            .limit(numTokens)
            .map(id -> new Guess(id, vocabulary.piece(id), Math.exp(logits[id] - max) / sum))
            .toList());
  }
}

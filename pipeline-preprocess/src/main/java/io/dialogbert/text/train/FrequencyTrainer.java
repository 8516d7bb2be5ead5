package io.dialogbert.text.train;

import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.WordMark;
import io.dialogbert.text.segment.Segmenter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes the most frequent words or characters; the rest is unknown. */
public final class FrequencyTrainer implements VocabularyTrainer {
  private static final String MARK = String.valueOf(Segmenter.WORD_START);

  private final TrainerConfig config;
  private final boolean characters;

  /**
   * Makes a trainer.
   *
   * @param characters whether pieces are single characters instead of whole words
   */
  public FrequencyTrainer(TrainerConfig config, boolean characters) {
    this.config = config;
    this.characters = characters;
  }

  @Override
  public List<Piece> train(Map<String, Long> wordCounts) {
    Map<String, Long> counts = characters ? characterCounts(wordCounts) : new HashMap<>(wordCounts);
    counts.keySet().removeAll(config.fixedTexts(WordMark.START));
    counts.remove(MARK);
    List<Piece> pieces = config.fixedPieces(WordMark.START);
    // A user symbol after a space needs the mark, and so does a text's first character.
    pieces.add(new Piece(MARK, 0, PieceType.NORMAL));
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(config.sizeWithoutSpares() - pieces.size())
        .forEach(entry -> pieces.add(new Piece(entry.getKey(), 0, PieceType.NORMAL)));
    return pieces;
  }

  private static Map<String, Long> characterCounts(Map<String, Long> wordCounts) {
    Map<String, Long> counts = new HashMap<>();
    wordCounts.forEach(
        (word, count) ->
            word.codePoints().forEach(c -> counts.merge(Character.toString(c), count, Long::sum)));
    return counts;
  }
}

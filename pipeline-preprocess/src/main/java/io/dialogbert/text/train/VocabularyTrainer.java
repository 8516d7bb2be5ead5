package io.dialogbert.text.train;

import io.dialogbert.common.BadInputException;
import io.dialogbert.text.piece.Piece;
import java.util.List;
import java.util.Map;

/** Chooses the pieces of a vocabulary. */
public interface VocabularyTrainer {
  /**
   * Trains on a count table. The same counts give the same pieces, regardless of the table's order
   * and the number of cores.
   *
   * @param wordCounts count of each segment, positive; the segments are those of a {@link
   *     io.dialogbert.text.segment.TrainingSegmenter}
   * @return the pieces, each at the index that is its id: special tokens, user symbols, then text;
   *     without spare tokens
   * @throws BadInputException if the table is too small for the size; names a possible size
   */
  List<Piece> train(Map<String, Long> wordCounts);
}

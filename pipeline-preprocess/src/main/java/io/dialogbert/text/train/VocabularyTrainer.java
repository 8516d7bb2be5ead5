package io.dialogbert.text.train;

import io.dialogbert.common.BadInputException;
import io.dialogbert.text.piece.Piece;
import java.util.List;
import java.util.Map;

/** Chooses the pieces of a vocabulary. */
public interface VocabularyTrainer {
  /**
   * Trains on a count table. The same counts give the same pieces, whatever the order of the table
   * and the number of cores.
   *
   * @param wordCounts how often each segment occurs, positive; the segments are those of a {@link
   *     io.dialogbert.text.segment.TrainingSegmenter}
   * @return the pieces, each at the index that is its id: special tokens, user symbols, then text
   * @throws BadInputException if the table does not do for the size; names a size that is possible
   */
  List<Piece> train(Map<String, Long> wordCounts);
}

package io.dialogbert.finetune.objective;

import io.dialogbert.common.BadInputException;
import io.dialogbert.train.run.Selection;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Reply choice, however contexts and replies are read. The candidates are those of a block of
 * {@value RankedReply#CANDIDATES} examples of one language, in an order that the seed gives; an
 * incomplete last block is left out, and so are candidates that equal the own reply.
 */
interface ReplyChoice<O extends Serializable> extends Objective<O> {
  /** The queries of complete blocks. */
  List<RankedReply> ranked(List<O> observations);

  /** Widths of the prefixes of vectors that learned. */
  default List<Integer> widths() {
    return List.of();
  }

  private List<RankedReply> required(List<O> observations) {
    List<RankedReply> ranked = ranked(observations);
    if (ranked.isEmpty()) {
      throw new BadInputException(
          "reply choice is measured on blocks of "
              + RankedReply.CANDIDATES
              + " examples of one language; no language has so many here");
    }
    return ranked;
  }

  /**
   * Recall and ranks of the own reply; also {@code r100_at_1_width_w} of each prefix that learned.
   */
  @Override
  default Map<String, Double> figures(List<O> observations) {
    return RankedReply.figures(required(observations), widths());
  }

  /** Draws queries; their candidates stay. */
  @Override
  default Function<SplittableRandom, Map<String, Double>> resampler(List<O> observations) {
    List<RankedReply> ranked = required(observations);
    return random -> RankedReply.figures(Objective.resample(ranked, random), widths());
  }

  @Override
  default Optional<String> comparison() {
    return Optional.of(
        "each reply among those of a block of "
            + RankedReply.CANDIDATES
            + " examples of its language, in random order, without those of its key");
  }

  @Override
  default StructType schema() {
    return RankedReply.SCHEMA;
  }

  @Override
  default List<Row> rows(List<O> observations) {
    return required(observations).stream().map(RankedReply::toRow).toList();
  }

  @Override
  default Selection selection() {
    return new Selection(RankedReply.RECALL, RankedReply.MEAN_RECIPROCAL);
  }
}

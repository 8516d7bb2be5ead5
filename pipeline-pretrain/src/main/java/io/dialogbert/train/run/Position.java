package io.dialogbert.train.run;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * Where a run stands, and the files that hold its state.
 *
 * @param step optimiser steps done by each worker
 * @param cursor examples that the run has gone past, over all workers: trained on or skipped
 * @param examplesSeen examples trained on
 * @param rounds averages made
 * @param skippedRounds rounds given up because their loss was not finite, or spiked
 * @param numWorkers of the round that ended here
 * @param smoothedLoss exponential mean of the rounds' losses; 0 before the first
 * @param vectors the state by name: {@code params}; {@code updater} for averaged moments or {@code
 *     updater-0} and so on for each worker's own; {@code outer} for the outer momentum
 */
public record Position(
    long step,
    long cursor,
    long examplesSeen,
    long rounds,
    int skippedRounds,
    int numWorkers,
    double smoothedLoss,
    Map<String, List<VectorPiece>> vectors)
    implements Serializable {
  public static final String PARAMS = "params";
  public static final String UPDATER = "updater";
  public static final String OUTER = "outer";

  /** The pieces of a vector; none if the state has no such vector. */
  public List<VectorPiece> pieces(String vector) {
    return vectors.getOrDefault(vector, List.of());
  }

  /**
   * The optimiser's moments that a worker starts from: the averaged ones, or its own. A worker that
   * is new takes those of another.
   */
  public List<VectorPiece> updater(int worker) {
    List<VectorPiece> averaged = pieces(UPDATER);
    return averaged.isEmpty() ? pieces(ownUpdater(worker % numWorkers)) : averaged;
  }

  public static String ownUpdater(int worker) {
    return UPDATER + "-" + worker;
  }

  /** This position past a round's examples, whose training is given up. */
  public Position skip(long examples) {
    return new Position(
        step,
        cursor + examples,
        examplesSeen,
        rounds,
        skippedRounds + 1,
        numWorkers,
        smoothedLoss,
        vectors);
  }
}

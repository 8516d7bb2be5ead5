package io.dialogbert.train.run;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * How far a run has come, and the files of its state.
 *
 * @param step optimizer steps done by each worker
 * @param cursor number of examples consumed by all workers, whether trained on or skipped
 * @param examplesSeen number of examples trained on
 * @param rounds number of averages
 * @param skippedRounds number of rounds discarded because their loss was not finite or spiked
 * @param numWorkers number of workers in the round that ended here
 * @param smoothedLoss exponential moving average of the rounds' losses; 0 before the first
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

  /** The pieces of a vector; empty if the state has no such vector. */
  public List<VectorPiece> pieces(String vector) {
    return vectors.getOrDefault(vector, List.of());
  }

  /**
   * The optimizer's moments that a worker starts from: the averaged ones, or its own. A new worker
   * starts from those of another worker.
   */
  public List<VectorPiece> updater(int worker) {
    List<VectorPiece> averaged = pieces(UPDATER);
    return averaged.isEmpty() ? pieces(ownUpdater(worker % numWorkers)) : averaged;
  }

  public static String ownUpdater(int worker) {
    return UPDATER + "-" + worker;
  }

  /** This position after a discarded round's examples. */
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

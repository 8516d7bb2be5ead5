package io.dialogbert.dialogue;

import java.io.Serializable;

/**
 * Defines near-duplicate dialogues and how to find them: by MinHash values in bands (Leskovec,
 * Rajaraman and Ullman, Mining of Massive Datasets, chapter 3). Two dialogues of similarity s share
 * at least one of b bands of r values with probability 1 - (1 - s^r)^b.
 *
 * @param threshold minimum Jaccard similarity of the shingle sets of near-duplicates, in [0.5, 1];
 *     1 turns the search off
 * @param shingleLength length of a shingle in characters
 * @param numHashes maximum number of MinHash values of a dialogue; enough to find 99 % of the pairs
 *     at the threshold. More values give fewer candidates but take longer.
 */
public record DuplicateConfig(double threshold, int shingleLength, int numHashes)
    implements Serializable {
  /** Share of the pairs at the threshold that must share a band. */
  private static final double LEAST_RECALL = 0.99;

  public DuplicateConfig {
    if (!(threshold >= 0.5 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "near-duplicate-threshold = " + threshold + " must be between 0.5 and 1");
    }
    if (shingleLength < 1 || numHashes < 1) {
      throw new IllegalArgumentException(
          "shingle-length = "
              + shingleLength
              + " and num-hashes = "
              + numHashes
              + " must be at least 1");
    }
    int rows = rows(threshold, numHashes);
    double recall = collisionProbability(threshold, numHashes / rows, rows);
    if (recall < LEAST_RECALL) {
      throw new IllegalArgumentException(
          "num-hashes = "
              + numHashes
              + " are too few: 99 % of the pairs at near-duplicate-threshold = "
              + threshold
              + " must be found, and only "
              + (int) (100 * recall)
              + " % would be");
    }
  }

  public boolean looksForNearDuplicates() {
    return threshold < 1;
  }

  /** Values per band: the most for which 99 % of the pairs at the threshold still share a band. */
  public int rows() {
    return rows(threshold, numHashes);
  }

  private static int rows(double threshold, int numHashes) {
    int rows = 1;
    while (rows < numHashes
        && collisionProbability(threshold, numHashes / (rows + 1), rows + 1) >= LEAST_RECALL) {
      rows++;
    }
    return rows;
  }

  public int bands() {
    return numHashes / rows();
  }

  /** The probability that two dialogues of a given similarity share a band. */
  double collisionProbability(double similarity) {
    return collisionProbability(similarity, bands(), rows());
  }

  private static double collisionProbability(double similarity, int bands, int rows) {
    return 1 - Math.pow(1 - Math.pow(similarity, rows), bands);
  }
}

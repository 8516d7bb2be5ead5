package io.dialogbert.dialogue;

import java.io.Serializable;

/**
 * Which dialogues are near-duplicates, and how they are looked for: by MinHash values in bands
 * (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3). Two dialogues of
 * similarity s meet in at least one of b bands of r values with probability 1 - (1 - s^r)^b.
 *
 * @param threshold least Jaccard similarity of the shingle sets of near-duplicates, in [0.5, 1]; 1
 *     looks for none
 * @param shingleLength characters of a shingle
 * @param numHashes most MinHash values of a dialogue, enough to find 99 % of the pairs at the
 *     threshold; more of them cost less candidates, and take longer
 */
public record DuplicateConfig(double threshold, int shingleLength, int numHashes)
    implements Serializable {
  /** Share of the pairs at the threshold that must meet in a band. */
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
    double recall = meets(threshold, numHashes / rows, rows);
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

  /** Values of a band: the most with which 99 % of the pairs at the threshold still meet. */
  public int rows() {
    return rows(threshold, numHashes);
  }

  private static int rows(double threshold, int numHashes) {
    int rows = 1;
    while (rows < numHashes && meets(threshold, numHashes / (rows + 1), rows + 1) >= LEAST_RECALL) {
      rows++;
    }
    return rows;
  }

  public int bands() {
    return numHashes / rows();
  }

  /** The probability that two dialogues of a similarity meet in a band. */
  public double meets(double similarity) {
    return meets(similarity, bands(), rows());
  }

  private static double meets(double similarity, int bands, int rows) {
    return 1 - Math.pow(1 - Math.pow(similarity, rows), bands);
  }
}

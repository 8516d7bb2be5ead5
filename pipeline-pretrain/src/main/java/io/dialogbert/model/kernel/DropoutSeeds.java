package io.dialogbert.model.kernel;

import io.dialogbert.common.Seeds;

/**
 * Gives each dropout site of one training step its own mask. Two steps never share a mask, nor do
 * two workers with different seeds.
 */
public final class DropoutSeeds {
  /** No dropout, for scoring and inference. */
  public static final DropoutSeeds OFF = new DropoutSeeds(0, false);

  private final long seed;
  private final boolean active;

  private DropoutSeeds(long seed, boolean active) {
    this.seed = seed;
    this.active = active;
  }

  /**
   * The masks of one training step.
   *
   * @param seed of the run or of the worker
   * @param step the training step, from 0
   */
  public static DropoutSeeds of(long seed, long step) {
    return new DropoutSeeds(Seeds.hash(seed, step), true);
  }

  /**
   * The masks of part {@code index} of a divided batch; part 0 has the masks of the whole batch.
   */
  public DropoutSeeds part(int index) {
    return index == 0 || !active ? this : new DropoutSeeds(Seeds.hash(seed, "part", index), true);
  }

  /** The dropout of a site. Each site of a network has its own number. */
  public Dropout at(int site, double prob) {
    return active && prob > 0 ? new Dropout(prob, Seeds.hash(seed, site)) : Dropout.NONE;
  }
}

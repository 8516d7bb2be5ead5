package io.dialogbert.example;

/** What an example is made of. */
public enum Pairing {
  /**
   * Two parts, of which the second truly follows or is from another dialogue.
   *
   * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2018, section 3.1</a>
   */
  NEXT_SENTENCE(0.5),
  /**
   * One part of turns that run on from dialogue to dialogue; there is no pair to judge.
   *
   * @see <a href="https://arxiv.org/abs/1907.11692">Liu et al. 2019, section 4.2</a>
   */
  FULL_SENTENCES(0.25);

  private final double examplesPerTurn;

  Pairing(double examplesPerTurn) {
    this.examplesPerTurn = examplesPerTurn;
  }

  /**
   * About how many examples come of a turn where an example has 48 tokens, to plan files by before
   * they are counted: 340,231 turns of 9 tokens gave 156,451 pairs, and hold text for half as many
   * full examples.
   */
  public double examplesPerTurn() {
    return examplesPerTurn;
  }
}

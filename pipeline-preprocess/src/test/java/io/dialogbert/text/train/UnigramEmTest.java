package io.dialogbert.text.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.common.Seeds;
import io.dialogbert.text.RandomTexts;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UnigramEmTest {
  /** The word "abc" and the pieces a, b, c, ab, bc, abc over one text. */
  private static final int[] TEXT = "abc".codePoints().toArray();

  private static final double[] PROBABILITIES = {0.1, 0.2, 0.15, 0.25, 0.1, 0.01};

  private static final PieceSet PIECES =
      new PieceSet(
          TEXT,
          3,
          new int[] {0, 1, 2, 0, 1, 0},
          new byte[] {1, 1, 1, 2, 2, 3},
          Arrays.stream(PROBABILITIES).map(Math::log).toArray());

  private static UnigramLattice lattice() {
    UnigramLattice lattice = new UnigramLattice(new PieceTrie(PIECES), PIECES.scores());
    lattice.setWord(TEXT, 0, 3);
    return lattice;
  }

  @Test
  void expectsPiecesAsOftenAsAllWaysToCutTheWordDo() {
    double single = 0.1 * 0.2 * 0.15;
    double firstTwo = 0.25 * 0.15;
    double lastTwo = 0.1 * 0.1;
    double whole = 0.01;
    double total = single + firstTwo + lastTwo + whole;
    double[] expected = new double[6];

    double logProbability = lattice().addExpectedCounts(10, expected);

    assertThat(logProbability).isCloseTo(Math.log(total), within(1e-12));
    double[] byHand = {
      single + lastTwo, single, single + firstTwo, firstTwo, lastTwo, whole,
    };
    for (int piece = 0; piece < byHand.length; piece++) {
      assertThat(expected[piece]).isCloseTo(10 * byHand[piece] / total, within(1e-12));
    }
  }

  @Test
  void cutsAWordAsIfItWereTheFirst() {
    UnigramLattice used = lattice();
    for (int n = 0; n < 1_000; n++) {
      int[] word = Seeds.of(RandomTexts.SEED, "lattice", n).ints(1 + n % 5, 'a', 'd').toArray();
      UnigramLattice fresh = new UnigramLattice(new PieceTrie(PIECES), PIECES.scores());
      used.setWord(word, 0, word.length);
      fresh.setWord(word, 0, word.length);
      double[] usedCounts = new double[PIECES.size()];
      double[] freshCounts = new double[PIECES.size()];
      // A word that is only segmented must not spoil the probabilities of the next one.
      if (n % 3 > 0) {
        assertThat(used.addExpectedCounts(1, usedCounts))
            .isEqualTo(fresh.addExpectedCounts(1, freshCounts));
      }
      assertThat(usedCounts).isEqualTo(freshCounts);
      assertThat(used.bestPieces(n % 2 == 0)).isEqualTo(fresh.bestPieces(n % 2 == 0));
    }
  }

  @Test
  void findsTheMostProbableWayToCut() {
    int ab = 3;
    int c = 2;
    assertThat(lattice().bestPieces(true)).containsExactly(c, ab);
  }

  @Test
  void digammaFollowsItsRecurrenceAndKnownValues() {
    double eulerMascheroni = 0.5772156649015329;
    assertThat(UnigramEm.digamma(1)).isCloseTo(-eulerMascheroni, within(1e-10));
    assertThat(UnigramEm.digamma(0.5)).isCloseTo(-eulerMascheroni - 2 * Math.log(2), within(1e-10));
    assertThat(UnigramEm.digamma(101)).isCloseTo(UnigramEm.digamma(100) + 0.01, within(1e-10));
  }
}

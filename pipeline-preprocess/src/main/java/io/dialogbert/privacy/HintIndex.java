package io.dialogbert.privacy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds which rules the words of a text trigger: all hints of all rules in one pass, by their first
 * two characters. Immutable.
 */
public final class HintIndex {
  private static final int NUM_SLOTS = 1 << 14;

  /** A hint of two or more characters and the rules that have it. */
  private record Hint(String text, BitSet rules) {}

  private final boolean[] starts = new boolean[Character.MAX_VALUE + 1];
  private final byte[] singleOf = new byte[Character.MAX_VALUE + 1];
  private final List<BitSet> singles = new ArrayList<>();
  private final Hint[][] slots = new Hint[NUM_SLOTS][];

  /**
   * The hints of rules. Rules are identified by their index in the list.
   *
   * @param hintsOfRules for each rule, texts of at least one character
   */
  public HintIndex(List<List<String>> hintsOfRules) {
    Map<String, BitSet> rulesOf = new HashMap<>();
    for (int i = 0; i < hintsOfRules.size(); i++) {
      for (String hint : hintsOfRules.get(i)) {
        rulesOf.computeIfAbsent(hint, unused -> new BitSet()).set(i);
      }
    }
    singles.add(new BitSet());
    Map<Integer, List<Hint>> bySlot = new HashMap<>();
    rulesOf.forEach(
        (hint, ofHint) -> {
          starts[hint.charAt(0)] = true;
          if (hint.length() == 1) {
            singleOf[hint.charAt(0)] = (byte) singles.size();
            singles.add(ofHint);
          } else {
            bySlot
                .computeIfAbsent(slot(hint.charAt(0), hint.charAt(1)), unused -> new ArrayList<>())
                .add(new Hint(hint, ofHint));
          }
        });
    if (singles.size() > Byte.MAX_VALUE) {
      throw new IllegalArgumentException(
          "hints of one character must be at most " + (Byte.MAX_VALUE - 1));
    }
    bySlot.forEach((slot, hints) -> slots[slot] = hints.toArray(new Hint[0]));
  }

  /** The hints in {@code text}; {@code null} if there are none. */
  public Hits find(String text) {
    Hits hits = null;
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (!starts[c]) {
        continue;
      }
      if (singleOf[c] != 0) {
        hits = hits == null ? new Hits() : hits;
        hits.add(i, singles.get(singleOf[c]));
      }
      Hint[] hints = i + 1 < length ? slots[slot(c, text.charAt(i + 1))] : null;
      if (hints != null) {
        for (Hint hint : hints) {
          if (text.startsWith(hint.text, i)) {
            hits = hits == null ? new Hits() : hits;
            hits.add(i, hint.rules);
          }
        }
      }
    }
    return hits;
  }

  private static int slot(char first, char second) {
    return (first * 31 + second) & (NUM_SLOTS - 1);
  }

  /** The positions of hints, from left to right, with the rules of each hint. */
  public static final class Hits {
    private final BitSet rules = new BitSet();
    private int[] positions = new int[8];
    private BitSet[] rulesAt = new BitSet[8];
    private int size;

    private void add(int position, BitSet ofHint) {
      if (size == positions.length) {
        positions = Arrays.copyOf(positions, 2 * size);
        rulesAt = Arrays.copyOf(rulesAt, 2 * size);
      }
      positions[size] = position;
      rulesAt[size++] = ofHint;
      rules.or(ofHint);
    }

    /** The rules with at least one hint in the text. */
    public BitSet rules() {
      return rules;
    }

    int size() {
      return size;
    }

    int position(int hit) {
      return positions[hit];
    }

    boolean isFor(int hit, int rule) {
      return rulesAt[hit].get(rule);
    }
  }
}

package io.dialogbert.metric;

import java.util.HashSet;
import java.util.Set;

/**
 * Compares predicted BIO tags with true ones, valid or not. Of type t, the tag 2t + 1 is B and 2t +
 * 2 is I; 0 is O. A sequence is a text, or several joined.
 *
 * @see <a href="https://github.com/chakki-works/seqeval">seqeval 1.2.2</a>
 * @see <a href="https://github.com/KLUE-benchmark/KLUE-baseline">KLUE-baseline</a>
 */
public final class TagScores {
  private static final int OUTSIDE = 0;

  private record Entity(int start, int end, int type) {}

  private TagScores() {}

  /** How entities are read from tags. */
  public enum Mode {
    /** seqeval's {@code mode="strict"} with the scheme IOB2: an entity begins with B. */
    STRICT,
    /** seqeval's default: an entity also begins where I does not go on with one of its type. */
    LENIENT
  }

  /** Counts of the entities of a sequence, by type. One is right if its place and type are. */
  public static LabelCounts entities(int[] tags, int[] predicted, int numTypes, Mode mode) {
    Checks.equallyLong("predicted tags", predicted.length, "tags", tags.length);
    LabelCounts counts = LabelCounts.none(numTypes);
    Set<Entity> there = entities(tags, mode);
    there.forEach(entity -> counts.there()[entity.type()]++);
    for (Entity entity : entities(predicted, mode)) {
      counts.predicted()[entity.type()]++;
      counts.right()[entity.type()] += there.contains(entity) ? 1 : 0;
    }
    return counts;
  }

  private static Set<Entity> entities(int[] tags, Mode mode) {
    Set<Entity> entities = new HashSet<>();
    int start = -1;
    for (int i = 0; i <= tags.length; i++) {
      int tag = i < tags.length ? tags[i] : OUTSIDE;
      int previous = i > 0 ? tags[i - 1] : OUTSIDE;
      if (isInside(tag) && (tag == previous || tag == previous + 1)) {
        continue;
      }
      if (start >= 0) {
        entities.add(new Entity(start, i, type(previous)));
      }
      boolean begins = isBegin(tag) || (mode == Mode.LENIENT && isInside(tag));
      start = begins ? i : -1;
    }
    return entities;
  }

  private static boolean isBegin(int tag) {
    return tag > OUTSIDE && tag % 2 == 1;
  }

  private static boolean isInside(int tag) {
    return tag > OUTSIDE && tag % 2 == 0;
  }

  private static int type(int tag) {
    return (tag - 1) / 2;
  }

  /**
   * Counts of the elements of a sequence, by tag.
   *
   * @param tags in [0, number of tags)
   */
  public static LabelCounts elements(int[] tags, int[] predicted, int numTypes) {
    Checks.equallyLong("predicted tags", predicted.length, "tags", tags.length);
    LabelCounts counts = LabelCounts.none(2 * numTypes + 1);
    for (int i = 0; i < tags.length; i++) {
      counts.there()[tags[i]]++;
      counts.predicted()[predicted[i]]++;
      counts.right()[tags[i]] += tags[i] == predicted[i] ? 1 : 0;
    }
    return counts;
  }

  /**
   * KLUE's F1 of characters, as its script computes it: the mean of all tags, O included, over all
   * characters but spaces, and two more with O for each text, which are {@code [CLS]} and {@code
   * [SEP]}.
   *
   * @param characters counts of the elements of all texts
   */
  public static double klueScript(LabelCounts characters, long numTexts) {
    LabelCounts ends = LabelCounts.none(characters.there().length);
    for (long[] counts : new long[][] {ends.right(), ends.there(), ends.predicted()}) {
      counts[OUTSIDE] = 2 * numTexts;
    }
    return characters.plus(ends).macroF1OfAll(OUTSIDE);
  }

  /**
   * KLUE's F1 of characters, as its paper defines it: the mean of all tags but O.
   *
   * @see <a href="https://arxiv.org/abs/2105.09680">Park et al. 2021, section 3.4</a>
   */
  public static double kluePaper(LabelCounts characters) {
    return characters.macroF1OfAll(OUTSIDE + 1);
  }
}

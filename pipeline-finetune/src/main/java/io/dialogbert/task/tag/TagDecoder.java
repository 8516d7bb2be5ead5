package io.dialogbert.task.tag;

/**
 * The likeliest tags in which I only follows B or I of its type: the Viterbi algorithm, with
 * transitions that are either free or forbidden.
 *
 * @see <a href="https://doi.org/10.1109/TIT.1967.1054010">Viterbi 1967</a>
 */
public final class TagDecoder {
  private TagDecoder() {}

  /**
   * Decodes a text. Letters: P pieces, T tags.
   *
   * @param logits [P][T], of the pieces that have a tag
   * @return [P] valid tags with the greatest sum of logits
   */
  public static int[] decode(float[][] logits) {
    int[][] from = new int[logits.length][];
    double[] best = {0};
    for (int piece = 0; piece < logits.length; piece++) {
      int numTags = logits[piece].length;
      double[] scores = new double[numTags];
      from[piece] = new int[numTags];
      for (int tag = 0; tag < numTags; tag++) {
        int previous = bestBefore(best, tag);
        from[piece][tag] = previous;
        scores[tag] = best[previous] + logits[piece][tag];
        if (!BioTags.mayFollow(previous, tag)) {
          scores[tag] = Double.NEGATIVE_INFINITY;
        }
      }
      best = scores;
    }
    int[] tags = new int[logits.length];
    for (int piece = tags.length - 1; piece >= 0; piece--) {
      tags[piece] = piece == tags.length - 1 ? likeliest(best) : from[piece + 1][tags[piece + 1]];
    }
    return tags;
  }

  /**
   * The best tag before another. The text's start is as a tag O before it.
   *
   * @param best greatest sum of logits of valid tags that end in each tag
   */
  private static int bestBefore(double[] best, int tag) {
    if (!BioTags.isInside(tag)) {
      return likeliest(best);
    }
    int begin = BioTags.begin(BioTags.type(tag));
    if (begin >= best.length) {
      return BioTags.OUTSIDE;
    }
    return best[begin + 1] > best[begin] ? begin + 1 : begin;
  }

  private static int likeliest(double[] scores) {
    int likeliest = 0;
    for (int tag = 1; tag < scores.length; tag++) {
      likeliest = scores[tag] > scores[likeliest] ? tag : likeliest;
    }
    return likeliest;
  }

  /**
   * The likeliest tag of each piece by itself, which may be invalid.
   *
   * @param logits [P][T]
   */
  public static int[] likeliest(float[][] logits) {
    int[] tags = new int[logits.length];
    for (int piece = 0; piece < tags.length; piece++) {
      float[] scores = logits[piece];
      for (int tag = 1; tag < scores.length; tag++) {
        tags[piece] = scores[tag] > scores[tags[piece]] ? tag : tags[piece];
      }
    }
    return tags;
  }

  /**
   * Logarithm of a tag's probability by the softmax over a piece's logits.
   *
   * @param logits [T]
   */
  public static double logProbability(float[] logits, int tag) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      greatest = Math.max(greatest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - greatest);
    }
    return logits[tag] - greatest - Math.log(sum);
  }
}

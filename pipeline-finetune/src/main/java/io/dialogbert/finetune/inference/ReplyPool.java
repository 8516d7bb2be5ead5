package io.dialogbert.finetune.inference;

import io.dialogbert.task.TaskExample;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Replies of one language to choose negatives from. Letters: M replies, Q contexts, H width.
 *
 * @param replies in a fixed order
 * @see <a href="https://arxiv.org/abs/2407.15831">Moreira et al. 2024 (NV-Retriever), section 4.2:
 *     TopK-PercPos</a>
 */
record ReplyPool(List<Reply> replies) implements Serializable {
  /** Replies whose sets of tokens have this Jaccard similarity are copies of each other. */
  private static final double NEAR_COPY = 0.6;

  /**
   * A reply.
   *
   * @param key replies of equal keys are the same
   * @param ids token ids, at least one
   * @param dialogueIds the dialogues that it is from
   * @param vector unit vector [H]
   */
  record Reply(int key, int[] ids, String[] dialogueIds, float[] vector) implements Serializable {}

  /** Vectors of all replies, to multiply with. */
  INDArray matrix() {
    return Nd4j.createFromArray(replies.stream().map(Reply::vector).toArray(float[][]::new));
  }

  /**
   * Cosines of contexts and replies.
   *
   * @param contexts unit vectors [Q][H]
   * @param matrix {@link #matrix}
   * @return [Q][M]
   */
  static float[][] scores(float[][] contexts, INDArray matrix) {
    return Nd4j.createFromArray(contexts).mmul(matrix.transpose()).toFloatMatrix();
  }

  /**
   * The reply that is hardest to tell from the right one, and yet no other way to say it: the
   * nearest to the context of those that are farther than the right one by a margin. Another key is
   * needed, and not nearly the same tokens. Equal scores go to the first.
   *
   * @param scores cosines of the context and each reply [M]
   * @param own cosine of the context and the right reply
   * @param margin share of {@code own}, in [0, 1]
   * @return index of the reply; empty if there is none
   */
  OptionalInt hardest(TaskExample example, float[] scores, double own, double margin) {
    double limit = own - margin * Math.abs(own);
    Set<Integer> tokens = tokens(example.second());
    int hardest = -1;
    for (int i = 0; i < scores.length; i++) {
      Reply reply = replies.get(i);
      if (scores[i] < limit
          && (hardest < 0 || scores[i] > scores[hardest])
          && reply.key() != example.key()
          && jaccard(tokens, tokens(reply.ids())) < NEAR_COPY) {
        hardest = i;
      }
    }
    return hardest < 0 ? OptionalInt.empty() : OptionalInt.of(hardest);
  }

  private static Set<Integer> tokens(int[] ids) {
    return Arrays.stream(ids).boxed().collect(Collectors.toSet());
  }

  private static double jaccard(Set<Integer> a, Set<Integer> b) {
    Set<Integer> both = new HashSet<>(a);
    both.retainAll(b);
    return (double) both.size() / (a.size() + b.size() - both.size());
  }
}

package io.dialogbert.finetune.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.finetune.inference.ReplyPool.Reply;
import io.dialogbert.task.TaskExample;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ReplyPoolTest {
  private static final long SEED = Long.getLong("tests.seed", 20_261_129);

  private static TaskExample example(int key, int... reply) {
    return new TaskExample("a-1", "ko", new int[] {7}, reply, -1, 0, key, new float[0]);
  }

  private static Reply reply(int key, int... ids) {
    return new Reply(key, ids, new String[] {"a"}, new float[] {1});
  }

  private static ReplyPool pool(Reply... replies) {
    return new ReplyPool(List.of(replies));
  }

  @Test
  void takesTheNearestThatIsFartherThanTheRightReplyByTheMargin() {
    ReplyPool pool = pool(reply(1, 10), reply(2, 20), reply(3, 30), reply(4, 40));
    float[] scores = {0.79f, 0.75f, 0.77f, 0.7f};
    TaskExample example = example(9, 90);
    assertThat(pool.hardest(example, scores, 0.8, 0.05)).hasValue(1);
    assertThat(pool.hardest(example, scores, 0.8, 0)).hasValue(0);
    assertThat(pool.hardest(example, scores, 0.8, 0.5)).isEmpty();
    // A share of a negative score is no margin below it.
    assertThat(pool.hardest(example, new float[] {-0.2f, -0.3f, -0.4f, -0.5f}, -0.2, 0.05))
        .hasValue(1);
  }

  @Test
  void leavesOutTheSameReplyAndNearCopies() {
    // Of 4 different tokens, the second shares 3: a Jaccard similarity of 0.75.
    ReplyPool pool = pool(reply(9, 50), reply(2, 10, 11, 12), reply(3, 10, 11, 60, 61));
    TaskExample example = example(9, 10, 11, 12, 13);
    assertThat(pool.hardest(example, new float[] {0.7f, 0.6f, 0.1f}, 1, 0.05)).hasValue(2);
  }

  @Test
  void findsWhatSortingFinds() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 200; round++) {
      List<Reply> replies =
          IntStream.range(0, 1 + random.nextInt(30))
              .mapToObj(i -> reply(random.nextInt(6), random.ints(3, 0, 8).toArray()))
              .toList();
      float[] scores = new float[replies.size()];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = random.nextInt(-10, 11) / 10f;
      }
      TaskExample example = example(random.nextInt(6), random.ints(3, 0, 8).toArray());
      double own = random.nextDouble(-1, 1);
      OptionalInt expected =
          IntStream.range(0, scores.length)
              .filter(i -> scores[i] < own - 0.1 * Math.abs(own))
              .filter(i -> replies.get(i).key() != example.key())
              .filter(i -> similarity(replies.get(i).ids(), example.second()) < 0.6)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -scores[i]))
              .mapToInt(i -> i)
              .findFirst();
      assertThat(new ReplyPool(replies).hardest(example, scores, own, 0.1))
          .as("seed %d, round %d", SEED, round)
          .isEqualTo(expected);
    }
  }

  private static double similarity(int[] a, int[] b) {
    long both = Arrays.stream(a).distinct().filter(id -> contains(b, id)).count();
    long all = IntStream.concat(Arrays.stream(a), Arrays.stream(b)).distinct().count();
    return (double) both / all;
  }

  private static boolean contains(int[] ids, int wanted) {
    return Arrays.stream(ids).boxed().collect(Collectors.toSet()).contains(wanted);
  }
}

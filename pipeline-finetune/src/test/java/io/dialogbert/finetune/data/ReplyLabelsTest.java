package io.dialogbert.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.Turn;
import io.dialogbert.finetune.data.ReplyLabels.ReplyClass;
import io.dialogbert.finetune.mine.MinedReactions;
import io.dialogbert.reaction.ReactionRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReplyLabelsTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int TRIALS = 50;
  private static final List<String> REPLIES =
      List.of("좋아", "싫어", "글쎄", "왜", "그래", "아니", "고마워", "미안", "진짜", "몰라");

  @Test
  void numbersAnyTableWithoutGapsAndFindsEachMember() {
    Random random = new Random(SEED);
    for (int trial = 0; trial < TRIALS; trial++) {
      String what = "trial %d, repeat with -Dtests.seed=%d".formatted(trial, SEED);
      List<ReactionRow> rows = new ArrayList<>();
      Map<String, Integer> idOf = new HashMap<>();
      for (String reply : REPLIES) {
        int id = 5 * random.nextInt(20);
        boolean dropped = random.nextInt(4) == 0;
        // Keys of no reply: only the member itself is found.
        rows.add(
            new ReactionRow(
                id, "ko", reply, "key of " + reply, reply, 1, dropped ? ReactionRow.DROP : ""));
        idOf.put(reply, dropped ? ReplyLabels.NONE : id);
      }
      ReplyLabels labels = ReplyLabels.of(new MinedReactions(rows, List.of()));
      List<Integer> ids = labels.classes().stream().map(ReplyClass::minedId).toList();
      assertThat(ids)
          .as(what)
          .isSorted()
          .doesNotHaveDuplicates()
          .containsAll(idOf.values().stream().filter(id -> id >= 0).toList());
      int[] found = labels.of(dialogue(REPLIES));
      assertThat(found[0]).as(what).isEqualTo(ReplyLabels.NONE);
      for (int i = 0; i < REPLIES.size(); i++) {
        int label = found[i + 1];
        assertThat(label == ReplyLabels.NONE ? label : ids.get(label))
            .as("reply %d of %s", i, what)
            .isEqualTo(idOf.get(REPLIES.get(i)));
      }
    }
  }

  @Test
  void findsNoClassWhereThereAreNone() {
    assertThat(ReplyLabels.none().classes()).isEmpty();
    assertThat(ReplyLabels.none().of(dialogue(List.of("좋아")))).containsExactly(-1, -1);
  }

  private static Dialogue dialogue(List<String> replies) {
    List<Turn> turns = new ArrayList<>(List.of(new Turn("asker", "오늘 어때", List.of("m"))));
    for (String reply : replies) {
      turns.add(new Turn("speaker-" + turns.size(), reply, List.of("m")));
    }
    return new Dialogue("d", "c", "ko", "train", Instant.EPOCH, turns);
  }
}

package io.dialogbert.example;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjIntConsumer;

/**
 * Turns dialogues into examples without pairs: {@code [CLS] turn [SEPT] turn ... [SEP]}, as many
 * whole turns as fit. Turns continue from one dialogue to the next, with {@code [SEP]} between.
 *
 * <p>A turn longer than an example is cut into pieces that each fill an example. The last piece may
 * be shorter; other turns follow it as if it were a whole turn. So every token of every turn is in
 * exactly one example. Immutable and shared by threads.
 *
 * @see <a href="https://arxiv.org/abs/1907.11692">Liu et al. 2019, section 4.2, FULL-SENTENCES</a>
 */
final class FullSentencesBuilder {
  private final ExampleConfig config;

  FullSentencesBuilder(ExampleConfig config) {
    this.config = config;
  }

  /**
   * Passes on the examples of dialogues in their order, each with its number of turns.
   *
   * @param dialogues dialogues of one language and split
   */
  void build(List<TokenizedDialogue> dialogues, ObjIntConsumer<PretrainExample> out) {
    Run run = new Run(out);
    for (TokenizedDialogue dialogue : dialogues) {
      run.add(dialogue);
    }
    run.finish();
  }

  /** The example that is being filled. */
  private final class Run {
    private final ObjIntConsumer<PretrainExample> out;
    private final ExampleWriter writer = new ExampleWriter(config);
    private final List<TokenizedDialogue> dialogues = new ArrayList<>();
    private String exampleId;
    private int numTurns;
    private int length;

    private Run(ObjIntConsumer<PretrainExample> out) {
      this.out = out;
    }

    private void add(TokenizedDialogue dialogue) {
      boolean isNewDialogue = true;
      int numStarted = 0;
      for (int[] turn : dialogue.turns()) {
        for (int from = 0; from < turn.length; from += config.maxTextTokens()) {
          int to = Math.min(turn.length, from + config.maxTextTokens());
          int separatorLength = isNewDialogue ? 1 : config.separatorLength();
          if (numTurns > 0 && length + separatorLength + to - from > config.maxTextTokens()) {
            finish();
          }
          if (numTurns == 0) {
            exampleId = dialogue.dialogueId() + "-" + numStarted++;
            writer.start();
          } else if (isNewDialogue) {
            writer.changeDialogue();
          } else {
            writer.separate();
          }
          if (numTurns == 0 || isNewDialogue) {
            dialogues.add(dialogue);
          }
          length += to - from + (numTurns == 0 ? 0 : separatorLength);
          writer.turn(Arrays.copyOfRange(turn, from, to));
          numTurns++;
          isNewDialogue = false;
        }
      }
    }

    private void finish() {
      if (numTurns > 0) {
        out.accept(writer.finish(exampleId, dialogues, PretrainExample.NO_PAIR), numTurns);
        dialogues.clear();
        numTurns = 0;
        length = 0;
      }
    }
  }
}

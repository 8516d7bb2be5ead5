package io.dialogbert.respond;

import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.Turns;
import io.dialogbert.text.Tokenizer;
import java.util.List;

/**
 * A fine-tuned network over texts. Serves any number of threads. Letter O: outputs of its head.
 *
 * @param spec what it learned
 */
public record TextModel(TaskSpec spec, Tokenizer tokenizer, BatchedModel model) {
  /** Token ids of the turn to be answered; may be none. */
  int[] lastTurn(Context context) {
    return tokenizer.encode(context.lastTurn(), context.lang());
  }

  /** Token ids of all turns as one text; may be none. */
  int[] turns(Context context) {
    return Turns.join(
        context.turns().stream().map(turn -> tokenizer.encode(turn, context.lang())).toList());
  }

  /** The outputs [O] of a text; empty if it has no tokens. */
  float[] outputs(int[] ids, Deadline deadline) throws TooSlowException {
    return ids.length == 0
        ? new float[0]
        : model.outputs(List.of(spec.layout().of(ids)), deadline)[0];
  }

  /**
   * The outputs [B][O] of a part of a context, paired with each of other texts.
   *
   * @param first token ids of the part
   * @param texts at least one, each with tokens
   */
  float[][] outputs(int[] first, List<String> texts, Context context, Deadline deadline)
      throws TooSlowException {
    return model.outputs(
        texts.stream()
            .map(text -> spec.layout().of(first, tokenizer.encode(text, context.lang())))
            .toList(),
        deadline);
  }
}

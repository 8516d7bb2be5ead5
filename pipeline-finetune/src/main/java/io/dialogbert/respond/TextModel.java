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
  /** The outputs [O] of the turn to be answered; empty if it has no tokens. */
  float[] lastTurn(Context context, Deadline deadline) throws TooSlowException {
    return single(tokenizer.encode(context.lastTurn(), context.lang()), deadline);
  }

  /** The outputs [O] of all turns as one text; empty if they have no tokens. */
  float[] turns(Context context, Deadline deadline) throws TooSlowException {
    return single(
        Turns.join(
            context.turns().stream().map(turn -> tokenizer.encode(turn, context.lang())).toList()),
        deadline);
  }

  private float[] single(int[] ids, Deadline deadline) throws TooSlowException {
    return ids.length == 0
        ? new float[0]
        : model.outputs(List.of(spec.layout().of(ids)), deadline)[0];
  }

  /**
   * The outputs [B][O] of the turn to be answered, paired with each of other texts.
   *
   * @param texts at least one, each with tokens
   */
  float[][] pairs(Context context, List<String> texts, Deadline deadline) throws TooSlowException {
    int[] first = tokenizer.encode(context.lastTurn(), context.lang());
    return model.outputs(
        texts.stream()
            .map(text -> spec.layout().of(first, tokenizer.encode(text, context.lang())))
            .toList(),
        deadline);
  }
}

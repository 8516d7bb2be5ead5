package io.dialogbert.respond;

import io.dialogbert.finetune.objective.Probabilities;
import io.dialogbert.task.TaskSpec.ClassName;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reaction classification: the most probable short replies of the context's language.
 *
 * @param reactions gives logits of reactions
 * @param count maximum number of suggestions
 */
public record ReactionSuggester(TextModel reactions, int count) implements Suggester {
  @Override
  public List<Suggestion> suggest(Context context, Deadline deadline) throws TooSlowException {
    float[] logits = reactions.turns(context, deadline);
    float[] probabilities = Probabilities.of(logits);
    List<ClassName> classes = reactions.spec().classes();
    return IntStream.range(0, logits.length)
        .filter(c -> classes.get(c).lang().equals(context.lang()))
        .boxed()
        .sorted(Comparator.comparingDouble((Integer c) -> -probabilities[c]))
        .limit(count)
        .map(c -> new Suggestion(classes.get(c).name(), probabilities[c], "", 0))
        .toList();
  }
}

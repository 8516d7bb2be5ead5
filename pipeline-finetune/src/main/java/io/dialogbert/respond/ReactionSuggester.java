package io.dialogbert.respond;

import io.dialogbert.model.head.Softmax;
import io.dialogbert.task.ClassRanking;
import io.dialogbert.task.TaskSpec.ClassName;
import java.util.List;

/**
 * Reaction classification: the short replies of the context's language that rank first.
 *
 * @param reactions gives logits of reactions
 * @param ranking of all classes
 * @param count maximum number of suggestions
 */
public record ReactionSuggester(TextModel reactions, ClassRanking ranking, int count)
    implements Suggester {
  @Override
  public List<Suggestion> suggest(Context context, Deadline deadline) throws TooSlowException {
    float[] logits = reactions.outputs(reactions.turns(context), deadline);
    if (logits.length == 0) {
      return List.of();
    }
    float[] probabilities = Softmax.probabilities(logits);
    List<ClassName> classes = reactions.spec().classes();
    return ranking.top(probabilities, classes.size(), any -> any).stream()
        .filter(c -> classes.get(c).lang().equals(context.lang()))
        .limit(count)
        .map(c -> new Suggestion(classes.get(c).name(), probabilities[c], "", 0))
        .toList();
  }
}

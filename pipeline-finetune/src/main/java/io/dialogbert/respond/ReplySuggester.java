package io.dialogbert.respond;

import io.dialogbert.finetune.objective.Vectors;
import java.util.List;
import java.util.Map;

/**
 * Reply matching: the replies whose vectors are nearest to that of the context.
 *
 * @param reply makes vectors of contexts and replies
 * @param texts by language
 * @param numCandidates number of replies that are looked at
 * @param count maximum number of suggestions
 */
public record ReplySuggester(
    TextModel reply, Map<String, IndexedTexts> texts, int numCandidates, int count)
    implements Suggester {
  @Override
  public List<Suggestion> suggest(Context context, Deadline deadline) throws TooSlowException {
    IndexedTexts known = texts.get(context.lang());
    float[] vector = reply.turns(context, deadline);
    if (known == null || vector.length == 0) {
      return List.of();
    }
    return Suggester.best(
        known.search().nearest(Vectors.direction(vector), numCandidates, deadline).stream()
            .map(hit -> known.suggestion(hit.row(), hit.score()))
            .toList(),
        context,
        count);
  }
}

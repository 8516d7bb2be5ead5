package io.dialogbert.respond;

import io.dialogbert.finetune.objective.Vectors;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The replies that are found by comparing indexed texts to the context. Vectors find candidates; a
 * model that reads both texts at once, if there is one, scores them anew.
 *
 * @param vectors makes sentence vectors
 * @param pair scores the candidates
 * @param texts by language
 * @param numCandidates number of texts that the vectors find
 * @param count maximum number of suggestions
 */
public record SearchSuggester(
    Comparison comparison,
    TextModel vectors,
    Optional<PairScorer> pair,
    Map<String, IndexedTexts> texts,
    int numCandidates,
    int count)
    implements Suggester {
  @Override
  public List<Suggestion> suggest(Context context, Deadline deadline) throws TooSlowException {
    IndexedTexts known = texts.get(context.lang());
    float[] vector = vectors.outputs(comparison.ids(vectors, context), deadline);
    if (known == null || vector.length == 0) {
      return List.of();
    }
    List<Suggestion> found =
        known.search().nearest(Vectors.direction(vector), numCandidates, deadline).stream()
            .map(hit -> known.suggestion(hit.row(), hit.score()))
            .toList();
    if (pair.isPresent() && !found.isEmpty()) {
      found = pair.get().scoredAnew(found, comparison, context, deadline);
    }
    return Suggester.best(found, context, count);
  }
}

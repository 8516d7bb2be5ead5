package io.dialogbert.respond;

import io.dialogbert.finetune.objective.Vectors;
import io.dialogbert.respond.search.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Query similarity: the replies to the queries that are most similar to the last turn. Vectors find
 * candidates; a model that reads both texts at once, if there is one, scores them anew.
 *
 * @param similarity makes sentence vectors of queries
 * @param pair scores the similarity of two queries
 * @param texts by language
 * @param numCandidates number of queries that the vectors find
 * @param count maximum number of suggestions
 */
public record PairSuggester(
    TextModel similarity,
    Optional<PairScorer> pair,
    Map<String, IndexedTexts> texts,
    int numCandidates,
    int count)
    implements Suggester {
  @Override
  public List<Suggestion> suggest(Context context, Deadline deadline) throws TooSlowException {
    IndexedTexts known = texts.get(context.lang());
    float[] vector = similarity.lastTurn(context, deadline);
    if (known == null || vector.length == 0) {
      return List.of();
    }
    List<Hit> hits = known.search().nearest(Vectors.direction(vector), numCandidates, deadline);
    List<Suggestion> found =
        hits.stream().map(hit -> known.suggestion(hit.row(), hit.score())).toList();
    if (pair.isPresent() && !found.isEmpty()) {
      found = scoredAnew(pair.get(), found, context, deadline);
    }
    return Suggester.best(found, context, count);
  }

  private static List<Suggestion> scoredAnew(
      PairScorer pair, List<Suggestion> found, Context context, Deadline deadline)
      throws TooSlowException {
    // A query with several replies is read once.
    List<String> queries = found.stream().map(Suggestion::query).distinct().toList();
    double[] scores = pair.scores(context, queries, deadline);
    Map<String, Double> scoreOf = new HashMap<>();
    for (int i = 0; i < scores.length; i++) {
      scoreOf.put(queries.get(i), scores[i]);
    }
    List<Suggestion> scored = new ArrayList<>();
    for (Suggestion old : found) {
      scored.add(new Suggestion(old.text(), scoreOf.get(old.query()), old.query(), old.people()));
    }
    scored.sort(Comparator.comparing(Suggestion::score, Comparator.reverseOrder()));
    return scored;
  }
}

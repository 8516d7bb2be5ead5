package io.dialogbert.respond.job;

import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.index.IndexTables;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.kernel.Precision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a responder is made of. A task whose parts are missing is left out.
 *
 * @param index output directory of build-index
 * @param similarity checkpoint whose vectors compare queries, the one that the index was built with
 * @param pair checkpoint that scores pairs of queries
 * @param pairClass of a pair checkpoint that classifies, the class of queries that are alike
 * @param reply checkpoint whose vectors match contexts and replies, the one that the index was
 *     built with
 * @param replyPair checkpoint that scores pairs of a context and a reply
 * @param reactions checkpoint that classifies contexts by their reaction
 * @param precision of the matrix products
 * @param priorExponent how much frequent reactions are ranked down, in [0, 1]
 * @param thresholds least scores of answers
 * @param numCandidates number of texts that vectors find
 * @param numSuggestions maximum number of suggestions of each task
 * @param maxCharacters maximum number of code points of a turn
 */
public record ResponderSettings(
    Optional<String> index,
    Optional<String> similarity,
    Optional<String> pair,
    String pairClass,
    Optional<String> reply,
    Optional<String> replyPair,
    Optional<String> reactions,
    Precision precision,
    double priorExponent,
    Thresholds thresholds,
    int numCandidates,
    int numSuggestions,
    int maxCharacters) {
  static final String INDEX = "index";
  static final String PAIR = "pair";
  static final String REPLY_PAIR = "reply-pair";
  static final String REACTIONS = "reactions";

  /** Least score at which the best suggestion of a task is an answer. */
  public record Thresholds(double pair, double reply, double reaction) {}

  static ResponderSettings read(ConfigReader in) {
    ResponderSettings settings =
        new ResponderSettings(
            in.optionalPath(INDEX),
            in.optionalPath(IndexTables.SIMILARITY),
            in.optionalPath(PAIR),
            in.string("pair-class"),
            in.optionalPath(IndexTables.REPLY),
            in.optionalPath(REPLY_PAIR),
            in.optionalPath(REACTIONS),
            in.choice("precision", Precision.class),
            in.fraction("prior-exponent"),
            new Thresholds(
                in.doubleBetween("pair-threshold", -1, 2),
                in.doubleBetween("reply-threshold", -1, 2),
                in.doubleBetween("reaction-threshold", 0, 2)),
            in.intBetween("num-candidates", 1, 1000),
            in.intBetween("num-suggestions", 1, 100),
            in.intBetween("max-characters", 1, 100_000));
    if (!settings.hasTask()) {
      in.problem(
          REACTIONS, "no task is complete: set reactions, or index with similarity or reply");
    }
    return settings;
  }

  private boolean hasTask() {
    return reactions.isPresent()
        || (index.isPresent() && (similarity.isPresent() || reply.isPresent()));
  }

  /** The directories that are read. */
  Lineage lineage() {
    Lineage lineage = Lineage.printing();
    if (index.isPresent()) {
      lineage = lineage.dataset(INDEX, index.get(), IndexTables.JOB);
    }
    Map<String, Optional<String>> checkpoints = new LinkedHashMap<>();
    checkpoints.put(IndexTables.SIMILARITY, similarity);
    checkpoints.put(PAIR, pair);
    checkpoints.put(IndexTables.REPLY, reply);
    checkpoints.put(REPLY_PAIR, replyPair);
    checkpoints.put(REACTIONS, reactions);
    for (Map.Entry<String, Optional<String>> checkpoint : checkpoints.entrySet()) {
      if (checkpoint.getValue().isPresent()) {
        lineage =
            lineage.dataset(checkpoint.getKey(), checkpoint.getValue().get(), Tasks.learners());
      }
    }
    return lineage;
  }
}

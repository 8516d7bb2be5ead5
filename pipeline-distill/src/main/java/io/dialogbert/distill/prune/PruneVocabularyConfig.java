package io.dialogbert.distill.prune;

import io.dialogbert.frame.config.ConfigReader;
import java.util.List;
import java.util.Optional;

/**
 * Settings of {@link PruneVocabularyJob}.
 *
 * @param checkpoint output directory of a job that trains networks
 * @param dialogues output directory of build-dialogues, whose texts tell which pieces are used
 * @param taskData output directory of build-task-data, likewise
 * @param languages the texts' languages; empty for all
 * @param minCount pieces that are used at least so often are kept
 */
public record PruneVocabularyConfig(
    String checkpoint,
    Optional<String> dialogues,
    Optional<String> taskData,
    List<String> languages,
    long minCount,
    String output) {
  static PruneVocabularyConfig read(ConfigReader in) {
    PruneVocabularyConfig config =
        new PruneVocabularyConfig(
            in.path("checkpoint"),
            in.optionalPath("dialogues"),
            in.optionalPath("task-data"),
            in.strings("languages"),
            in.longBetween("min-count", 1, Long.MAX_VALUE),
            in.path("output"));
    if (config.dialogues().isEmpty() && config.taskData().isEmpty()) {
      in.problem("dialogues", "must be given if task-data is not");
    }
    return config;
  }
}

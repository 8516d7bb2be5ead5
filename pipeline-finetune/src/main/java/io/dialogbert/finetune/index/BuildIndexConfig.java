package io.dialogbert.finetune.index;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.kernel.Precision;
import java.util.Optional;

/**
 * Settings of {@link BuildIndexJob}.
 *
 * @param dialogues output directory of build-dialogues
 * @param similarity checkpoint whose sentence vectors compare queries; without it there are no
 *     pairs
 * @param reply checkpoint whose sentence vectors match contexts and replies; without it there are
 *     no replies
 * @param precision of the matrix products
 * @param minPeople number of people who must have written a text
 * @param graphFrom number of vectors of a language from which a graph is made to search them
 */
public record BuildIndexConfig(
    String dialogues,
    Optional<String> similarity,
    Optional<String> reply,
    String output,
    Precision precision,
    int minPeople,
    long rowsPerFile,
    int graphFrom) {
  static BuildIndexConfig read(ConfigReader in) {
    Optional<String> similarity = in.optionalPath("similarity");
    Optional<String> reply = in.optionalPath("reply");
    if (similarity.isEmpty() && reply.isEmpty()) {
      in.problem("similarity", "similarity, reply or both must be set");
    }
    return new BuildIndexConfig(
        in.path("dialogues"),
        similarity,
        reply,
        in.path("output"),
        in.choice("precision", Precision.class),
        in.intBetween("min-people", 1, 1_000_000),
        in.longBetween("rows-per-file", 1, Long.MAX_VALUE),
        in.intBetween("graph-from", 1, Integer.MAX_VALUE));
  }
}

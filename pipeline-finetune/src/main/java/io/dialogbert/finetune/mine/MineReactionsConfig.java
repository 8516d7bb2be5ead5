package io.dialogbert.finetune.mine;

import io.dialogbert.frame.config.ConfigReader;
import java.util.Optional;

/**
 * Settings of {@link MineReactionsJob}.
 *
 * @param dialogues output directory of build-dialogues
 * @param mapping an earlier {@code reactions.tsv}, as a person edited it
 * @param harmfulPatterns a file of regular expressions, one a line, of more harmful replies
 * @param numClasses maximum number of classes, those with most support first
 * @param minClassCount support: conversations of the training split that a class occurs in
 * @param minSenders people of the training split who wrote a class, and each member that is shown
 */
public record MineReactionsConfig(
    String dialogues,
    Optional<String> mapping,
    Optional<String> harmfulPatterns,
    String output,
    int numClasses,
    long minClassCount,
    long minSenders) {

  static MineReactionsConfig read(ConfigReader in) {
    return new MineReactionsConfig(
        in.path("dialogues"),
        in.optionalPath("mapping"),
        in.optionalPath("harmful-patterns"),
        in.path("output"),
        in.intBetween("num-classes", 2, 100_000),
        in.longBetween("min-class-count", 2, Long.MAX_VALUE),
        in.longBetween("min-senders", 2, Long.MAX_VALUE));
  }
}

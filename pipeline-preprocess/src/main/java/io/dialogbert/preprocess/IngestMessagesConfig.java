package io.dialogbert.preprocess;

import io.dialogbert.common.ConfigReader;
import java.util.List;
import java.util.Optional;

/**
 * Settings of {@link IngestMessagesJob}.
 *
 * @param input files, directories or globs of JSON Lines, compressed or not
 * @param languages accepted values of {@code lang}
 * @param maxRejectRatio share of rows in [0, 1] that may be rejected before the job fails
 * @param maxRepeats how many of a repeated character are kept; at least 2, as in [ACCOUNT]
 * @param pseudonymKeyFile file that holds the pseudonym key
 * @param pseudonymKeyVariable environment variable that holds it, if no file is named
 * @param messagesPerFile target size of the output's files
 * @param consentList text files of user ids; empty: everybody has consented
 * @param deletionList text files of user ids
 * @param consentPolicy which messages the two lists take away
 */
public record IngestMessagesConfig(
    List<String> input,
    String output,
    List<String> languages,
    double maxRejectRatio,
    int maxRepeats,
    Optional<String> pseudonymKeyFile,
    String pseudonymKeyVariable,
    long messagesPerFile,
    List<String> consentList,
    List<String> deletionList,
    ConsentPolicy consentPolicy) {

  static IngestMessagesConfig read(ConfigReader in) {
    return new IngestMessagesConfig(
        in.paths("input"),
        in.path("output"),
        in.strings("languages"),
        in.fraction("max-reject-ratio"),
        in.intBetween("max-repeats", 2, 100),
        in.optionalPath("pseudonym-key-file"),
        in.string("pseudonym-key-variable"),
        in.longBetween("messages-per-file", 1, Long.MAX_VALUE),
        in.optionalPaths("consent-list"),
        in.optionalPaths("deletion-list"),
        in.choice("consent-policy", ConsentPolicy.class));
  }
}

package io.dialogbert.job.dialogue;

import io.dialogbert.dialogue.DialogueConfig;
import io.dialogbert.dialogue.DuplicateConfig;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.config.ConfigReader;
import java.time.LocalDate;
import java.util.Optional;

/**
 * Settings of {@link BuildDialoguesJob}.
 *
 * @param messages directory written by ingest-messages, or the one that holds its days
 * @param day the day whose dialogues are built; empty for all at once
 * @param maxConversationsPerText maximum number of conversations to which a sender may send one
 *     text; 0 for no limit
 * @param minBroadcastLength shortest text that can count as a broadcast, in code points
 * @param dialoguesPerFile target number of dialogues in each output file
 */
public record BuildDialoguesConfig(
    String messages,
    String output,
    Optional<LocalDate> day,
    DialogueConfig dialogues,
    DuplicateConfig duplicates,
    int maxConversationsPerText,
    int minBroadcastLength,
    long dialoguesPerFile) {

  static BuildDialoguesConfig read(ConfigReader in) {
    return new BuildDialoguesConfig(
        in.pathOfDay("messages"),
        in.pathOfDay("output"),
        in.day(),
        new DialogueConfig(
            in.duration("session-gap"),
            in.intBetween("min-turns", 2, 10_000),
            in.intBetween("max-turns", 2, 10_000),
            in.intBetween("max-messages", 2, 1_000_000),
            new Splits(in.seed(), in.fraction("validation-ratio"), in.fraction("test-ratio"))),
        new DuplicateConfig(
            in.doubleBetween("near-duplicate-threshold", 0.5, 1),
            in.intBetween("shingle-length", 1, 100),
            in.intBetween("num-hashes", 1, 10_000)),
        in.intBetween("max-conversations-per-text", 0, Integer.MAX_VALUE),
        in.intBetween("min-broadcast-length", 1, 1_000_000),
        in.longBetween("dialogues-per-file", 1, Long.MAX_VALUE));
  }
}

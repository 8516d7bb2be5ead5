package io.dialogbert.preprocess;

import io.dialogbert.common.ConfigReader;
import io.dialogbert.dialogue.DialogueConfig;
import io.dialogbert.dialogue.Splits;

/**
 * Settings of {@link BuildDialoguesJob}.
 *
 * @param messages directory that ingest-messages wrote
 * @param dialoguesPerFile target size of the output's files
 */
public record BuildDialoguesConfig(
    String messages, String output, DialogueConfig dialogues, long dialoguesPerFile) {

  static BuildDialoguesConfig read(ConfigReader in) {
    return new BuildDialoguesConfig(
        in.path("messages"),
        in.path("output"),
        new DialogueConfig(
            in.duration("session-gap"),
            in.intBetween("min-turns", 2, 10_000),
            in.intBetween("max-turns", 2, 10_000),
            in.intBetween("max-messages", 2, 1_000_000),
            new Splits(in.seed(), in.fraction("validation-ratio"), in.fraction("test-ratio"))),
        in.longBetween("dialogues-per-file", 1, Long.MAX_VALUE));
  }
}

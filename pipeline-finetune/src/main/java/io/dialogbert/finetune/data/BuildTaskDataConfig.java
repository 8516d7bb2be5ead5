package io.dialogbert.finetune.data;

import io.dialogbert.finetune.label.LabeledFilesConfig;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.task.Layout;
import io.dialogbert.task.label.EntityRule;
import java.util.Optional;

/**
 * Settings of {@link BuildTaskDataJob}.
 *
 * @param source where examples come from
 * @param dialogues output directory of build-dialogues; read for examples of dialogues
 * @param tokenizer output directory of train-tokenizer
 * @param reactions output directory of mine-reactions, whose classes replies have; present for
 *     reactions, and may be for replies
 * @param labeled labeled files and what they are; present for examples of files
 * @param layout how texts are laid out
 * @param singleTurnShare share of the training contexts in [0, 1] that are cut to their last turn
 * @param maxUnknownRate share of unknown tokens in [0, 1] above which the job fails
 */
public record BuildTaskDataConfig(
    Source source,
    String dialogues,
    String tokenizer,
    String output,
    Optional<String> reactions,
    Optional<Labeled> labeled,
    Layout layout,
    double singleTurnShare,
    double maxUnknownRate,
    long examplesPerFile) {

  /** Where examples come from. */
  public enum Source {
    /** Contexts in dialogues, and the classes of their replies. */
    REACTIONS,
    /** Contexts in dialogues, and their replies. */
    REPLIES,
    /** Files. */
    LABELED
  }

  /**
   * Labeled files.
   *
   * @param name what the labels are
   * @param lang language of the texts
   * @param masksPersonalData whether personal data is masked as in messages
   * @param marksShared whether the encoder is shown which tokens the texts of a pair share
   */
  record Labeled(
      String name,
      String lang,
      boolean masksPersonalData,
      boolean marksShared,
      LabeledFilesConfig files) {}

  static BuildTaskDataConfig read(ConfigReader in) {
    Source source = in.choice("source", Source.class);
    boolean isLabeled = source == Source.LABELED;
    Labeled labeled = labeled(in.section("labeled", isLabeled));
    Optional<String> reactions =
        source == Source.REACTIONS
            ? Optional.of(in.path("reactions"))
            : in.optionalPath("reactions");
    return new BuildTaskDataConfig(
        source,
        isLabeled ? in.optionalPath("dialogues").orElse("") : in.path("dialogues"),
        in.path("tokenizer"),
        in.path("output"),
        isLabeled ? Optional.empty() : reactions,
        isLabeled ? Optional.of(labeled) : Optional.empty(),
        new Layout(
            in.intBetween("max-sequence-length", 8, 512),
            in.intBetween("max-context-turns", 1, 100),
            !isLabeled,
            isLabeled && labeled.marksShared()),
        in.fraction("single-turn-share"),
        in.fraction("max-unknown-rate"),
        in.longBetween("examples-per-file", 1, Long.MAX_VALUE));
  }

  private static Labeled labeled(ConfigReader in) {
    Labeled labeled =
        new Labeled(
            in.string("name", "must be set", name -> !name.isBlank()),
            in.string("lang", "must be ko or ja", lang -> lang.equals("ko") || lang.equals("ja")),
            in.flag("mask-personal-data"),
            in.flag("mark-shared-tokens"),
            LabeledFilesConfig.read(in));
    if (labeled.masksPersonalData() && labeled.files().schema().rule() instanceof EntityRule) {
      in.problem(
          "mask-personal-data",
          "must be false if kind is tags: a masked text has other places than its file says");
    }
    return labeled;
  }
}

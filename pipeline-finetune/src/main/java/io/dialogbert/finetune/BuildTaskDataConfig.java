package io.dialogbert.finetune;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskSpec;
import java.io.Serializable;

/**
 * Settings of {@link BuildTaskDataJob}.
 *
 * @param task kind of the task
 * @param dialogues output directory of build-dialogues
 * @param tokenizer output directory of train-tokenizer
 * @param numClasses maximum number of reactions, the most frequent first
 * @param minClassCount rarer replies are not classes, and are never shown
 * @param layout how contexts are laid out
 * @param maxUnknownRate share of unknown tokens in [0, 1] above which the job fails
 */
public record BuildTaskDataConfig(
    TaskSpec.Kind task,
    String dialogues,
    String tokenizer,
    String output,
    int numClasses,
    long minClassCount,
    Layout layout,
    double maxUnknownRate,
    long examplesPerFile)
    implements Serializable {

  static BuildTaskDataConfig read(ConfigReader in) {
    TaskSpec.Kind task = in.choice("task", TaskSpec.Kind.class);
    if (!task.hasContext()) {
      in.problem("task", "must be reactions or replies: other tasks are not mined from dialogues");
    }
    return new BuildTaskDataConfig(
        task,
        in.path("dialogues"),
        in.path("tokenizer"),
        in.path("output"),
        in.intBetween("num-classes", 2, 100_000),
        in.longBetween("min-class-count", 2, Long.MAX_VALUE),
        new Layout(
            in.intBetween("max-sequence-length", 8, 512),
            in.intBetween("max-context-turns", 1, 100),
            true),
        in.fraction("max-unknown-rate"),
        in.longBetween("examples-per-file", 1, Long.MAX_VALUE));
  }
}

package io.dialogbert.train.run;

import java.util.List;

/** What may differ between a run and the one that it resumes. */
final class PlanChanges {
  /** None of these settings affects the work done so far. */
  private static final List<String> SETTINGS =
      List.of(
          "num-steps",
          "num-workers",
          "micro-batch-size",
          "precision",
          "max-skipped-rounds",
          "evaluation-steps",
          "checkpoint-steps",
          "keep-checkpoints");

  private PlanChanges() {}

  /**
   * Whether a difference does not matter.
   *
   * @param difference of two manifests, in words
   */
  static boolean mayBe(String difference) {
    return SETTINGS.stream().anyMatch(name -> difference.contains(".training." + name + " was "));
  }
}

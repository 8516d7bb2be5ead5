package io.dialogbert.report;

import java.util.List;

/**
 * The finished stages of a work directory.
 *
 * @param stages the stages in start order
 * @param runs the training runs among them, in the same order
 */
public record WorkDirectory(List<StageReport> stages, List<TrainingRun> runs) {
  public WorkDirectory {
    stages = List.copyOf(stages);
    runs = List.copyOf(runs);
  }
}

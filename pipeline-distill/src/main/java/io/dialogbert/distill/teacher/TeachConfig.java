package io.dialogbert.distill.teacher;

import io.dialogbert.frame.config.ConfigReader;
import java.util.List;
import java.util.Optional;

/**
 * Settings of {@link TeachJob}.
 *
 * @param teacher output directory of finetune or distill; empty if there are files
 * @param files Parquet files of answers that were made elsewhere, or globs of them
 * @param taskData output directory of build-task-data
 * @param top number of classes to keep the logits of; 0 for all
 */
public record TeachConfig(
    Optional<String> teacher, List<String> files, String taskData, String output, int top) {
  static TeachConfig read(ConfigReader in) {
    Optional<String> teacher = in.optionalPath("teacher");
    List<String> files = in.optionalPaths("files");
    if (teacher.isPresent() == !files.isEmpty()) {
      in.problem("teacher", "must be set if there are no files, and only then");
    }
    int top = in.intBetween("top-k", 0, 1_000_000);
    if (top > 0 && !files.isEmpty()) {
      in.problem("top-k", "must be 0 with files, which are kept as they are");
    }
    return new TeachConfig(teacher, files, in.path("task-data"), in.path("output"), top);
  }
}

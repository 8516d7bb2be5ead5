package io.dialogbert.finetune.train;

import static org.apache.spark.sql.functions.col;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.JobContext;
import io.dialogbert.task.TaskSpec;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a task's test split gives without a model. */
final class TaskBaselines {
  private TaskBaselines() {}

  /**
   * Accuracy on the test split, in [0, 1], of always predicting the most frequent class of
   * training; ties go to the first. Empty for a task without classes.
   */
  static Optional<Double> majority(JobContext job, String input, TaskSpec spec) {
    if (!spec.kind().hasClasses()) {
      return Optional.empty();
    }
    SortedMap<Integer, Long> train = labels(job, input, Splits.TRAIN);
    SortedMap<Integer, Long> test = labels(job, input, Splits.TEST);
    int guess = train.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    double all = test.values().stream().mapToLong(Long::longValue).sum();
    return Optional.of(test.getOrDefault(guess, 0L) / all);
  }

  /** Number of examples of each class that occurs in a split. */
  static SortedMap<Integer, Long> labels(JobContext job, String input, String split) {
    SortedMap<Integer, Long> labels = new TreeMap<>();
    job.read(input, "data")
        .filter(col("split").equalTo(split))
        .groupBy("label")
        .count()
        .collectAsList()
        .forEach(row -> labels.put(row.getAs("label"), row.getAs("count")));
    return labels;
  }
}

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
    SortedMap<Integer, Long> train = new TreeMap<>();
    SortedMap<Integer, Long> test = new TreeMap<>();
    Map<String, SortedMap<Integer, Long>> labels = Map.of(Splits.TRAIN, train, Splits.TEST, test);
    job.read(input, "data")
        .filter(col("split").isin(Splits.TRAIN, Splits.TEST))
        .groupBy("split", "label")
        .count()
        .collectAsList()
        .forEach(
            row ->
                labels.get(row.<String>getAs("split")).put(row.getAs("label"), row.getAs("count")));
    int guess = train.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    double all = test.values().stream().mapToLong(Long::longValue).sum();
    return Optional.of(test.getOrDefault(guess, 0L) / all);
  }
}

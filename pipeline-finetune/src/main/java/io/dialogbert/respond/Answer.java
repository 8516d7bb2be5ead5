package io.dialogbert.respond;

import java.util.List;
import java.util.Optional;

/**
 * What all tasks found.
 *
 * @param tasks in the order of {@link Source}, one for each
 * @param micros time taken, in microseconds
 */
public record Answer(String lang, List<TaskAnswer> tasks, long micros) {
  public Answer {
    tasks = List.copyOf(tasks);
  }

  /** The first task whose best suggestion is good enough; empty if there is no answer. */
  public Optional<TaskAnswer> chosen() {
    return tasks.stream().filter(task -> task.answer().isPresent()).findFirst();
  }
}

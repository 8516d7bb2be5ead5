package io.dialogbert.respond;

import io.dialogbert.privacy.PiiMasker;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers contexts by all tasks that it has. The answer is the best suggestion of the first task,
 * in the order of {@link Source}, whose score reaches the task's threshold. Serves any number of
 * threads.
 */
public final class Responder implements AutoCloseable {
  /**
   * A task.
   *
   * @param suggester finds suggestions; empty if the task is left out
   * @param threshold least score at which its best suggestion is an answer
   * @param leftOut why the task is left out
   */
  public record Task(Optional<Suggester> suggester, double threshold, String leftOut) {
    public static Task of(Suggester suggester, double threshold) {
      return new Task(Optional.of(suggester), threshold, "");
    }

    /** A task that is not tried. */
    public static Task leftOut(String reason) {
      return new Task(Optional.empty(), 0, reason);
    }
  }

  /** Something that the tasks use. */
  @FunctionalInterface
  public interface Resource {
    void close();
  }

  private final PiiMasker masker = PiiMasker.standard();
  private final Map<Source, Task> tasks;
  private final List<Resource> resources;

  /**
   * A responder.
   *
   * @param tasks one for each source
   * @param resources what the tasks use; closed with the responder, the last one first
   */
  public Responder(Map<Source, Task> tasks, List<Resource> resources) {
    this.tasks = new EnumMap<>(tasks);
    this.resources = List.copyOf(resources);
    for (Source source : Source.values()) {
      if (!tasks.containsKey(source)) {
        throw new IllegalArgumentException("there must be a task for " + source);
      }
    }
  }

  /**
   * Answers a context.
   *
   * @throws TooSlowException if the deadline passes first
   */
  public Answer respond(Context context, Deadline deadline) throws TooSlowException {
    long started = System.nanoTime();
    // As in the messages that the models learned from.
    Context masked =
        new Context(
            context.lang(),
            context.turns().stream().map(turn -> masker.mask(turn).text()).toList());
    List<TaskAnswer> answers = new ArrayList<>();
    for (Map.Entry<Source, Task> entry : tasks.entrySet()) {
      deadline.require();
      answers.add(answer(entry.getKey(), entry.getValue(), masked, deadline));
    }
    return new Answer(context.lang(), answers, Deadline.microsSince(started));
  }

  private static TaskAnswer answer(Source source, Task task, Context context, Deadline deadline)
      throws TooSlowException {
    if (task.suggester().isEmpty()) {
      return new TaskAnswer(source, List.of(), 0, 0, Optional.of(task.leftOut()));
    }
    long started = System.nanoTime();
    List<Suggestion> suggestions = task.suggester().get().suggest(context, deadline);
    return new TaskAnswer(
        source, suggestions, task.threshold(), Deadline.microsSince(started), Optional.empty());
  }

  @Override
  public void close() {
    // One may use those before it.
    for (int i = resources.size() - 1; i >= 0; i--) {
      resources.get(i).close();
    }
  }
}

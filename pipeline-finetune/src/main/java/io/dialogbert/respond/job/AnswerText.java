package io.dialogbert.respond.job;

import io.dialogbert.report.TextTable;
import io.dialogbert.respond.Answer;
import io.dialogbert.respond.Suggestion;
import io.dialogbert.respond.TaskAnswer;
import java.util.Locale;

/** An answer for people. */
final class AnswerText {
  private static final double MICROS_PER_MILLI = 1000;

  private AnswerText() {}

  /** The answer, then what each task found and how long it took. */
  static String of(Answer answer) {
    StringBuilder text = new StringBuilder();
    text.append(
        answer
            .chosen()
            .map(task -> task.answer().orElseThrow().text() + "   (" + task.source().key() + ")")
            .orElse("(no answer)"));
    TextTable table = new TextTable("source", "score", "suggestion", "answered", "people", "ms");
    for (TaskAnswer task : answer.tasks()) {
      if (task.leftOut().isPresent()) {
        table.row(task.source().key(), "", "left out: " + task.leftOut().get(), "", "", "");
      } else if (task.suggestions().isEmpty()) {
        table.row(task.source().key(), "", "nothing found", "", "", millis(task.micros()));
      }
      for (Suggestion suggestion : task.suggestions()) {
        boolean isFirst = suggestion.equals(task.suggestions().get(0));
        table.row(
            isFirst ? task.source().key() : "",
            String.format(Locale.ROOT, "%.3f", suggestion.score()),
            suggestion.text(),
            suggestion.query(),
            suggestion.people() > 0 ? String.valueOf(suggestion.people()) : "",
            isFirst ? millis(task.micros()) : "");
      }
    }
    return text.append('\n').append(table.render()).toString();
  }

  private static String millis(long micros) {
    return String.format(Locale.ROOT, "%.1f", micros / MICROS_PER_MILLI);
  }
}

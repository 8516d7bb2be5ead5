package io.dialogbert.job.report;

import io.dialogbert.common.Days;
import io.dialogbert.frame.config.JobCatalog;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A job to run next.
 *
 * @param job empty if it is not known which one makes the directory
 * @param directory its output; empty if there is none yet
 */
record NextStep(String job, String directory, String reason) {
  /**
   * What to do about the outputs of a directory: those that stopped, then those of older inputs,
   * then the jobs of the chain for which all is there. None of these while something is made of
   * which nothing says the job, since it may be one of them.
   */
  static List<NextStep> of(List<OutputStatus> outputs) {
    List<NextStep> steps = new ArrayList<>();
    for (OutputStatus output : outputs) {
      if (output.state() == OutputStatus.State.STOPPED) {
        String training =
            JobCatalog.output(output.job()) == JobCatalog.Output.MODEL
                ? ", with --resume"
                : Days.of(output.directory()).map(day -> ", with --day " + day).orElse("");
        steps.add(step(output, "stopped; run it again" + training));
      }
    }
    for (OutputStatus output : outputs) {
      if (output.state() == OutputStatus.State.STALE) {
        String day = Days.of(output.directory()).map(of -> " and --day " + of).orElse("");
        steps.add(step(output, "made of older inputs; run it again with --overwrite" + day));
      }
    }
    List<String> begun = outputs.stream().map(OutputStatus::job).toList();
    List<String> done =
        outputs.stream()
            .filter(output -> output.state() == OutputStatus.State.DONE)
            .map(OutputStatus::job)
            .toList();
    for (String job : JobCatalog.names()) {
      List<String> reads = JobCatalog.reads(job);
      if (reads.isEmpty() || begun.contains("") || !done.containsAll(reads)) {
        continue;
      }
      Optional<NextStep> ofDay = ofDay(job, reads, outputs);
      if (ofDay.isPresent()) {
        steps.add(ofDay.get());
      } else if (!begun.contains(job)) {
        steps.add(new NextStep(job, "", "its inputs are done"));
      }
    }
    if (outputs.isEmpty()) {
      steps.add(new NextStep("ingest-messages", "", "nothing is there yet"));
    }
    return steps;
  }

  /** The earliest day that a job which works by day has not made, although its input is there. */
  private static Optional<NextStep> ofDay(
      String job, List<String> reads, List<OutputStatus> outputs) {
    boolean hasWhole =
        outputs.stream()
            .filter(output -> output.job().equals(job))
            .anyMatch(output -> Days.of(output.directory()).isEmpty());
    if (!JobCatalog.worksByDay(job) || hasWhole) {
      return Optional.empty();
    }
    SortedSet<LocalDate> days = days(outputs, reads);
    days.removeAll(days(outputs, List.of(job)));
    return days.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new NextStep(
                job,
                "",
                "its inputs of %d more days are done; begin with --day %s"
                    .formatted(days.size(), days.first())));
  }

  private static SortedSet<LocalDate> days(List<OutputStatus> outputs, List<String> jobs) {
    return outputs.stream()
        .filter(output -> jobs.contains(output.job()))
        .flatMap(output -> Days.of(output.directory()).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static NextStep step(OutputStatus output, String reason) {
    return new NextStep(output.job(), output.directory(), reason);
  }
}

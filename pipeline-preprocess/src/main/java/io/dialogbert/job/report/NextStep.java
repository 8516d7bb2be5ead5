package io.dialogbert.job.report;

import io.dialogbert.frame.config.JobCatalog;
import java.util.ArrayList;
import java.util.List;

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
            JobCatalog.output(output.job()) == JobCatalog.Output.MODEL ? ", with --resume" : "";
        steps.add(step(output, "stopped; run it again" + training));
      }
    }
    for (OutputStatus output : outputs) {
      if (output.state() == OutputStatus.State.STALE) {
        steps.add(step(output, "made of older inputs; run it again with --overwrite"));
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
      if (!reads.isEmpty()
          && !begun.contains(job)
          && !begun.contains("")
          && done.containsAll(reads)) {
        steps.add(new NextStep(job, "", "its inputs are done"));
      }
    }
    if (outputs.isEmpty()) {
      steps.add(new NextStep("ingest-messages", "", "nothing is there yet"));
    }
    return steps;
  }

  private static NextStep step(OutputStatus output, String reason) {
    return new NextStep(output.job(), output.directory(), reason);
  }
}

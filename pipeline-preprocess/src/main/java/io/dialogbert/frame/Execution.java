package io.dialogbert.frame;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.config.Setting;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.frame.store.OutputDirectory;
import io.dialogbert.frame.store.OutputParts;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetRuntimeException;

/** One run of a configured job, from its inputs to its finished output. */
final class Execution<C> {
  private final Job<C> job;
  private final C config;
  private final long seed;
  private final Arguments arguments;
  private final JobSession session;
  private final Instant started;
  private final PrintStream out;
  private final Directories directories;
  private final Lineage lineage;
  private final JobInputs inputs;
  private final RunEvents events;

  /** The settings that affect the output. */
  private final SortedMap<String, String> effective = new TreeMap<>();

  /**
   * Lists the inputs and reads their manifests.
   *
   * @param settings all of the job, as they were read
   * @param started when the job began
   * @throws BadInputException if an input is missing or unfinished
   */
  Execution(
      Job<C> job,
      C config,
      long seed,
      List<Setting> settings,
      Arguments arguments,
      JobSession session,
      Instant started,
      PrintStream out)
      throws IOException {
    this.job = job;
    this.config = config;
    this.seed = seed;
    this.arguments = arguments;
    this.session = session;
    this.started = started;
    this.out = out;
    directories = new Directories(session.hadoop());
    lineage = job.lineage(config, directories);
    inputs = new JobInputs(lineage, directories);
    events = new RunEvents(session::setting);
    settings.stream().filter(s -> !s.location()).forEach(s -> effective.put(s.key(), s.value()));
  }

  void work() throws Exception {
    session.tuneFor(inputs.bytes());
    Manifest plan = plan(inputs);
    if (lineage.printsOnly()) {
      JobContext context = context(plan, null);
      runJob(context);
      context.summary().forEach(out::println);
      return;
    }
    OutputDirectory output = new OutputDirectory(directories, lineage.output());
    if (!job.changesInputs()) {
      inputs.requireApart(lineage.output());
    }
    if (output.recover() && isDone(plan, output.target())) {
      out.println("done already, nothing to do: " + output.target());
      return;
    }
    if (job.usesSpark()) {
      // Before anything is written, since Spark may fail to start.
      session.get();
    }
    begin(output, plan);
    JobContext context = context(plan, output.hidden());
    events.started(plan, output.target().toString());
    try {
      runJob(context);
      Manifest manifest = writeManifest(context);
      output.commit();
      events.completed(manifest, output.target().toString());
      ClosingSummary.print(out, context, manifest, output.target());
    } catch (Exception | FSError e) {
      events.failed(plan, output.target().toString());
      explain(e, context, output);
      throw e;
    }
    tidyUp(context);
  }

  /** With {@code --resume}, parts that an earlier run finished are taken over, if it made them. */
  private void begin(OutputDirectory output, Manifest plan) throws IOException {
    if (!arguments.resume()) {
      output.begin();
      return;
    }
    // Before the output is claimed, which would end a process that still makes it.
    OutputParts.requireOf(plan, directories, output.others());
    output.begin(new OutputParts(directories, output.hidden(), plan)::takeOver);
  }

  private Manifest plan(JobInputs of) {
    return Manifest.plan(job.name(), job.format(), effective, of.all());
  }

  private JobContext context(Manifest plan, Path hidden) {
    return new JobContext(
        session, seed, directories, hidden, inputs, lineage, plan, arguments, out);
  }

  private boolean isDone(Manifest plan, Path target) throws IOException {
    return new FinishedOutput(directories, session, target).fulfills(plan, arguments.overwrite());
  }

  private void runJob(JobContext context) throws Exception {
    context.requireIntactInputs();
    job.run(context, config);
  }

  /** Writes the last file of the output, which marks it as complete. */
  private Manifest writeManifest(JobContext context) throws IOException {
    Manifest made = context.plan();
    if (job.changesInputs()) {
      made = plan(inputs.changed(job.lineage(config, directories)));
    } else {
      inputs.requireUnchanged();
    }
    Manifest manifest =
        made.with(
            context.counts(),
            context.figures(),
            context.describeOutput(),
            RunMetadata.since(started));
    requireRows(context, manifest);
    directories.writeString(context.outputPath(Manifest.FILE_NAME), manifest.toJson());
    return manifest;
  }

  /** Counts come from the tasks, rows from the files. If they differ, something was lost. */
  private static void requireRows(JobContext context, Manifest manifest) {
    long rows = manifest.rows("data");
    Long counted = manifest.counts().get("rows_out");
    if (context.wrote("data") && counted != null && counted != rows) {
      throw new IllegalStateException(
          "files of the table data hold " + rows + " rows, " + counted + " were counted");
    }
  }

  /**
   * Checks what may have caused a failure. Throws an exception that explains it, if one is found.
   */
  private void explain(Throwable failure, JobContext context, OutputDirectory output)
      throws IOException {
    if (Failure.find(failure, BadConfigException.class).isPresent()
        || Failure.find(failure, BadInputException.class).isPresent()) {
      return;
    }
    explain(failure, output::requireOwn);
    if (DiskFullException.isReportedBy(failure)) {
      output.discard();
      throw new DiskFullException(
          output.target(),
          context.otherDirectories(),
          session.setting("spark.local.dir", "the default"),
          failure);
    }
    if (!job.changesInputs()) {
      explain(failure, inputs::requireUnchanged);
    }
    if (Failure.find(failure, ParquetRuntimeException.class).isPresent()) {
      explain(failure, context::requireIntactInputs);
    }
  }

  /** A check whose failure would explain the job's failure. */
  private interface Requirement {
    void check() throws IOException;
  }

  private static void explain(Throwable failure, Requirement requirement) throws IOException {
    try {
      requirement.check();
    } catch (IOException | BadInputException explanation) {
      explanation.addSuppressed(failure);
      throw explanation;
    }
  }

  private void tidyUp(JobContext context) {
    try {
      context.committed();
    } catch (IOException | RuntimeException e) {
      // The output is in place; leftovers only cost space.
      out.println("not tidied up: " + e.getMessage());
    }
  }
}

package io.dialogbert.frame;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.config.Setting;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.frame.store.OutputDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetRuntimeException;

/**
 * Runs a job: arguments, configuration, Spark session, manifest, exit code. Exit codes: 0 done (or
 * already done), 2 bad configuration, 3 bad input, 4 stopped on request, 1 anything else.
 */
public final class JobMain {
  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int BAD_CONFIG = 2;
  public static final int BAD_INPUT = 3;
  public static final int STOPPED = 4;

  private static final String USAGE =
      """
      usage: dialogbert JOB --config FILE [--set KEY=VALUE]... [--overwrite] [--resume]

        --config FILE    HOCON; the job reads its own section
        --set KEY=VALUE  overrides one setting, keys dotted from the root of the file; a value that
                         begins with ", [ or { is HOCON ("" is empty, "\\t" a tab), any other
                         stands for itself
        --overwrite      replaces a finished output that was made with other settings or inputs, or
                         that lost a file or was damaged
        --resume         lets a training job go on where a run of it was stopped; begins if none was
        --help           prints this; after JOB, its settings with their defaults, too

      exit codes: 0 done, 2 bad configuration, 3 bad input, 4 stopped on request (go on with
      --resume), 1 anything else
      DIALOGBERT_LOG=debug in the environment logs what led to an error, too
      """;

  private static final Set<String> HELP = Set.of("--help", "-h");

  private JobMain() {}

  /** The parsed command line. */
  record Arguments(Optional<String> config, List<String> sets, boolean overwrite, boolean resume) {}

  /** Starts the job that the first argument names. */
  public static void main(String[] args) {
    exit(start(args, System.out, System.err));
  }

  /** Starts one job; the body of every job's own {@code main}. */
  public static void run(Job<?> job, String[] args) {
    exit(execute(job, args, System.out, System.err));
  }

  private static void exit(int code) {
    // On a cluster the driver runs inside the manager's JVM, which treats a normal return from main
    // as success.
    if (code != DONE) {
      System.exit(code);
    }
  }

  static int start(String[] args, PrintStream out, PrintStream err) {
    Map<String, Job<?>> jobs = new TreeMap<>();
    for (Job<?> job : ServiceLoader.load(Job.class)) {
      jobs.put(job.name(), job);
    }
    if (args.length == 0 || HELP.contains(args[0])) {
      (args.length == 0 ? err : out).println(USAGE + "\njobs: " + String.join(", ", jobs.keySet()));
      return args.length == 0 ? BAD_CONFIG : DONE;
    }
    Job<?> job = jobs.get(args[0]);
    if (job == null) {
      err.println("unknown job " + args[0] + "; jobs: " + String.join(", ", jobs.keySet()));
      return BAD_CONFIG;
    }
    return execute(job, Arrays.copyOfRange(args, 1, args.length), out, err);
  }

  /**
   * Runs a job and returns its exit code. An error is printed as one clear message, see {@link
   * Failure}. Sets the JVM's locale.
   */
  public static <C> int execute(Job<C> job, String[] args, PrintStream out, PrintStream err) {
    Logs.configure();
    // Spark writes file numbers in the locale's digits.
    Locale.setDefault(Locale.ENGLISH);
    try {
      if (Stream.of(args).anyMatch(HELP::contains)) {
        out.println(USAGE + "\n" + SettingsHelp.of(job));
      } else {
        attempt(job, arguments(args), out);
      }
      return DONE;
    } catch (Exception | FSError | LinkageError | OutOfMemoryError e) {
      // Hadoop's local file system throws an Error when a write fails.
      Failure failure = Failure.of(e);
      failure.print(job.name(), err);
      return failure.exitCode();
    }
  }

  private static Arguments arguments(String[] args) {
    Optional<String> config = Optional.empty();
    List<String> sets = new ArrayList<>();
    boolean overwrite = false;
    boolean resume = false;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--overwrite" -> overwrite = true;
        case "--resume" -> resume = true;
        case "--config", "--set" -> {
          if (i + 1 == args.length) {
            throw new BadConfigException(args[i] + " needs a value\n" + USAGE);
          }
          if (args[i].equals("--config")) {
            if (config.isPresent()) {
              throw new BadConfigException(
                  "--config is given twice; let one file include the other\n" + USAGE);
            }
            config = Optional.of(args[i + 1]);
          } else {
            sets.add(args[i + 1]);
          }
          i++;
        }
        default -> throw new BadConfigException("unknown argument " + args[i] + "\n" + USAGE);
      }
    }
    return new Arguments(config, sets, overwrite, resume);
  }

  private static <C> void attempt(Job<C> job, Arguments arguments, PrintStream out)
      throws Exception {
    Instant started = Instant.now();
    ConfigReader reader = ConfigReader.open(arguments.config(), arguments.sets());
    long seed = reader.seed();
    C config = configure(job, reader);
    List<Setting> settings = reader.finish(job.name());
    out.println(job.name() + " (" + version() + ")");
    out.print(Setting.table(settings));

    String output = job.lineage(config).output();
    try (JobSession session = JobSession.of(job, output, reader.free("spark"))) {
      work(job, config, seed, settings, arguments, session, started, out);
      session.complete();
    }
  }

  private static <C> C configure(Job<C> job, ConfigReader reader) {
    ConfigReader section = reader.section(job.name());
    try {
      return job.configure(section);
    } catch (IllegalArgumentException e) {
      // A rule across several settings, checked by the record itself.
      reader.problem(job.name(), e.getMessage());
      reader.finish(job.name());
      throw new IllegalStateException("a noted problem must stop the job", e);
    }
  }

  private static <C> void work(
      Job<C> job,
      C config,
      long seed,
      List<Setting> settings,
      Arguments arguments,
      JobSession session,
      Instant started,
      PrintStream out)
      throws Exception {
    Directories directories = new Directories(session.hadoop());
    Lineage lineage = job.lineage(config, directories);
    JobInputs inputs = new JobInputs(lineage, directories);
    session.expect(inputs.bytes());
    SortedMap<String, String> effective = new TreeMap<>();
    settings.stream().filter(s -> !s.location()).forEach(s -> effective.put(s.key(), s.value()));
    Manifest plan = Manifest.plan(job.name(), job.format(), effective, inputs.all());
    if (lineage.printsOnly()) {
      JobContext context =
          new JobContext(session, seed, directories, null, inputs, lineage, plan, arguments);
      context.requireSoundInputs();
      job.run(context, config);
      context.summary().forEach(out::println);
      return;
    }

    OutputDirectory output = new OutputDirectory(directories, lineage.output());
    Path target = output.target();
    if (!job.changesInputs()) {
      inputs.requireApart(lineage.output());
    }
    if (output.recover() && done(plan, directories, target, arguments.overwrite(), session, out)) {
      return;
    }
    if (job.usesSpark()) {
      // Before anything is written, since Spark may fail to start.
      session.get();
    }
    output.begin();

    JobContext context =
        new JobContext(
            session, seed, directories, output.hidden(), inputs, lineage, plan, arguments);
    try {
      context.requireSoundInputs();
      job.run(context, config);
      if (job.changesInputs()) {
        JobInputs changed = inputs.changed(job.lineage(config, directories));
        plan = Manifest.plan(job.name(), job.format(), effective, changed.all());
      } else {
        inputs.requireUnchanged();
      }
      Manifest manifest =
          plan.with(
              context.counts(),
              context.figures(),
              context.describeOutput(),
              RunFacts.since(started));
      requireRows(context, manifest);
      directories.writeString(context.outputPath(Manifest.FILE_NAME), manifest.toJson());
      output.commit();
      print(out, context, manifest, target);
    } catch (Exception | FSError e) {
      if (Failure.find(e, BadConfigException.class).isPresent()
          || Failure.find(e, BadInputException.class).isPresent()) {
        throw e;
      }
      explain(e, output::requireOwn);
      if (DiskFullException.tells(e)) {
        output.discard();
        throw new DiskFullException(target, session.setting("spark.local.dir", "the default"), e);
      }
      if (!job.changesInputs()) {
        explain(e, inputs::requireUnchanged);
      }
      if (Failure.find(e, ParquetRuntimeException.class).isPresent()) {
        explain(e, context::requireSoundInputs);
      }
      throw e;
    }
    try {
      context.committed();
    } catch (IOException | RuntimeException e) {
      // The output is in place; leftovers only cost space.
      out.println("not tidied up: " + e.getMessage());
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
   * Whether a finished output is exactly what is requested. Rejects one that is not, unless it may
   * be replaced.
   */
  private static boolean done(
      Manifest plan,
      Directories directories,
      Path target,
      boolean overwrite,
      JobSession session,
      PrintStream out)
      throws IOException {
    Optional<Manifest> existing = directories.manifest(target.toString());
    if (existing.isEmpty()) {
      throw new BadConfigException(
          "output directory is not empty and has no "
              + Manifest.FILE_NAME
              + ", so it is not of this pipeline: "
              + target
              + "; move it away or choose another");
    }
    if (!existing.get().job().equals(plan.job())) {
      throw new BadConfigException(
          "output directory is of another job, "
              + existing.get().job()
              + ": "
              + target
              + "; move it away or choose another");
    }
    List<String> differences = new ArrayList<>(existing.get().differences(plan));
    directories.damage(target.toString(), existing.get()).ifPresent(differences::add);
    if (differences.isEmpty() && overwrite) {
      // A user who passes --overwrite may have been told that the output is damaged.
      JobContext.damage(session, target.toString(), existing.get().files())
          .ifPresent(differences::add);
    }
    if (differences.isEmpty()) {
      out.println("done already, nothing to do: " + target);
      return true;
    }
    if (!overwrite) {
      throw new BadConfigException(
          "output is not what is asked for: "
              + target
              + "\n  "
              + String.join("\n  ", differences)
              + "\nchoose another output, or pass --overwrite to replace it");
    }
    return false;
  }

  private static void print(PrintStream out, JobContext context, Manifest manifest, Path target) {
    manifest
        .counts()
        .forEach((key, value) -> out.printf(Locale.ROOT, "  %-44s %,14d%n", key, value));
    manifest
        .figures()
        .forEach((key, value) -> out.printf(Locale.ROOT, "  %-44s %14.4f%n", key, value));
    context.summary().forEach(out::println);
    out.printf(
        Locale.ROOT,
        "%s done in %s s (peak heap %s MiB, peak resident %s MiB): %s%n",
        manifest.job(),
        manifest.run().get("seconds"),
        manifest.run().get("peak_heap_mib"),
        manifest.run().getOrDefault("peak_resident_mib", "?"),
        target);
  }

  /** The version of the code. */
  static String version() {
    try (InputStream in = JobMain.class.getResourceAsStream("version.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

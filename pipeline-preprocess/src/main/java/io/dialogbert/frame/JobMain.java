package io.dialogbert.frame;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.config.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.hadoop.fs.FSError;

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

  private JobMain() {}

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
    if (args.length == 0 || Arguments.askForHelp(args[0])) {
      (args.length == 0 ? err : out)
          .println(Arguments.USAGE + "\njobs: " + String.join(", ", jobs.keySet()));
      return args.length == 0 ? BAD_CONFIG : DONE;
    }
    if (args[0].equals("--version")) {
      out.println(version());
      return DONE;
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
      if (Arguments.askForHelp(args)) {
        out.println(Arguments.USAGE + "\n" + SettingsHelp.of(job));
      } else {
        attempt(job, Arguments.parse(args), out, err);
      }
      return DONE;
    } catch (Exception | FSError | LinkageError | OutOfMemoryError e) {
      // Hadoop's local file system throws an Error when a write fails.
      Failure failure = Failure.of(e);
      failure.print(job.name(), err);
      return failure.exitCode();
    }
  }

  private static <C> void attempt(Job<C> job, Arguments arguments, PrintStream out, PrintStream err)
      throws Exception {
    Instant started = Instant.now();
    SparkBuild.ofCode().requireFits(SparkBuild.running());
    ConfigReader reader =
        ConfigReader.open(
            arguments.config().map(JobSession::configuration), arguments.sets(), arguments.day());
    long seed = reader.seed();
    C config = configure(job, reader);
    List<Setting> settings = reader.finish(job.name());
    Lineage lineage = job.lineage(config);
    // What a job prints instead of an output must be all that programs read.
    PrintStream heading = lineage.printsOnly() ? err : out;
    heading.println(job.name() + " (" + version() + ")");
    heading.print(Setting.table(settings));

    String output = lineage.output();
    try (JobSession session = JobSession.of(job, output, reader.free("spark"))) {
      new Execution<>(job, config, seed, settings, arguments, session, started, out).work();
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

  /** The version of the code. */
  static String version() {
    try (InputStream in = JobMain.class.getResourceAsStream("version.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

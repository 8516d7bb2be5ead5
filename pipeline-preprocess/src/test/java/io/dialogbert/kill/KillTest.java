package io.dialogbert.kill;

import io.dialogbert.bench.BenchDirectory;
import io.dialogbert.common.Manifest;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.io.FileUtils;

/**
 * Kills the corpus jobs with SIGKILL at random moments: the driver, which is then started again,
 * and an executor of a standalone cluster, whose driver has to get over it. Each time the output
 * must become byte for byte that of an undisturbed run, no reader may ever see a part of it, and
 * nothing may be left beside it.
 */
public final class KillTest {
  /** How far a run had got when it was killed. */
  private enum Moment {
    BEFORE_WRITING,
    WRITING,
    COMMITTING,
    AFTER
  }

  /** A job with its settings, save for its output. */
  private record Target(String job, List<String> settings) {}

  private static final int NUM_MESSAGES = 10_000;
  private static final int FORGOTTEN_MESSAGES = 20;
  private static final Pattern SENDER = Pattern.compile("\"sender_id\":\"([^\"]+)\"");
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

  private final Path work;
  private final Path sparkHome;
  private final Path jar;
  private final Random random;
  private int faults;

  private KillTest(Path work, long seed) throws IOException {
    this.work = work;
    this.jar = Path.of(System.getProperty("kill.jar"));
    this.random = new Random(seed);
    String home = System.getenv("SPARK_HOME");
    this.sparkHome = home == null ? linkJars() : Path.of(home);
  }

  /**
   * Runs the test.
   *
   * @param args kills of each kind for each job, then a seed; by default 20 and a random one
   */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
    System.out.println("kills of each kind for each job: " + rounds + ", seed: " + seed);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly),
                "end of what was started"));
    int exit;
    try (BenchDirectory directory = new BenchDirectory()) {
      Path work = Files.createDirectory(directory.file("kill"));
      exit = new KillTest(work, seed).run(rounds);
    }
    System.exit(exit);
  }

  /** The jars that the build resolved, laid out as a worker expects them. */
  private Path linkJars() throws IOException {
    Path jars = Files.createDirectories(work.resolve("spark/jars"));
    for (String entry :
        System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator))) {
      if (entry.endsWith(".jar")) {
        Path path = Path.of(entry);
        Files.createSymbolicLink(jars.resolve(path.getFileName()), path);
      }
    }
    return jars.getParent();
  }

  /** What starts a JVM with a heap, ready for Spark. */
  static List<String> java(String heap) {
    return List.of(
        System.getProperty("java.home") + "/bin/java",
        "-Xmx" + heap,
        "@" + System.getProperty("kill.root") + "/conf/jvm.options",
        "-XX:TieredStopAtLevel=1");
  }

  private int run(int rounds) throws Exception {
    Files.writeString(work.resolve("pseudonym.key"), "a key of this test only\n");
    Path reference = Files.createDirectory(work.resolve("reference"));
    List<Target> made =
        List.of(
            new Target("make-sample", List.of("make-sample.num-messages=" + NUM_MESSAGES)),
            new Target(
                "ingest-messages",
                List.of(
                    "ingest-messages.input=[\"" + reference.resolve("make-sample/data") + "\"]",
                    "ingest-messages.pseudonym-key-file=" + work.resolve("pseudonym.key"))),
            new Target(
                "build-dialogues",
                List.of("build-dialogues.messages=" + reference.resolve("ingest-messages"))),
            new Target(
                "train-tokenizer",
                List.of(
                    "train-tokenizer.dialogues=" + reference.resolve("build-dialogues"),
                    "train-tokenizer.vocab-size=2000")),
            new Target(
                "corpus-stats",
                List.of(
                    "corpus-stats.messages=" + reference.resolve("ingest-messages"),
                    "corpus-stats.dialogues=" + reference.resolve("build-dialogues"),
                    "corpus-stats.tokenizer=" + reference.resolve("train-tokenizer"))),
            new Target(
                "build-examples",
                List.of(
                    "build-examples.dialogues=" + reference.resolve("build-dialogues"),
                    "build-examples.tokenizer=" + reference.resolve("train-tokenizer"))));
    List<String> killed = List.of("ingest-messages", "build-dialogues", "corpus-stats");
    List<String> table = new ArrayList<>();
    try (Cluster cluster = new Cluster(sparkHome, work)) {
      for (Target target : made) {
        Path output = reference.resolve(target.job());
        long start = System.nanoTime();
        requireDone(launch(target, output, "local[2]"), target.job());
        long local = System.nanoTime() - start;
        System.out.printf(Locale.ROOT, "%s undisturbed: %.1f s%n", target.job(), local / 1e9);
        if (killed.contains(target.job())) {
          row(table, killDrivers(target, output, rounds, local));
          row(table, killExecutors(cluster, target, output, rounds));
        }
      }
      row(table, killForgetting(reference, rounds, Optional.empty()));
      row(table, killForgetting(reference, rounds, Optional.of(cluster)));
    }
    System.out.println();
    table.forEach(System.out::println);
    System.out.println(
        faults == 0
            ? "all outputs are as if nothing had been killed"
            : faults + " faults, see above");
    return faults == 0 ? 0 : 1;
  }

  private static void row(List<String> table, String row) {
    System.out.println(row);
    table.add(row);
  }

  private String killDrivers(Target target, Path reference, int rounds, long nanos)
      throws Exception {
    OutputDirectory output = new OutputDirectory(work.resolve("out-" + target.job()));
    Map<Moment, Integer> moments = new EnumMap<>(Moment.class);
    int identical = 0;
    for (int round = 0; round < rounds; round++) {
      output.clear();
      boolean replaces = round % 2 == 1;
      if (replaces) {
        output.putOther(reference);
      }
      String place = target.job() + ", driver kill " + round;
      try (Watcher watcher = new Watcher(output)) {
        Process driver = launch(target, output.path(), "local[2]");
        // The exchange takes milliseconds, so every third kill waits for it.
        if (round % 3 == 2) {
          awaitCommit(driver, output);
          LockSupport.parkNanos((long) (random.nextDouble() * 5 * PAUSE));
        } else {
          driver.waitFor((long) (random.nextDouble() * nanos), TimeUnit.NANOSECONDS);
        }
        Moment moment = moment(driver, output);
        driver.destroyForcibly().waitFor();
        moments.merge(moment, 1, Integer::sum);
        if (replaces && !Files.exists(output.path()) && !Files.exists(output.replaced())) {
          fault(place + ": the old output is lost");
        }
        int exit = launch(target, output.path(), "local[2]").waitFor();
        identical += check(place, exit, output, reference, watcher) ? 1 : 0;
      }
    }
    return String.format(
        Locale.ROOT,
        "%-16s driver    %3d kills, %3d identical when run again, killed %s",
        target.job(),
        rounds,
        identical,
        moments);
  }

  /**
   * Kills a job that changes its inputs, which must become what they become in an undisturbed run.
   * Its own report tells what a run did, so that of a second run differs.
   *
   * @param cluster where an executor is to be killed; empty: the driver is
   */
  private String killForgetting(Path reference, int rounds, Optional<Cluster> cluster)
      throws Exception {
    Path stages = work.resolve("stages");
    Path users = work.resolve("users.txt");
    if (!Files.exists(users)) {
      Files.write(users, someUsers(reference.resolve("make-sample/data")));
    }
    Target forget =
        new Target(
            "forget",
            List.of(
                "forget.users=[\"" + users + "\"]",
                "forget.directories=[\"" + stages + "\"]",
                "forget.pseudonym-key-file=" + work.resolve("pseudonym.key")));
    OutputDirectory output = new OutputDirectory(work.resolve("out-forget"));
    String master = cluster.map(Cluster::url).orElse("local[2]");
    copyStages(reference, stages, output);
    long start = System.nanoTime();
    requireDone(launch(forget, output.path(), master), "forget");
    long nanos = System.nanoTime() - start;
    Map<String, String> forgotten = OutputDirectory.contents(stages);
    if (forgotten.equals(OutputDirectory.contents(reference))) {
      throw new IllegalStateException("nothing was forgotten");
    }
    int identical = 0;
    int killed = 0;
    for (int round = 0; round < rounds; round++) {
      copyStages(reference, stages, output);
      Process driver = launch(forget, output.path(), master);
      driver.waitFor((long) (random.nextDouble() * nanos), TimeUnit.NANOSECONDS);
      List<ProcessHandle> victims =
          cluster.isPresent() ? cluster.get().executors() : List.of(driver.toHandle());
      if (driver.isAlive() && !victims.isEmpty()) {
        victims.get(random.nextInt(victims.size())).destroyForcibly();
        killed++;
      }
      int exit = driver.waitFor();
      if (cluster.isEmpty()) {
        exit = launch(forget, output.path(), master).waitFor();
      }
      String place = "forget, kill " + round;
      if (exit != 0) {
        fault(place + ": exit code " + exit + "\n" + Files.readString(log()));
      } else if (!OutputDirectory.contents(stages).equals(forgotten)) {
        fault(place + ": other directories than those of an undisturbed run");
      } else {
        identical++;
      }
    }
    return String.format(
        Locale.ROOT,
        "%-16s %-9s %3d kills, %3d of %d runs identical",
        "forget",
        cluster.isPresent() ? "executor" : "driver",
        killed,
        identical,
        rounds);
  }

  private static void copyStages(Path reference, Path stages, OutputDirectory output)
      throws IOException {
    output.clear();
    FileUtils.deleteDirectory(stages.toFile());
    FileUtils.copyDirectory(reference.toFile(), stages.toFile());
  }

  /** Senders of the first messages of a sample. */
  private static List<String> someUsers(Path sample) throws IOException {
    try (Stream<Path> files = Files.list(sample)) {
      Path first = files.sorted().findFirst().orElseThrow();
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(Files.newInputStream(first)), StandardCharsets.UTF_8))) {
        return lines
            .lines()
            .limit(FORGOTTEN_MESSAGES)
            .flatMap(line -> SENDER.matcher(line).results().map(found -> found.group(1)))
            .distinct()
            .toList();
      }
    }
  }

  private static void awaitCommit(Process driver, OutputDirectory output) {
    Path manifest = output.unfinished().resolve(Manifest.FILE_NAME);
    while (driver.isAlive() && !Files.exists(manifest) && !Files.exists(output.replaced())) {
      LockSupport.parkNanos(PAUSE / 10);
    }
  }

  private static Moment moment(Process driver, OutputDirectory output) throws IOException {
    if (!driver.isAlive()) {
      return Moment.AFTER;
    }
    boolean written = Files.exists(output.unfinished().resolve(Manifest.FILE_NAME));
    if (written || Files.exists(output.replaced())) {
      return Moment.COMMITTING;
    }
    if (Files.exists(output.unfinished())) {
      return Moment.WRITING;
    }
    return output.isNew() ? Moment.AFTER : Moment.BEFORE_WRITING;
  }

  private String killExecutors(Cluster cluster, Target target, Path reference, int rounds)
      throws Exception {
    OutputDirectory output = new OutputDirectory(work.resolve("cluster-" + target.job()));
    long start = System.nanoTime();
    requireDone(launch(target, output.path(), cluster.url()), target.job());
    long nanos = System.nanoTime() - start;
    int identical = 0;
    int killed = 0;
    for (int round = 0; round < rounds; round++) {
      output.clear();
      String place = target.job() + ", executor kill " + round;
      try (Watcher watcher = new Watcher(output)) {
        long started = System.nanoTime();
        Process driver = launch(target, output.path(), cluster.url());
        while (driver.isAlive() && cluster.executors().isEmpty()) {
          LockSupport.parkNanos(PAUSE);
        }
        long left = Math.max(0, nanos - (System.nanoTime() - started));
        driver.waitFor((long) (random.nextDouble() * left), TimeUnit.NANOSECONDS);
        List<ProcessHandle> executors = cluster.executors();
        if (driver.isAlive() && !executors.isEmpty()) {
          executors.get(random.nextInt(executors.size())).destroyForcibly();
          killed++;
        }
        identical += check(place, driver.waitFor(), output, reference, watcher) ? 1 : 0;
      }
    }
    return String.format(
        Locale.ROOT,
        "%-16s executor  %3d kills, %3d of %d runs identical",
        target.job(),
        killed,
        identical,
        rounds);
  }

  /** Whether the run that counts did what an undisturbed one does; notes what is wrong. */
  private boolean check(
      String place, int exit, OutputDirectory output, Path reference, Watcher watcher)
      throws Exception {
    int before = faults;
    if (exit != 0) {
      fault(place + ": exit code " + exit + "\n" + Files.readString(log()));
    } else if (!OutputDirectory.contents(output.path())
        .equals(OutputDirectory.contents(reference))) {
      fault(place + ": another output than that of an undisturbed run");
    }
    if (Files.exists(output.unfinished()) || Files.exists(output.replaced())) {
      fault(place + ": a hidden directory was left");
    }
    Optional<String> halfWritten = watcher.stop();
    halfWritten.ifPresent(what -> fault(place + ": a reader saw a part: " + what));
    return faults == before;
  }

  private void fault(String what) {
    faults++;
    System.out.println("FAULT: " + what);
  }

  private Path log() {
    return work.resolve("job.log");
  }

  private Process launch(Target target, Path output, String master) throws IOException {
    List<String> command = new ArrayList<>(java("1g"));
    command.addAll(
        List.of(
            "-Dlog4j2.configurationFile="
                + System.getProperty("kill.root")
                + "/conf/log4j2.properties",
            "-cp",
            sparkHome + "/jars/*" + File.pathSeparator + jar,
            "io.dialogbert.common.JobMain",
            target.job(),
            "--overwrite"));
    List<String> settings = new ArrayList<>(target.settings());
    settings.addAll(
        List.of(
            target.job() + ".output=" + output,
            "spark.master=" + master,
            "spark.jars=" + jar,
            "spark.driver.host=127.0.0.1",
            "spark.driver.bindAddress=127.0.0.1",
            // Two executors, so that one is left to go on.
            "spark.executor.cores=1",
            "spark.executor.memory=768m",
            // What a dead executor held is asked for again and again before it is computed anew.
            "spark.shuffle.io.retryWait=200ms",
            "spark.sql.shuffle.partitions=4"));
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log().toFile());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.start();
  }

  private void requireDone(Process process, String job) throws Exception {
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IllegalStateException(
          job + " ended with exit code " + exit + "\n" + Files.readString(log()));
    }
  }
}

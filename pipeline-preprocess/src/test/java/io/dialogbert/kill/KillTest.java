package io.dialogbert.kill;

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
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.io.FileUtils;

/**
 * Kills the corpus jobs with SIGKILL at random moments: the driver, which is then started again,
 * and an executor of a standalone cluster, whose driver must recover. Each time, the result must be
 * byte for byte that of an undisturbed run, no reader may ever take a partial output for a complete
 * one, and nothing else may be left.
 */
public final class KillTest {
  /**
   * A job to kill.
   *
   * @param durations how long each of its moments takes in an undisturbed run, in nanoseconds
   */
  private record Victim(Target target, Subject subject, Path output, Map<Moment, Long> durations) {}

  private static final int NUM_MESSAGES = 4_000;
  private static final int FORGOTTEN_MESSAGES = 20;
  private static final Pattern SENDER = Pattern.compile("\"sender_id\":\"([^\"]+)\"");
  private static final Set<String> KILLED =
      Set.of("ingest-messages", "build-dialogues", "corpus-stats");

  /** The moments at which drivers are killed, in turn; most of the work is writing. */
  private static final List<Moment> AIMS =
      List.of(
          Moment.WRITING, Moment.COMMITTING, Moment.BEFORE_WRITING, Moment.WRITING, Moment.AFTER);

  /** Maximum number of attempts at a kill; a run may end before it. */
  private static final int MAX_TRIES = 10;

  /** Exit code of a process killed by SIGKILL. */
  private static final int SIGKILLED = 137;

  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  private final Path work;
  private final JobLauncher launcher;
  private final Path sparkHome;
  private final Random random;
  private int faults;

  private KillTest(Path work, long seed) throws IOException {
    this.work = work;
    this.random = new Random(seed);
    String home = System.getenv("SPARK_HOME");
    this.sparkHome = home == null ? linkJars() : Path.of(home);
    this.launcher = new JobLauncher(sparkHome, work);
  }

  /**
   * Runs the test.
   *
   * @param args kills of each kind for each job, by default 20; a seed, by default random; jobs, by
   *     default all
   */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
    System.out.println("kills of each kind for each job: " + rounds + ", seed: " + seed);
    Path work = Files.createTempDirectory("dialogbert-kill");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> sweep(work), "end of what was started"));
    System.exit(
        new KillTest(work, seed)
            .run(rounds, List.of(args).subList(Math.min(2, args.length), args.length)));
  }

  /** Ends all processes started by this one, and deletes their files. */
  static void sweep(Path work) {
    List<ProcessHandle> started = ProcessHandle.current().descendants().toList();
    started.forEach(ProcessHandle::destroyForcibly);
    started.forEach(process -> process.onExit().join());
    FileUtils.deleteQuietly(work.toFile());
  }

  /** The jars that the build resolved, in the layout that a worker expects. */
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

  private int run(int rounds, List<String> jobs) throws Exception {
    long start = System.nanoTime();
    Path key = Files.writeString(work.resolve("pseudonym.key"), "a key of this test only\n");
    Path sample = work.resolve("make-sample");
    Path reference = Files.createDirectory(work.resolve("reference"));
    List<Target> made = Target.corpus(sample, reference, key);
    Target sampler = Target.sample(NUM_MESSAGES);
    launcher.requireDone(launch(sampler, sample, null), sampler);
    Target first = made.get(0);
    launcher.requireDone(
        launcher.launchFirst(first.job(), first.settings(), work.resolve("first")), first);
    List<Victim> victims = new ArrayList<>();
    for (Target target : made) {
      OutputDirectory output =
          new OutputDirectory(
              work.resolve("outputs").resolve(target.job()).resolve("output"),
              reference.resolve(target.job()));
      Map<Moment, Long> durations = time(target, output, output.path(), null);
      output.learn();
      if (KILLED.contains(target.job())) {
        victims.add(new Victim(target, output, output.path(), durations));
      }
    }
    victims.add(0, forget(reference, sample.resolve("data"), key));
    List<String> table = new ArrayList<>();
    try (Cluster cluster = new Cluster(sparkHome, work, List.of(new Cluster.Host(2, "")))) {
      for (Victim victim : victims) {
        if (!jobs.isEmpty() && !jobs.contains(victim.target().job())) {
          continue;
        }
        table.add(killDrivers(victim, rounds));
        table.add(killExecutors(cluster, victim, rounds));
      }
    }
    System.out.println();
    table.forEach(System.out::println);
    System.out.printf(
        Locale.ROOT,
        "%s, after %d min%n",
        faults == 0 ? "all is as if nothing had been killed" : faults + " faults, see above",
        TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - start));
    return faults == 0 ? 0 : 1;
  }

  /** The job that changes directories of the chain; they are copied for it. */
  private Victim forget(Path reference, Path sample, Path key) throws Exception {
    Path stages = work.resolve("stages");
    Path users = Files.write(work.resolve("users.txt"), someUsers(sample));
    Target target =
        new Target(
            "forget",
            List.of(
                "forget.users=[\"" + users + "\"]",
                "forget.directories=[\"" + stages + "\"]",
                "forget.pseudonym-key-file=" + key));
    OutputDirectory report =
        new OutputDirectory(work.resolve("outputs/forget/output"), work.resolve("report"));
    ForgottenDirectories directories = new ForgottenDirectories(reference, stages, report);
    Map<Moment, Long> durations = time(target, directories, report.path(), null);
    directories.learn();
    FileUtils.deleteDirectory(report.path().toFile());
    launcher.requireDone(launch(target, report.path(), null), target);
    directories.learnSecondReport();
    return new Victim(target, directories, report.path(), durations);
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

  private Process launch(Target target, Path output, Cluster cluster) throws IOException {
    return launcher.launch(target.job(), target.settings(), output, cluster);
  }

  /** Runs a job undisturbed; returns the duration of each of its moments, in nanoseconds. */
  private Map<Moment, Long> time(Target target, Subject subject, Path output, Cluster cluster)
      throws Exception {
    subject.reset(false);
    Map<Moment, Long> durations = new EnumMap<>(Moment.class);
    Process driver = launch(target, output, cluster);
    long last = System.nanoTime();
    while (driver.isAlive()) {
      LockSupport.parkNanos(MILLISECOND / 2);
      long now = System.nanoTime();
      durations.merge(subject.moment(), now - last, Long::sum);
      last = now;
    }
    launcher.requireDone(driver, target);
    System.out.printf(
        Locale.ROOT,
        "%s undisturbed%s, ms:",
        target.job(),
        cluster == null ? "" : " on the cluster");
    durations.forEach(
        (moment, nanos) -> System.out.print(" " + moment + " " + nanos / MILLISECOND));
    System.out.println();
    return durations;
  }

  private String killDrivers(Victim victim, int rounds) throws Exception {
    Target target = victim.target();
    Subject subject = victim.subject();
    Map<Moment, Integer> moments = new EnumMap<>(Moment.class);
    int identical = 0;
    for (int round = 0; round < rounds; round++) {
      Moment aim = AIMS.get(round % AIMS.size());
      String place = target.job() + ", driver kill " + round;
      Optional<Moment> killed = Optional.empty();
      for (int i = 0; killed.isEmpty(); i++) {
        requireTry(place, i);
        subject.reset(round % 2 == 1);
        try (Watcher watcher = new Watcher(subject)) {
          Process driver = launch(target, victim.output(), null);
          await(driver, subject, aim);
          pause(victim.durations().getOrDefault(aim, MILLISECOND));
          if (driver.destroyForcibly().waitFor() != SIGKILLED) {
            continue;
          }
          killed = Optional.of(subject.moment());
          int before = faults;
          subject.wrongWhenKilled().ifPresent(wrong -> fault(place + ": " + wrong));
          check(place, launch(target, victim.output(), null), subject, watcher);
          identical += faults == before ? 1 : 0;
        }
      }
      count(moments, killed.get(), place);
    }
    return row(target, "driver", rounds, identical, moments);
  }

  private String killExecutors(Cluster cluster, Victim victim, int rounds) throws Exception {
    Target target = victim.target();
    Subject subject = victim.subject();
    Map<Moment, Long> durations = time(target, subject, victim.output(), cluster);
    subject
        .wrongWhenDone()
        .ifPresent(wrong -> fault(target.job() + ", undisturbed on the cluster: " + wrong));
    long untilWritten =
        durations.getOrDefault(Moment.BEFORE_WRITING, 0L)
            + durations.getOrDefault(Moment.WRITING, 0L);
    Map<Moment, Integer> moments = new EnumMap<>(Moment.class);
    int identical = 0;
    for (int round = 0; round < rounds; round++) {
      String place = target.job() + ", executor kill " + round;
      Optional<Moment> killed = Optional.empty();
      for (int i = 0; killed.isEmpty(); i++) {
        requireTry(place, i);
        subject.reset(round % 2 == 1);
        try (Watcher watcher = new Watcher(subject)) {
          long start = System.nanoTime();
          Process driver = launch(target, victim.output(), cluster);
          while (driver.isAlive() && cluster.executors().isEmpty()) {
            LockSupport.parkNanos(10 * MILLISECOND);
          }
          pause(Math.max(0, untilWritten - (System.nanoTime() - start)));
          killed = killExecutor(cluster, subject);
          int before = faults;
          check(place, driver, subject, watcher);
          identical += killed.isPresent() && faults == before ? 1 : 0;
        }
      }
      count(moments, killed.get(), place);
    }
    return row(target, "executor", rounds, identical, moments);
  }

  /** Kills one executor; returns the moment of the kill, if the job still needed executors then. */
  private Optional<Moment> killExecutor(Cluster cluster, Subject subject) throws IOException {
    List<ProcessHandle> executors = cluster.executors();
    if (executors.isEmpty()) {
      return Optional.empty();
    }
    ProcessHandle executor = executors.get(random.nextInt(executors.size()));
    boolean killed = executor.destroyForcibly();
    executor.onExit().join();
    return killed
        ? Optional.of(subject.moment()).filter(moment -> moment.compareTo(Moment.COMMITTING) < 0)
        : Optional.empty();
  }

  private static void requireTry(String place, int tried) {
    if (tried == MAX_TRIES) {
      throw new IllegalStateException(place + ": each run was over before the kill");
    }
  }

  /** Waits until a run has reached a moment. */
  private static void await(Process driver, Subject subject, Moment moment) throws IOException {
    // The output is moved into place within milliseconds.
    long nanos = moment == Moment.COMMITTING ? MILLISECOND / 10 : MILLISECOND;
    while (driver.isAlive() && subject.moment().compareTo(moment) < 0) {
      LockSupport.parkNanos(nanos);
    }
  }

  /** Waits for a random part of a duration. */
  private void pause(long nanos) {
    LockSupport.parkNanos((long) (random.nextDouble() * nanos));
  }

  /** Records what is wrong after the run that must succeed. */
  private void check(String place, Process run, Subject subject, Watcher watcher) throws Exception {
    int exit = run.waitFor();
    if (exit == 0) {
      subject.wrongWhenDone().ifPresent(wrong -> fault(place + ": " + wrong));
    } else {
      fault(place + ": exit code " + exit + "\n" + launcher.log());
    }
    watcher.stop().ifPresent(wrong -> fault(place + ": a reader saw a part: " + wrong));
  }

  private void fault(String what) {
    faults++;
    System.out.println("FAULT: " + what);
  }

  private static void count(Map<Moment, Integer> moments, Moment moment, String place) {
    moments.merge(moment, 1, Integer::sum);
    System.out.println(place + ": " + moment);
  }

  private static String row(
      Target target, String killed, int kills, int identical, Map<Moment, Integer> moments) {
    String row =
        String.format(
            Locale.ROOT,
            "%-16s %-9s %3d kills, %3d identical, killed %s",
            target.job(),
            killed,
            kills,
            identical,
            moments);
    System.out.println(row);
    return row;
  }
}

package io.dialogbert.kill;

import io.dialogbert.frame.JobMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Disturbs training as clusters do, each time on a standalone cluster of two hosts. Checks that the
 * parameters are bit for bit those of an undisturbed run.
 */
public final class TrainingKillTest {
  /** Disturbs a run, which ends afterwards; returns what was done to it. */
  @FunctionalInterface
  private interface Scenario {
    String play(Trial trial) throws Exception;
  }

  private static final int NUM_MESSAGES = 4_000;
  private static final int NUM_STEPS = 240;
  private static final int ROUND_STEPS = 6;
  private static final int CHECKPOINT_STEPS = 48;
  private static final int SIGKILLED = 137;
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
  private static final List<Cluster.Host> TWO_HOSTS =
      List.of(new Cluster.Host(1, ""), new Cluster.Host(1, ""));
  private static final Pattern GPU =
      Pattern.compile("Spark assigned GPU (\\d+) to a task, but ND4J computes on the CPU");

  private final Path work;
  private final Path sparkHome;
  private final int kills;
  private final Random random;
  private TrainingLauncher launcher;
  private Map<String, String> wanted = Map.of();
  private long roundNanos;
  private long checkpointNanos;
  private int faults;

  private TrainingKillTest(Path work, int kills, long seed) {
    this.work = work;
    this.sparkHome = Path.of(System.getenv("SPARK_HOME"));
    this.kills = kills;
    this.random = new Random(seed);
  }

  /**
   * Runs the test.
   *
   * @param args number of kills in each scenario with several, by default 3; a seed, by default
   *     random; scenarios, by default all
   */
  public static void main(String[] args) throws Exception {
    int kills = args.length > 0 ? Integer.parseInt(args[0]) : 3;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
    System.out.println("kills: " + kills + ", seed: " + seed);
    Path work = Files.createTempDirectory("dialogbert-kill");
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> KillTest.sweep(work), "end of what was started"));
    System.exit(
        new TrainingKillTest(work, kills, seed)
            .run(List.of(args).subList(Math.min(2, args.length), args.length)));
  }

  private int run(List<String> names) throws Exception {
    long start = System.nanoTime();
    Map<String, Scenario> scenarios = new LinkedHashMap<>();
    scenarios.put("executors", this::killExecutors);
    scenarios.put("drivers", this::killDrivers);
    scenarios.put("checkpoints", this::killDriversAsTheyWrite);
    scenarios.put("worker", this::loseWorker);
    scenarios.put("hang", this::hangExecutor);
    scenarios.put("stop", this::stop);
    scenarios.put("gpus", this::giveGpus);
    scenarios.put("host", this::failOnOneHost);
    if (!scenarios.keySet().containsAll(names)) {
      throw new IllegalArgumentException("scenarios are " + scenarios.keySet());
    }
    launcher = new TrainingLauncher(sparkHome, settings(makeExamples()));
    List<String> table = new ArrayList<>();
    table.add(row("undisturbed", this::runUndisturbed));
    for (Map.Entry<String, Scenario> scenario : scenarios.entrySet()) {
      if (names.isEmpty() || names.contains(scenario.getKey())) {
        table.add(row(scenario.getKey(), scenario.getValue()));
      }
    }
    System.out.println();
    table.forEach(System.out::println);
    System.out.printf(
        Locale.ROOT,
        "%s, after %d s%n",
        faults == 0 ? "all is as if nothing had happened" : faults + " faults, see above",
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
    return faults == 0 ? 0 : 1;
  }

  /** Makes a corpus and its examples; returns the directory of the examples and their tokenizer. */
  private Path makeExamples() throws Exception {
    Path key = Files.writeString(work.resolve("pseudonym.key"), "a key of this test only\n");
    Path sample = work.resolve("make-sample");
    Path made = Files.createDirectory(work.resolve("made"));
    JobLauncher jobs = new JobLauncher(sparkHome, work);
    Target sampler = Target.sample(NUM_MESSAGES);
    jobs.requireDone(jobs.launchFirst(sampler.job(), sampler.settings(), sample), sampler);
    for (Target target : Target.corpus(sample, made, key)) {
      if (!target.job().equals("corpus-stats")) {
        Path output = made.resolve(target.job());
        jobs.requireDone(jobs.launch(target.job(), target.settings(), output, null), target);
      }
    }
    return made;
  }

  private static List<String> settings(Path made) {
    return List.of(
        "pretrain.examples=" + made.resolve("build-examples"),
        "pretrain.tokenizer=" + made.resolve("train-tokenizer"),
        "pretrain.encoder.hidden-size=64",
        "pretrain.encoder.num-hidden-layers=2",
        "pretrain.encoder.num-attention-heads=2",
        "pretrain.encoder.intermediate-size=256",
        "pretrain.training.num-workers=2",
        "pretrain.training.num-steps=" + NUM_STEPS,
        "pretrain.training.averaging-frequency=" + ROUND_STEPS,
        "pretrain.training.batch-size=16",
        "pretrain.training.learning-rate=1e-3",
        "pretrain.training.warmup-steps=24",
        "pretrain.training.evaluation-steps=" + CHECKPOINT_STEPS,
        "pretrain.training.evaluation-examples=100",
        "pretrain.training.checkpoint-steps=" + CHECKPOINT_STEPS,
        "pretrain.training.keep-checkpoints=100");
  }

  /** Plays a scenario and compares its results; returns its row of the table. */
  private String row(String name, Scenario scenario) {
    long start = System.nanoTime();
    String verdict = "identical";
    String what;
    try (Trial trial = new Trial(name)) {
      what = scenario.play(trial);
      Map<String, String> result = trial.run.result();
      if (wanted.isEmpty()) {
        wanted = result;
      }
      Set<String> differences = Directory.differences(result, wanted);
      if (trial.driverKilled) {
        // They are written every few seconds.
        differences.removeIf(
            line -> line.startsWith(TrainingRun.METRICS) && !result.containsKey(line));
      }
      if (!differences.isEmpty()) {
        verdict = "DIFFERS";
        what += "; differs in " + differences;
      }
    } catch (Exception e) {
      verdict = "FAILED";
      what = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      e.printStackTrace(System.out);
    }
    faults += verdict.equals("identical") ? 0 : 1;
    String row =
        String.format(
            Locale.ROOT,
            "%-12s %-10s %4d s  %s",
            name,
            verdict,
            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
            what);
    System.out.println(row);
    return row;
  }

  /** Also measures the duration of a round and of writing a checkpoint. */
  private String runUndisturbed(Trial trial) throws Exception {
    trial.open(TWO_HOSTS);
    Process driver = trial.start();
    Path checkpoint = trial.run.checkpoint(CHECKPOINT_STEPS);
    trial.awaitMoment(driver, 0);
    long begun = await(driver, () -> TrainingRun.isBegun(checkpoint));
    checkpointNanos = await(driver, () -> TrainingRun.isWhole(checkpoint)) - begun;
    long from = System.nanoTime();
    long step = trial.run.step();
    await(driver, () -> trial.run.step() == NUM_STEPS);
    roundNanos = (System.nanoTime() - from) * ROUND_STEPS / (NUM_STEPS - step);
    trial.requireExit(driver, JobMain.DONE);
    return String.format(
        Locale.ROOT,
        "%d rounds of %d ms, a checkpoint is written in %d ms",
        NUM_STEPS / ROUND_STEPS,
        roundNanos / MILLISECOND,
        checkpointNanos / MILLISECOND);
  }

  /** A condition that becomes true during a run. */
  @FunctionalInterface
  private interface Event {
    boolean happened() throws IOException;
  }

  /** Waits for an event; returns the time. */
  private static long await(Process driver, Event event) throws IOException {
    while (!event.happened()) {
      if (!driver.isAlive()) {
        throw new IllegalStateException("the driver ended too early");
      }
      LockSupport.parkNanos(MILLISECOND / 5);
    }
    return System.nanoTime();
  }

  /** Waits for a random part of a duration. */
  private void pause(long nanos) {
    LockSupport.parkNanos((long) (random.nextDouble() * nanos));
  }

  /**
   * Steps at the ends of different rounds, in order; leaves the last rounds for the resumed run.
   */
  private List<Long> moments(int count) {
    Set<Long> steps = new TreeSet<>();
    while (steps.size() < count) {
      steps.add((long) ROUND_STEPS * random.nextInt(NUM_STEPS / ROUND_STEPS - 4));
    }
    return List.copyOf(steps);
  }

  private String killExecutors(Trial trial) throws Exception {
    trial.open(TWO_HOSTS);
    Process driver = trial.start();
    List<Long> steps = moments(kills);
    for (long step : steps) {
      trial.awaitMoment(driver, step);
      ProcessHandle executor = trial.anExecutor(driver);
      executor.destroyForcibly();
      executor.onExit().join();
    }
    trial.requireExit(driver, JobMain.DONE);
    return "executors killed after steps " + steps + ", with " + trial.lostTasks() + " tasks";
  }

  private String killDrivers(Trial trial) throws Exception {
    trial.open(TWO_HOSTS);
    List<Long> steps = moments(kills);
    for (long step : steps) {
      Process driver = trial.start();
      trial.awaitMoment(driver, step);
      trial.killDriver(driver);
    }
    trial.requireExit(trial.start(), JobMain.DONE);
    return "driver killed after steps " + steps + ", and resumed";
  }

  /** Kills drivers between the first and the last byte of a checkpoint, and of the output. */
  private String killDriversAsTheyWrite(Trial trial) throws Exception {
    trial.open(TWO_HOSTS);
    List<Path> aims = new ArrayList<>();
    for (long step = CHECKPOINT_STEPS; step < NUM_STEPS; step += CHECKPOINT_STEPS) {
      aims.add(trial.run.checkpoint(step));
    }
    while (aims.size() >= kills) {
      aims.remove(random.nextInt(aims.size()));
    }
    aims.add(trial.run.unfinishedOutput());
    List<String> hit = new ArrayList<>();
    for (Path aim : aims) {
      Process driver = trial.start();
      await(driver, () -> TrainingRun.isBegun(aim));
      pause(checkpointNanos);
      trial.killDriver(driver);
      if (TrainingRun.isBegun(aim) && !TrainingRun.isWhole(aim)) {
        hit.add(String.valueOf(aim.getFileName()));
      }
    }
    if (hit.isEmpty()) {
      throw new IllegalStateException("no checkpoint was hit; draw another seed");
    }
    trial.requireExit(trial.start(), JobMain.DONE);
    return "driver killed " + aims.size() + " times, as it wrote " + hit + ", and resumed";
  }

  private String loseWorker(Trial trial) throws Exception {
    trial.open(TWO_HOSTS);
    Process driver = trial.start();
    long step = moments(1).get(0);
    trial.awaitMoment(driver, step);
    int host = random.nextInt(TWO_HOSTS.size());
    trial.cluster.lose(host);
    trial.requireExit(driver, JobMain.DONE);
    return "host " + host + " lost for good after step " + step;
  }

  private String hangExecutor(Trial trial) throws Exception {
    trial.open(TWO_HOSTS);
    Process driver =
        trial.start(
            "spark.network.timeout=15s",
            "spark.network.timeoutInterval=5s",
            "spark.executor.heartbeatInterval=3s");
    long step = moments(1).get(0);
    trial.awaitMoment(driver, step);
    ProcessHandle executor = trial.anExecutor(driver);
    new ProcessBuilder("kill", "-STOP", String.valueOf(executor.pid())).start().waitFor();
    trial.requireExit(driver, JobMain.DONE);
    return "an executor hung after step " + step + ", with " + trial.lostTasks() + " tasks";
  }

  private String stop(Trial trial) throws Exception {
    trial.open(TWO_HOSTS);
    Process driver = trial.start();
    long step = moments(1).get(0);
    trial.awaitMoment(driver, step);
    driver.destroy();
    trial.requireExit(driver, JobMain.STOPPED);
    long stopped = trial.run.step();
    trial.requireExit(trial.start(), JobMain.DONE);
    return "SIGTERM after step " + step + ": exit code 4 after step " + stopped + ", and resumed";
  }

  /** Fakes GPUs: tasks must refuse them, each its own, as this build computes on the CPU. */
  private String giveGpus(Trial trial) throws Exception {
    Path script = trial.directory.resolve("gpus.sh");
    Files.writeString(
        script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"3\", \"5\"]}'\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    trial.open(
        List.of(
            new Cluster.Host(
                2,
                "-Dspark.worker.resource.gpu.amount=2 -Dspark.worker.resource.gpu.discoveryScript="
                    + script)));
    Process driver =
        trial.start("spark.executor.resource.gpu.amount=1", "spark.task.resource.gpu.amount=1");
    trial.requireExit(driver, JobMain.BAD_CONFIG);
    Set<Set<String>> gpus = new HashSet<>();
    try (Stream<Path> logs =
        Files.find(trial.cluster.executorFiles(), 3, (path, facts) -> path.endsWith("stderr"))) {
      for (Path log : logs.toList()) {
        gpus.add(
            GPU.matcher(Files.readString(log))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet()));
      }
    }
    if (!gpus.equals(Set.of(Set.of("3"), Set.of("5")))) {
      throw new IllegalStateException("tasks of executors had GPUs " + gpus);
    }
    trial.requireExit(trial.start(), JobMain.DONE);
    return "executors of a host with GPUs 3 and 5 refused " + gpus + ": exit code 2, and resumed";
  }

  /** No task can succeed on one host. */
  private String failOnOneHost(Trial trial) throws Exception {
    trial.open(
        List.of(
            new Cluster.Host(1, ""), new Cluster.Host(1, "-Dorg.bytedeco.javacpp.platform=no")));
    Process driver = trial.start("spark.excludeOnFailure.enabled=true");
    trial.requireExit(driver, JobMain.DONE);
    return "tasks failed on one host: " + trial.lostTasks();
  }

  /** A cluster, and a run on it. */
  private final class Trial implements AutoCloseable {
    private final Path directory;
    private final TrainingRun run;
    private Cluster cluster;
    private int starts;
    private boolean driverKilled;

    Trial(String name) throws IOException {
      directory = Files.createDirectory(work.resolve(name));
      run = new TrainingRun(directory.resolve("trained"));
    }

    void open(List<Cluster.Host> hosts) throws IOException {
      cluster = new Cluster(sparkHome, directory, hosts);
    }

    private Path log() {
      return directory.resolve("driver-" + starts + ".log");
    }

    Process start(String... conf) throws IOException {
      starts++;
      return launcher.start(cluster, run, List.of(conf), log());
    }

    String printed() throws IOException {
      return Files.readString(log());
    }

    /** Waits until a step is done, then for a random part of a round. */
    void awaitMoment(Process driver, long step) throws IOException {
      while (run.step() < step) {
        if (!driver.isAlive()) {
          throw new IllegalStateException("the driver ended before step " + step + "\n" + tail());
        }
        LockSupport.parkNanos(MILLISECOND);
      }
      pause(roundNanos);
    }

    void requireExit(Process driver, int wanted) throws Exception {
      int exit = driver.waitFor();
      if (exit != wanted) {
        throw new IllegalStateException("exit code " + exit + ", not " + wanted + "\n" + tail());
      }
    }

    void killDriver(Process driver) throws Exception {
      if (driver.destroyForcibly().waitFor() != SIGKILLED) {
        throw new IllegalStateException("the driver ended before it was killed\n" + tail());
      }
      driverKilled = true;
    }

    /** One of the executors; at times there may be none. */
    ProcessHandle anExecutor(Process driver) {
      List<ProcessHandle> executors = cluster.executors();
      while (executors.isEmpty() && driver.isAlive()) {
        LockSupport.parkNanos(10 * MILLISECOND);
        executors = cluster.executors();
      }
      return executors.get(random.nextInt(executors.size()));
    }

    /** Number of task attempts lost with their executors. */
    long lostTasks() throws IOException {
      long lost = printed().lines().filter(line -> line.contains(" Lost task ")).count();
      if (lost == 0) {
        throw new IllegalStateException("no task was lost; draw another seed");
      }
      return lost;
    }

    private String tail() throws IOException {
      List<String> lines = printed().lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    }

    @Override
    public void close() {
      if (cluster != null) {
        cluster.close();
      }
    }
  }
}

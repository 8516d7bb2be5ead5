package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.FaultyFileSystem;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.train.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are stopped, resumed or refused. */
final class TrainingLoopIT {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final Directories DIRECTORIES = new Directories(new Configuration());

  @TempDir static Path work;

  @BeforeAll
  static void trainUndisturbed() throws IOException {
    TinyStages.make(work);
    done(TinyStages.pretrain(work, "whole", "checkpoint-steps=2", "keep-checkpoints=2"));
  }

  private static JobRun done(JobRun run) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    return run;
  }

  private static Manifest manifest(String directory) throws IOException {
    return DIRECTORIES.manifest(work.resolve(directory).toString()).orElseThrow();
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void keepsTheNewestCheckpointsWhichCanBeUsedAsTheOutputCan() throws IOException {
    Path states = work.resolve("whole-checkpoints");
    assertThat(names(states))
        .contains("step-000000000002", "step-000000000004", "step-000000000006")
        .doesNotContain("step-000000000000", "round");
    // The state that the run can be resumed from.
    assertThat(names(states.resolve("step-000000000006")))
        .contains("position.json")
        .doesNotContain("model.zip");
    Manifest checkpoint = manifest("whole-checkpoints/step-000000000004");
    assertThat(checkpoint.counts())
        .containsEntry("steps", 4L)
        .containsEntry("examples_seen", 4L * 2 * 4);
    assertThat(checkpoint.figures()).containsKeys("validation_mlm_loss", RunDirectory.COST);
    Checkpoint loaded =
        Checkpoint.load(DIRECTORIES, states.resolve("step-000000000004").toString());
    assertThat(loaded.graph().getIterationCount()).isEqualTo(4);
  }

  private static TrainerState state(String directory) throws IOException {
    return TrainerState.of(
        ComputationGraph.load(work.resolve(directory).resolve("model.zip").toFile(), true));
  }

  /** Asks a run to stop as soon as it starts. */
  private static JobRun stopped(String name, String... more) throws Exception {
    Path states = work.resolve(name + "-checkpoints");
    Thread asks =
        new Thread(
            () -> {
              try {
                while (!Files.exists(states.resolve("run.json"))) {
                  Thread.sleep(5);
                }
                Files.createFile(states.resolve("STOP"));
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    asks.start();
    JobRun run = TinyStages.pretrain(work, name, more);
    asks.join();
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.STOPPED);
    assertThat(run.err()).contains("stopped on request after step", "--resume");
    assertThat(work.resolve(name)).doesNotExist();
    assertThat(states.resolve("STOP")).doesNotExist();
    return run;
  }

  @Test
  void goesOnWhereItWasStoppedAsIfItHadNotBeen() throws Exception {
    stopped("stopped", "checkpoint-steps=2", "keep-checkpoints=2");
    Path states = work.resolve("stopped-checkpoints");

    JobRun unasked =
        TinyStages.pretrain(work, "stopped", "checkpoint-steps=2", "keep-checkpoints=2");
    assertThat(unasked.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(unasked.err()).contains(states + " holds an earlier run; --resume goes on with it");

    JobRun other =
        TinyStages.pretrain(
            work,
            "stopped",
            "checkpoint-steps=2",
            "keep-checkpoints=2",
            "learning-rate=0.5",
            "--resume");
    assertThat(other.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(other.err())
        .contains(states + " holds another run:", "pretrain.training.learning-rate was")
        .contains("training.checkpoints");

    done(
        TinyStages.pretrain(
            work, "stopped", "checkpoint-steps=2", "keep-checkpoints=2", "--resume"));
    assertThat(state("stopped").isIdenticalTo(state("whole"))).isTrue();
    assertThat(manifest("stopped").counts()).isEqualTo(manifest("whole").counts());
    assertThat(steps("stopped")).isEqualTo(steps("whole"));
  }

  /** The steps of all metrics, in order. */
  private static List<String> steps(String directory) throws IOException {
    return steps(directory, line -> true);
  }

  private static List<String> steps(String directory, Predicate<String> of) throws IOException {
    return Files.readAllLines(work.resolve(directory).resolve("metrics.jsonl")).stream()
        .filter(of)
        .map(line -> line.replaceFirst(",.*", ""))
        .toList();
  }

  /** The steps of an event's metrics, in order. */
  private static List<String> measurements(String event, String directory) throws IOException {
    return steps(directory, line -> line.contains("\"event\":\"" + event + "\""));
  }

  @Test
  void passesOverAStateThatIsTorn() throws Exception {
    stopped("torn", "checkpoint-steps=2");
    Path states = work.resolve("torn-checkpoints");
    List<String> names = names(states).stream().filter(name -> name.startsWith("step-")).toList();
    Path newest = states.resolve(names.get(names.size() - 1));
    Path piece =
        newest.resolve(
            names(newest).stream().filter(n -> n.startsWith("params")).findFirst().orElseThrow());
    byte[] bytes = Files.readAllBytes(piece);
    bytes[bytes.length / 2] ^= 1;
    Files.write(piece, bytes);
    done(TinyStages.pretrain(work, "torn", "checkpoint-steps=2", "--resume"));
    assertThat(state("torn").isIdenticalTo(state("whole"))).isTrue();
  }

  @Test
  void writesACheckpointWhoseWritingWasCutOff() throws Exception {
    stopped("cut", "checkpoint-steps=2", "keep-checkpoints=2");
    Path states = work.resolve("cut-checkpoints");
    Path newest =
        states.resolve(
            names(states).stream().filter(n -> n.startsWith("step-")).reduce((a, b) -> b).get());
    Files.delete(newest.resolve(Manifest.FILE_NAME));
    done(TinyStages.pretrain(work, "cut", "checkpoint-steps=2", "keep-checkpoints=2", "--resume"));
    assertThat(names(states)).isEqualTo(names(work.resolve("whole-checkpoints")));
    assertThat(newest.resolve(Manifest.FILE_NAME)).exists();
  }

  @Test
  void refusesADirectoryThatIsNotOfARun() throws IOException {
    Path states = Files.createDirectories(work.resolve("photos"));
    Files.writeString(states.resolve("cat.jpg"), "a cat");
    JobRun run =
        TinyStages.pretrain(work, "foreign", "checkpoints=" + states, "--resume", "--overwrite");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains(states + " is not empty and has no run.json");
    assertThat(states.resolve("cat.jpg")).exists();
  }

  @Test
  void refusesMoreWorkersThanTheClusterRunsAtOnce() {
    JobRun run = TinyStages.pretrain(work, "crowd", "num-workers=3");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err()).contains("num-workers = 3 must be at most the tasks", "which are 2");
  }

  @Test
  void refusesFewerExamplesThanWorkers() {
    Path few = work.resolve("few");
    TinyStages.make(few, 2, 1);
    JobRun run = TinyStages.pretrain(few, "out");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("1 training examples are fewer than num-workers = 2");
  }

  @Test
  void refusesExamplesOfAnotherTokenizer() {
    Path other = work.resolve("other");
    TinyStages.make(other, 3, 10);
    JobRun run =
        TinyStages.pretrain(work, "mixed", "pretrain.tokenizer=" + other.resolve("tokenizer"));
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("was built with another tokenizer than");
  }

  @Test
  void startsFromAnotherRunsParameters() throws IOException {
    String whole = "pretrain.start-from=" + work.resolve("whole");
    done(
        TinyStages.pretrain(
            work,
            "adapted",
            whole,
            "learning-rate=1e-9",
            "pretrain.encoder.hidden-dropout-prob=0.2"));
    assertThat(state("adapted").params()).containsExactly(state("whole").params(), within(1e-7f));
    assertThat(manifest("adapted").inputs())
        .anySatisfy(input -> assertThat(input.name()).isEqualTo("start"));

    JobRun sizes =
        TinyStages.pretrain(work, "larger", whole, "pretrain.encoder.intermediate-size=32");
    assertThat(sizes.exitCode()).as(sizes.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(sizes.err())
        .contains("start-from must be of the same sizes")
        .contains("intermediateSize=24", "intermediateSize=32");
    // The shapes of the parameters do not show the number of heads.
    JobRun heads =
        TinyStages.pretrain(work, "two-headed", whole, "pretrain.encoder.num-attention-heads=4");
    assertThat(heads.exitCode()).as(heads.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(heads.err()).contains("numAttentionHeads=2", "numAttentionHeads=4");

    // Two sizes at once, of which one may differ.
    JobRun both =
        TinyStages.pretrain(
            work,
            "longer-and-larger",
            whole,
            "pretrain.encoder.max-position-embeddings=60",
            "pretrain.encoder.intermediate-size=32");
    assertThat(both.err()).contains("start-from must be of the same sizes");

    Path other = work.resolve("foreign-start");
    TinyStages.make(other, 3, 10);
    JobRun tokenizer = TinyStages.pretrain(other, "out", whole);
    assertThat(tokenizer.exitCode()).as(tokenizer.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(tokenizer.err()).contains("start-from must be of the same tokenizer");

    // The run's directory would be deleted before the run is done with it.
    JobRun own =
        TinyStages.pretrain(
            work,
            "whole",
            "pretrain.start-from=" + work.resolve("whole-checkpoints/step-000000000004"),
            "--overwrite");
    assertThat(own.exitCode()).as(own.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(own.err())
        .contains(
            "training.checkpoints = " + work.resolve("whole-checkpoints") + " must lie apart");
    assertThat(manifest("whole-checkpoints/step-000000000004").counts()).isNotEmpty();
  }

  @Test
  void startsFromARunOfFewerPositions() throws IOException {
    String sixteen = "pretrain.encoder.max-position-embeddings=16";
    String forty = "pretrain.encoder.max-position-embeddings=40";
    done(TinyStages.pretrain(work, "short", sixteen));
    String start = "pretrain.start-from=" + work.resolve("short");
    JobRun same = TinyStages.pretrain(work, "same", start, sixteen);
    assertThat(same.exitCode()).as(same.printed()).isZero();
    assertThat(same.printed()).doesNotContain("positions");
    JobRun run = TinyStages.pretrain(work, "long", start, forty);
    assertThat(run.exitCode()).as(run.printed()).isZero();
    assertThat(run.printed())
        .contains("start-from has 16 of 40 positions; numbers 17 to 40 are untrained");
    // No example is longer than 16 tokens, so the further positions change nothing.
    assertThat(losses("long")).hasSizeGreaterThan(1).containsExactly(losses("same"), within(1e-5));

    JobRun shorter =
        TinyStages.pretrain(
            work, "shorter", "pretrain.start-from=" + work.resolve("long"), sixteen);
    assertThat(shorter.exitCode()).as(shorter.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(shorter.err())
        .contains("start-from must be of the same sizes, or of fewer positions")
        .contains("maxPositionEmbeddings=40", "maxPositionEmbeddings=16");
  }

  private static double[] losses(String output) throws IOException {
    return manifest(output).figures().entrySet().stream()
        .filter(figure -> figure.getKey().endsWith("loss"))
        .mapToDouble(Map.Entry::getValue)
        .toArray();
  }

  @Test
  void refusesCheckpointsInTheOutput() {
    JobRun run =
        TinyStages.pretrain(work, "mingled", "checkpoints=" + work.resolve("mingled/states"));
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err()).contains("must lie apart from " + work.resolve("mingled"));
  }

  /** Until the output exists, it can be made again from the last state. */
  @Test
  void keepsTheLastStateUntilTheOutputIsThere() throws IOException {
    Path last = work.resolve("late-checkpoints/step-000000000006/position.json");
    String[] settings = {
      "pretrain.output=" + FaultyFileSystem.path(work.resolve("late")),
      "checkpoints=" + work.resolve("late-checkpoints"),
      "--resume"
    };
    int failures = 0;
    JobRun run;
    do {
      // The driver's first changes come before training.
      FaultyFileSystem.failAfter(4 + 3 * failures);
      try {
        run = TinyStages.pretrain(work, "late", settings);
      } finally {
        FaultyFileSystem.heal();
      }
      assertThat(Files.exists(last) || Files.exists(work.resolve("late/manifest.json")))
          .as("after %d failures", failures)
          .isTrue();
    } while (run.exitCode() != JobMain.DONE && failures++ < 20);
    done(run);
    assertThat(failures).isGreaterThan(2);
    assertThat(state("late").isIdenticalTo(state("whole"))).isTrue();
  }

  @Test
  void keepsWhatWasCompleteWhenTheDiskIsFullInMidCheckpoint() throws IOException {
    Path states = work.resolve("full-checkpoints");
    String[] settings = {
      "checkpoint-steps=2", "keep-checkpoints=2", "checkpoints=" + FaultyFileSystem.path(states)
    };
    // Enough for the first checkpoint and everything the rounds write, and for a part of the
    // second.
    FaultyFileSystem.space(4 * bytes(work.resolve("whole-checkpoints/step-000000000002")));
    JobRun full;
    try {
      full = TinyStages.pretrain(work, "full", settings);
    } finally {
      FaultyFileSystem.heal();
    }
    assertThat(full.exitCode()).as(full.printed()).isEqualTo(JobMain.FAILED);
    assertThat(full.err()).contains("no space", "training.checkpoints").doesNotContain("\tat ");
    assertThat(work.resolve("full")).doesNotExist();
    assertThat(manifest("full-checkpoints/step-000000000002").counts()).containsEntry("steps", 2L);
    assertThat(states.resolve("step-000000000004").resolve("position.json")).exists();
    assertThat(states.resolve("step-000000000004").resolve(Manifest.FILE_NAME)).doesNotExist();

    List<String> again = new ArrayList<>(List.of(settings));
    again.add("--resume");
    done(TinyStages.pretrain(work, "full", again.toArray(String[]::new)));
    assertThat(state("full").isIdenticalTo(state("whole"))).isTrue();
  }

  private static long bytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  /** The driver dies at random changes of the file system. */
  @Test
  void goesOnWhereverTheDriverWasLost() throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int loss = 0; loss < 5; loss++) {
      int changes = random.nextInt(80);
      String place =
          "checkpoints=" + FaultyFileSystem.path(work.resolve("lost-checkpoints-" + loss));
      FaultyFileSystem.failAfter(changes);
      JobRun lost;
      try {
        lost = TinyStages.pretrain(work, "lost-" + loss, "checkpoint-steps=2", place);
      } finally {
        FaultyFileSystem.heal();
      }
      assertThat(lost.printed())
          .as("repeat with -Dtests.seed=" + SEED + "; after " + changes + " changes")
          .contains("the process is gone");
      done(TinyStages.pretrain(work, "lost-" + loss, "checkpoint-steps=2", place, "--resume"));
      assertThat(state("lost-" + loss).isIdenticalTo(state("whole")))
          .as("repeat with -Dtests.seed=" + SEED + "; after " + changes + " changes")
          .isTrue();
      assertThat(measurements("evaluation", "lost-" + loss))
          .as("repeat with -Dtests.seed=" + SEED + "; after " + changes + " changes")
          .isEqualTo(measurements("evaluation", "whole"));
    }
  }

  /**
   * With a constant learning rate, a run extended by steps equals one that had them from the start.
   */
  @Test
  void goesOnWithMoreStepsAfterItHasFinished() throws IOException {
    String[] settings = {"decay-power=0", "saved-step=best"};
    done(TinyStages.pretrain(work, "grown", settings));
    JobRun unasked = TinyStages.pretrain(work, "grown", with(settings, "num-steps=10", "--resume"));
    assertThat(unasked.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(unasked.err()).contains("pretrain.training.num-steps was 6, is now 10");
    done(
        TinyStages.pretrain(
            work,
            "grown",
            with(
                settings,
                "num-steps=10",
                "checkpoint-steps=8",
                "keep-checkpoints=2",
                "--resume",
                "--overwrite")));
    done(TinyStages.pretrain(work, "ten", with(settings, "num-steps=10")));
    assertThat(state("grown").isIdenticalTo(state("ten"))).isTrue();
    assertThat(manifest("grown").counts()).isEqualTo(manifest("ten").counts());
    assertThat(manifest("grown").settings())
        .containsEntry("pretrain.training.num-steps", "10")
        .containsEntry("pretrain.training.checkpoint-steps", "8");
    assertThat(measurements("round", "grown")).isEqualTo(measurements("round", "ten"));
    assertThat(work.resolve("grown-checkpoints/step-000000000008/model.zip")).exists();

    JobRun fewer =
        TinyStages.pretrain(
            work, "grown", with(settings, "num-steps=6", "--resume", "--overwrite"));
    assertThat(fewer.exitCode()).as(fewer.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(fewer.err()).contains("num-steps = 6 is less than the 10 steps that the run in");
    assertThat(manifest("grown").counts()).containsEntry("steps", 10L);
  }

  private static String[] with(String[] settings, String... more) {
    return Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new);
  }

  /** Learns well for a while, then at a rate that ruins it. */
  private static final String[] SPOILED = {
    "saved-step=best",
    "num-steps=12",
    "warmup-steps=12",
    "learning-rate=0.5",
    "evaluation-steps=2",
    "checkpoint-steps=2",
    "keep-checkpoints=100",
    "loss-spike-factor=0"
  };

  private static double loss(JsonNode evaluation) {
    return evaluation.path("mlm_loss").asDouble() + evaluation.path("nsp_loss").asDouble();
  }

  @Test
  void savesTheBestStepWhateverHappenedToItsDriver() throws Exception {
    done(TinyStages.pretrain(work, "best", SPOILED));
    JsonNode best = null;
    List<JsonNode> savings = new ArrayList<>();
    for (String line : Files.readAllLines(work.resolve("best/metrics.jsonl"))) {
      JsonNode metrics = new ObjectMapper().readTree(line);
      boolean evaluation = metrics.path("event").asText().equals("evaluation");
      if (evaluation && metrics.path("step").asLong() > 0) {
        best = best == null || loss(metrics) < loss(best) ? metrics : best;
      }
      if (metrics.has("saved_step")) {
        savings.add(metrics);
      }
    }
    long step = best.path("step").asLong();
    assertThat(step).as("neither the first nor the last of them").isBetween(4L, 10L);
    assertThat(savings).hasSize(1);
    assertThat(savings.get(0).path("step").asLong()).isEqualTo(12);
    assertThat(savings.get(0).path("saved_step").asLong()).isEqualTo(step);
    Manifest manifest = manifest("best");
    assertThat(manifest.counts())
        .containsEntry("saved_step", step)
        .containsEntry("steps", 12L)
        .containsEntry("examples_seen", 12L * 2 * 4);
    assertThat(manifest.figures())
        .containsEntry("validation_mlm_loss", best.path("mlm_loss").asDouble());
    assertThat(state("best").isIdenticalTo(state("best-checkpoints/" + RunDirectory.state(step))))
        .isTrue();
    assertThat(Checkpoint.load(DIRECTORIES, work.resolve("best").toString()).examplesSeen())
        .isEqualTo(step * 2 * 4);

    SplittableRandom random = new SplittableRandom(SEED);
    for (int loss = 0; loss < 3; loss++) {
      // By then, the best state usually exists and is not a checkpoint.
      int changes = 60 + random.nextInt(60);
      String name = "best-lost-" + loss;
      String[] settings =
          with(
              SPOILED,
              "checkpoint-steps=1000",
              "checkpoints=" + FaultyFileSystem.path(work.resolve(name + "-checkpoints")));
      FaultyFileSystem.failAfter(changes);
      JobRun lost;
      try {
        lost = TinyStages.pretrain(work, name, settings);
      } finally {
        FaultyFileSystem.heal();
      }
      assertThat(lost.printed()).contains("the process is gone");
      done(TinyStages.pretrain(work, name, with(settings, "--resume")));
      assertThat(state(name).isIdenticalTo(state("best")))
          .as("repeat with -Dtests.seed=" + SEED + "; after " + changes + " changes")
          .isTrue();
      assertThat(manifest(name).counts()).isEqualTo(manifest.counts());
      assertThat(names(work.resolve(name + "-checkpoints")))
          .filteredOn(file -> file.startsWith("step-"))
          .containsExactly(RunDirectory.state(step), RunDirectory.state(12));
    }
  }
}

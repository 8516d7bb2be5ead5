package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.ConfigReader;
import io.dialogbert.common.Directories;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobContext;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Lineage;
import io.dialogbert.model.Graphs;
import io.dialogbert.preprocess.Tokenizers;
import io.dialogbert.pretrain.PretrainJob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckpointIT {
  private static final Directories DIRECTORIES = new Directories(new Configuration());

  @TempDir static Path work;
  @TempDir Path copy;

  /** Stands in for train-tokenizer. */
  private static final class TokenizerJob implements Job<String> {
    @Override
    public String name() {
      return "tiny-tokenizer";
    }

    @Override
    public String configure(ConfigReader in) {
      return in.path("output");
    }

    @Override
    public Lineage lineage(String output) {
      return Lineage.to(output);
    }

    @Override
    public void run(JobContext job, String output) throws IOException {
      Tokenizers.save(job.directories(), job.output(), TinyExamples.tokenizer(2));
    }
  }

  /** Stands in for build-examples. */
  private static final class ExamplesJob implements Job<List<String>> {
    @Override
    public String name() {
      return "tiny-examples";
    }

    @Override
    public List<String> configure(ConfigReader in) {
      return List.of(in.path("tokenizer"), in.path("output"));
    }

    @Override
    public Lineage lineage(List<String> paths) {
      return Lineage.to(paths.get(1)).dataset("tokenizer", paths.get(0));
    }

    @Override
    public void run(JobContext job, List<String> paths) throws IOException {
      List<Row> rows = new ArrayList<>(TinyExamples.rows("train", 40, job.seed()));
      rows.addAll(TinyExamples.rows("validation", 10, job.seed() + 1));
      job.write(
          job.spark().createDataFrame(rows, TinyExamples.SCHEMA).coalesce(1), "data", "split");
      Tokenizers.saveSettings(job.directories(), job.output(), TinyExamples.tokenizer(2));
    }
  }

  @BeforeAll
  static void pretrain() {
    execute(new TokenizerJob(), "tiny-tokenizer.output=" + work.resolve("tokenizer"));
    execute(
        new ExamplesJob(),
        "tiny-examples.tokenizer=" + work.resolve("tokenizer"),
        "tiny-examples.output=" + work.resolve("examples"));
    execute(
        new PretrainJob(),
        "pretrain.tokenizer=" + work.resolve("tokenizer"),
        "pretrain.examples=" + work.resolve("examples"),
        "pretrain.output=" + work.resolve("pretrained"),
        "pretrain.encoder.hidden-size=16",
        "pretrain.encoder.num-hidden-layers=2",
        "pretrain.encoder.num-attention-heads=2",
        "pretrain.encoder.intermediate-size=24",
        "pretrain.training.num-steps=6",
        "pretrain.training.warmup-steps=2",
        "pretrain.training.batch-size=4",
        "pretrain.training.averaging-frequency=2",
        "pretrain.training.evaluation-steps=4",
        "pretrain.training.evaluation-examples=8");
  }

  private static void execute(Job<?> job, String... settings) {
    List<String> args = new ArrayList<>(List.of("--set", "spark.master=local[2]"));
    for (String setting : settings) {
      args.add("--set");
      args.add(setting);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    int code = JobMain.execute(job, args.toArray(String[]::new), out, out);
    assertThat(code).as(() -> bytes.toString(StandardCharsets.UTF_8)).isEqualTo(JobMain.DONE);
  }

  private static Checkpoint load(Path directory) throws IOException {
    return Checkpoint.load(DIRECTORIES, directory.toString());
  }

  /** A copy of the checkpoint, to be damaged. */
  private Path copied() throws IOException {
    try (Stream<Path> files = Files.list(work.resolve("pretrained"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  @Test
  void holdsNetworkOptimizerPositionAndTokenizer() throws IOException {
    Checkpoint checkpoint = load(work.resolve("pretrained"));
    TrainerState state = TrainerState.of(checkpoint.graph());
    assertThat(state.step()).isEqualTo(6);
    assertThat(state.updater()).hasSize(2 * state.params().length).contains(0f);
    assertThat(new float[state.updater().length]).isNotEqualTo(state.updater());
    assertThat(checkpoint.examplesSeen()).isEqualTo(6 * 2 * 4);
    assertThat(checkpoint.tokenizer().sha256()).isEqualTo(TinyExamples.tokenizer(2).sha256());
  }

  @Test
  void opensWithStockDl4j() throws IOException {
    Checkpoint checkpoint = load(work.resolve("pretrained"));
    ComputationGraph stock =
        ComputationGraph.load(work.resolve("pretrained").resolve("model.zip").toFile(), true);
    assertThat(TrainerState.of(stock).isIdenticalTo(TrainerState.of(checkpoint.graph()))).isTrue();
    assertThat(stock.getConfiguration().toJson())
        .isEqualTo(checkpoint.graph().getConfiguration().toJson());
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.zip", "training.json", "tokenizer.model", "tokenizer.json"})
  void namesAMissingFile(String file) throws IOException {
    Path directory = copied();
    Files.delete(directory.resolve(file));
    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(directory.resolve(file).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.zip", "training.json", "tokenizer.model", "tokenizer.json"})
  void namesATornFile(String file) throws IOException {
    Path directory = copied();
    byte[] bytes = Files.readAllBytes(directory.resolve(file));
    Files.write(directory.resolve(file), Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(file);
  }

  @Test
  void refusesATokenizerThatItWasNotTrainedWith() throws IOException {
    Path directory = copied();
    Files.delete(directory.resolve("tokenizer.model"));
    Files.delete(directory.resolve("tokenizer.json"));
    Tokenizers.save(
        DIRECTORIES, new org.apache.hadoop.fs.Path(directory.toUri()), TinyExamples.tokenizer(3));
    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("checkpoint was trained with tokenizer")
        .hasMessageContaining(TinyExamples.tokenizer(2).sha256())
        .hasMessageContaining(TinyExamples.tokenizer(3).sha256())
        .hasMessageContaining(directory.toString());
  }

  @Test
  void refusesAModelOfAnotherLayout() throws IOException {
    Path directory = copied();
    String layout = Graphs.layout(load(directory).graph()).hash();
    Path position = directory.resolve("training.json");
    Files.writeString(position, Files.readString(position).replace(layout, "0123"));
    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("checkpoint was trained with layout 0123, beside it lies " + layout)
        .hasMessageContaining(directory.toString());
  }
}

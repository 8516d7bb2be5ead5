package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.dl4j.Graphs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
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

  @BeforeAll
  static void pretrain() {
    TinyStages.make(work);
    JobRun run = TinyStages.pretrain(work, "pretrained");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
  }

  private static Checkpoint load(Path directory) throws IOException {
    return Checkpoint.load(DIRECTORIES, directory.toString());
  }

  /** A copy of the checkpoint, to damage. */
  private Path copied() throws IOException {
    try (Stream<Path> files = Files.list(work.resolve("pretrained"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  @Test
  void holdsNetworkPositionAndTokenizer() throws IOException {
    Checkpoint checkpoint = load(work.resolve("pretrained"));
    assertThat(checkpoint.graph().getIterationCount()).isEqualTo(6);
    assertThat(checkpoint.examplesSeen()).isEqualTo(6 * 2 * 4);
    assertThat(checkpoint.tokenizer().sha256()).isEqualTo(TinyExamples.tokenizer(2).sha256());
  }

  @Test
  void opensWithStockDl4jOptimizerIncluded() throws IOException {
    Checkpoint checkpoint = load(work.resolve("pretrained"));
    ComputationGraph stock =
        ComputationGraph.load(work.resolve("pretrained").resolve("model.zip").toFile(), true);
    TrainerState state = TrainerState.of(stock);
    assertThat(state.params()).isEqualTo(TrainerState.of(checkpoint.graph()).params());
    assertThat(state.step()).isEqualTo(6);
    assertThat(state.updater()).hasSize(2 * state.params().length).contains(0f);
    assertThat(new float[state.updater().length]).isNotEqualTo(state.updater());
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
    // Two thirds of the model are the optimizer's state, which is not read.
    Files.write(directory.resolve(file), Arrays.copyOf(bytes, bytes.length / 4));
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
        .hasMessageContaining(
            "checkpoint was trained with layout 0123, but the one beside it is " + layout)
        .hasMessageContaining(directory.toString());
  }
}

package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.VectorCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
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

  /** A later version may lay parameters out in another order. */
  @Test
  void readsParametersByName() throws IOException {
    Path directory = copied();
    float[] expected = TrainerState.of(load(directory).graph()).params();
    ComputationGraph graph = load(directory).graph();
    ParameterLayout layout = Graphs.layout(graph);
    List<ParameterLayout.Parameter> reversed = new ArrayList<>();
    float[] values = new float[expected.length];
    long offset = 0;
    for (ParameterLayout.Parameter parameter :
        layout.parameters().stream().sorted(Comparator.comparing(p -> -p.offset())).toList()) {
      System.arraycopy(
          expected, (int) parameter.offset(), values, (int) offset, (int) parameter.length());
      reversed.add(new ParameterLayout.Parameter(parameter.name(), offset, parameter.shape()));
      offset += parameter.length();
    }
    assertThat(values).isNotEqualTo(expected);
    new VectorCopy(graph.params()).write(0, values, values.length);
    ModelSerializer.writeModel(graph, directory.resolve("model.zip").toFile(), true);
    ObjectMapper json = new ObjectMapper();
    ObjectNode position =
        (ObjectNode) json.readTree(Files.readString(directory.resolve("training.json")));
    position.put("layout_sha256", ParameterLayout.of(reversed).hash());
    ArrayNode parameters = position.putArray("parameters");
    for (ParameterLayout.Parameter parameter : reversed) {
      parameters.add(json.valueToTree(parameter));
    }
    Files.writeString(directory.resolve("training.json"), position.toString());
    assertThat(TrainerState.of(load(directory).graph()).params()).isEqualTo(expected);
  }

  @Test
  void namesAParameterThatIsMissing() throws IOException {
    Path directory = copied();
    Path position = directory.resolve("training.json");
    String name = "pooler.dense.bias";
    String changed = Files.readString(position).replace(name, "pooler.dense.offset");
    ParameterLayout layout = Graphs.layout(load(directory).graph());
    String hash =
        ParameterLayout.of(
                layout.parameters().stream()
                    .map(
                        p ->
                            new ParameterLayout.Parameter(
                                p.name().replace(name, "pooler.dense.offset"),
                                p.offset(),
                                p.shape()))
                    .toList())
            .hash();
    Files.writeString(position, changed.replace(layout.hash(), hash));
    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("checkpoint has no parameter pooler.dense.bias of shape [16]: ");
  }

  @Test
  void refusesALaterFormat() throws IOException {
    Path directory = copied();
    Path position = directory.resolve("training.json");
    String text = Files.readString(position);
    assertThat(text).contains("\"format\" : 2");
    Files.writeString(position, text.replace("\"format\" : 2", "\"format\" : 3"));
    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            position
                + " has format 3, this version reads up to 2; read it with the version that wrote"
                + " it");
  }

  /** The vector of a model of another size beside a list of parameters. */
  @Test
  void refusesAVectorOfAnotherLength() throws IOException {
    Path directory = copied();
    ComputationGraph graph = load(directory).graph();
    EncoderConfig encoder = Graphs.encoderConfig(graph);
    EncoderConfig larger = encoder.withNumHiddenLayers(encoder.numHiddenLayers() + 1);
    ComputationGraph other =
        Graphs.create(
            PretrainingTask.model(larger),
            TinyExamples.training(1, 1, AveragingConfig.plain(1, 1), 0.01, 0).settings(),
            1);
    ModelSerializer.writeModel(other, directory.resolve("model.zip").toFile(), true);
    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(directory.toString());
  }
}

package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.kernel.Precision;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checkpoints of earlier versions, one for each change of the format, as they were written then.
 * They must stay readable. Whoever adds a field must read it with a default; these files are never
 * rewritten.
 */
final class OldCheckpointTest {
  private static final Directories DIRECTORIES = new Directories(new Configuration());

  @TempDir private Path copy;

  private static Path resource(String version) {
    try {
      return Path.of(OldCheckpointTest.class.getResource("/checkpoints/" + version).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(version, e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = "0.1.0")
  void isRead(String version) throws IOException {
    Path directory = resource(version);
    Checkpoint checkpoint = Checkpoint.load(DIRECTORIES, directory.toString());
    assertThat(Graphs.encoderConfig(checkpoint.graph()))
        .isEqualTo(new EncoderConfig(4, 1, 2, 6, 50, 12, 2, 2, 0.1, 0.1, 0.02, 1e-12));
    assertThat(checkpoint.examplesSeen()).isEqualTo(48);
    assertThat(checkpoint.graph().getIterationCount()).isEqualTo(6);
    assertThat(checkpoint.tokenizer().tokenizer().vocabulary().size()).isEqualTo(50);
    checkpoint.save(DIRECTORIES, new org.apache.hadoop.fs.Path(copy.toString()));
    TrainerState stock =
        TrainerState.of(ComputationGraph.load(copy.resolve("model.zip").toFile(), true));
    assertThat(stock.params()).isEqualTo(TrainerState.of(checkpoint.graph()).params());
    assertThat(stock.params()).hasSize(534);
    Checkpoint.loadTokenizer(DIRECTORIES, directory.toString());
    assertThat(Checkpoint.loadNetworkJson(DIRECTORIES, directory.toString()))
        .isEqualTo(checkpoint.graph().getConfiguration().toJson());
  }

  @ParameterizedTest
  @ValueSource(strings = "0.1.0")
  void itsClassifierIsRead(String version) throws IOException {
    String json = Files.readString(resource(version).resolve("classifier.json"));
    ComputationGraph graph = new ComputationGraph(Graphs.configuration(json));
    graph.init();
    assertThat(Graphs.layout(graph).parameter("classifier.weight").shape()).containsExactly(3, 4);
  }

  private static PackedBatch sequence() {
    int[] parts = {0, 0, 0, 0, 1, 1};
    PackedBatch.Builder batch = PackedBatch.builder();
    batch.add(new int[] {2, 7, 8, 3, 9, 3}, parts, parts);
    return batch.build().withMarks(new int[] {1, 4});
  }

  /** The numbers are what the version that wrote it predicted. */
  @Test
  void predictsWhatItPredictedThen() throws IOException {
    Checkpoint checkpoint = Checkpoint.load(DIRECTORIES, resource("0.1.0").toString());
    assertThat(
            InferenceModel.of(checkpoint.graph(), Precision.FLOAT32)
                .predict(sequence(), Head.NEXT_SENTENCE)[0])
        .containsExactly(new float[] {-0.0014665774f, -0.0016042824f}, within(1e-6f));
  }

  /**
   * Format 2, with every kind of head and loss; {@code outputs.json} holds what each head gave when
   * it was written.
   */
  @Test
  void everyKindOfHeadPredictsWhatItPredictedThen() throws IOException {
    Path directory = resource("format-2");
    ComputationGraph graph = Checkpoint.load(DIRECTORIES, directory.toString()).graph();
    InferenceModel model = InferenceModel.of(graph, Precision.FLOAT32);
    JsonNode outputs = new ObjectMapper().readTree(directory.resolve("outputs.json").toFile());
    assertThat(Graphs.model(graph).heads()).hasSize(outputs.size()).hasSize(8);
    assertThat(Graphs.model(graph).losses()).hasSize(10);
    for (Head head : Graphs.model(graph).heads()) {
      float[][] actual =
          head.name().equals(Head.MASKED_LM)
              ? model.predict(sequence(), head.name(), new int[] {1})
              : model.predict(sequence(), head.name());
      assertThat(actual).as(head.name()).hasNumberOfRows(outputs.get(head.name()).size());
      for (int row = 0; row < actual.length; row++) {
        for (int i = 0; i < actual[row].length; i++) {
          assertThat((double) actual[row][i])
              .as("%s, row %d, output %d", head.name(), row, i)
              .isCloseTo(outputs.get(head.name()).get(row).get(i).asDouble(), within(1e-6));
        }
      }
    }
  }

  /** A copy of the checkpoint with changed network JSON. */
  private String copied(UnaryOperator<String> change) throws IOException {
    try (Stream<Path> files = Files.list(resource("0.1.0"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName().toString()));
      }
    }
    try (FileSystem zip = FileSystems.newFileSystem(copy.resolve("model.zip"))) {
      Path json = zip.getPath("configuration.json");
      Files.writeString(json, change.apply(Files.readString(json)));
    }
    return copy.toString();
  }

  @Test
  void ofALaterVersionIsRefusedByName() throws IOException {
    String directory =
        copied(json -> json.replace("\"hiddenSize\"", "\"numExperts\" : 8, \"hiddenSize\""));
    assertThatThrownBy(() -> Checkpoint.load(DIRECTORIES, directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(
            copy.resolve("model.zip") + " is not of a network that this version reads: ")
        .hasMessageContaining("fields that this version does not know: numExperts; ");
    assertThatThrownBy(() -> Checkpoint.loadNetworkJson(DIRECTORIES, directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("numExperts");
  }

  /** A layer's own fields change the network just as the encoder's do. */
  @Test
  void ofALaterLayerIsRefusedByName() throws IOException {
    String directory =
        copied(json -> json.replace("\"layerName\"", "\"pooling\" : \"mean\", \"layerName\""));
    assertThatThrownBy(() -> Checkpoint.load(DIRECTORIES, directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(
            copy.resolve("model.zip") + " is not of a network that this version reads: ")
        .hasMessageContaining("BertLayer has a field that this version does not know: pooling; ");
  }

  @Test
  void thatLacksAFieldIsRefusedByName() throws IOException {
    String directory = copied(json -> json.replaceFirst("\"hiddenDropoutProb\" : 0.1,", ""));
    assertThatThrownBy(() -> Checkpoint.load(DIRECTORIES, directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the encoder lacks the number hiddenDropoutProb");
  }

  /** What DL4J's own reader would create, recurse into, or hold in memory. */
  @Test
  void thatIsHostileIsRefusedBeforeDl4jReadsIt() throws IOException {
    assertRefused(
        json -> json.replace("org.nd4j.linalg.schedule.FixedSchedule", "javax.swing.JEditorPane"),
        "it names the class javax.swing.JEditorPane");
    assertRefused(
        json -> json.replaceFirst("\\{", "{\"x\" : " + "[".repeat(5000) + "]".repeat(5000) + ","),
        "(101) exceeds the maximum allowed");
    assertRefused(json -> json + " ".repeat(4 << 20), "its description is over 4194304 bytes");
  }

  private void assertRefused(UnaryOperator<String> change, String reason) throws IOException {
    FileUtils.cleanDirectory(copy.toFile());
    String directory = copied(change);
    assertThatThrownBy(() -> Checkpoint.load(DIRECTORIES, directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(
            copy.resolve("model.zip") + " is not of a network that this version reads: ")
        .hasMessageContaining(reason);
  }

  @Test
  void ofAnotherProgramIsRefused() throws IOException {
    String directory =
        copied(json -> json.replace("io.dialogbert.model.PretrainingLayer", "com.example.Layer"));
    assertThatThrownBy(() -> Checkpoint.load(DIRECTORIES, directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(copy.resolve("model.zip") + " is not of a network")
        .hasMessageContaining("com.example.Layer");
  }
}

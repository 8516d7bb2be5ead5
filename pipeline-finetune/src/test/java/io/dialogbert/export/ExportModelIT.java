package io.dialogbert.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.finetune.TinyEncoder;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.ValueInfoProto;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exported directories; bin/export-test opens such with stock libraries. */
final class ExportModelIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VOCAB_SIZE = 50;
  private static final int HIDDEN = 16;

  /** Two heads of a width that four share, as in a network that has lost two. */
  private static final EncoderConfig PRUNED =
      new EncoderConfig(HIDDEN, 1, 2, 4, 24, VOCAB_SIZE, 12, 2, 2, 0.1, 0.1, 0.02, 1e-12);

  @TempDir Path work;

  @BeforeEach
  void makeCheckpoint() {
    TinyEncoder.make(work.resolve("pretrained"), PRUNED, TinyTokenizer.of(VOCAB_SIZE, 2));
  }

  private JobRun export(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "export-model.checkpoint=" + work.resolve("pretrained"),
                "export-model.output=" + work.resolve("exported")));
    arguments.addAll(List.of(more));
    return JobRun.of(new ExportModelJob(), arguments.toArray(String[]::new));
  }

  private ComputationGraph network() throws IOException {
    return Checkpoint.load(
            new Directories(new Configuration()), work.resolve("pretrained").toString())
        .graph();
  }

  private static float[] values(ComputationGraph graph, String name) {
    return Graphs.layout(graph)
        .view(graph.params().reshape(graph.numParams()), name)
        .ravel()
        .toFloatVector();
  }

  private Map<String, float[]> tensors() throws IOException {
    Path file = work.resolve("exported/model.safetensors");
    Map<String, float[]> tensors = new HashMap<>();
    try (InputStream in = Files.newInputStream(file)) {
      Safetensors.read(
          in,
          Files.size(file),
          file.toString(),
          name -> true,
          (entry, values) -> tensors.put(entry.name(), values));
    }
    return tensors;
  }

  @Test
  void writesADirectoryForTransformers() throws IOException {
    JobRun run = export("export-model.data-licenses=[\"CC BY-SA 4.0: a corpus\"]");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    JsonNode config = JSON.readTree(work.resolve("exported/config.json").toFile());
    assertThat(config.path("architectures").path(0).asText()).isEqualTo("BertForPreTraining");
    assertThat(config.path("num_attention_heads").asInt()).isEqualTo(4);
    assertThat(config.path("type_vocab_size").asInt()).isEqualTo(4);

    ComputationGraph graph = network();
    Map<String, float[]> tensors = tensors();
    assertThat(tensors.get("bert.embeddings.word_embeddings.weight"))
        .isEqualTo(values(graph, "embeddings.word_embeddings"));
    assertThat(tensors.get("cls.predictions.bias"))
        .isEqualTo(values(graph, "cls.predictions.bias"));
    assertThat(tensors).doesNotContainKey("bert.embeddings.turn_embeddings.weight");
    float[] segments = values(graph, "embeddings.token_type_embeddings");
    float[] turns = values(graph, "embeddings.turn_embeddings");
    float[] types = tensors.get("bert.embeddings.token_type_embeddings.weight");
    assertThat(types).hasSize(4 * HIDDEN);
    for (int turn = 0; turn < 2; turn++) {
      for (int segment = 0; segment < 2; segment++) {
        for (int i = 0; i < HIDDEN; i++) {
          assertThat(types[(segment + 2 * turn) * HIDDEN + i])
              .isEqualTo(segments[segment * HIDDEN + i] + turns[turn * HIDDEN + i]);
        }
      }
    }
    // The heads that are gone are zeros behind those that are left.
    String query = "encoder.layer.0.attention.self.query.weight";
    assertThat(tensors.get("bert." + query))
        .isEqualTo(Arrays.copyOf(values(graph, query), HIDDEN * HIDDEN));
    String output = "encoder.layer.0.attention.output.dense.weight";
    assertThat(Arrays.copyOfRange(tensors.get("bert." + output), HIDDEN, HIDDEN + 10))
        .isEqualTo(Arrays.copyOf(Arrays.copyOfRange(values(graph, output), 8, 16), 10));

    assertThat(Files.readString(work.resolve("exported/README.md")))
        .contains("- CC BY-SA 4.0: a corpus", "was not measured", "BertForPreTraining");
    assertThat(work.resolve("exported/tokenizer.json")).doesNotExist();
    assertThat(work.resolve("exported/dialogbert_tokenizer.json")).exists();
    assertThat(work.resolve("exported/tokenizer.model"))
        .hasSameBinaryContentAs(work.resolve("pretrained/tokenizer.model"));
    assertThat(export("export-model.data-licenses=[other]").exitCode())
        .isEqualTo(JobMain.BAD_CONFIG);
    assertThat(export("--overwrite", "export-model.data-licenses=[other]").exitCode())
        .isEqualTo(JobMain.DONE);
  }

  @Test
  void writesAGraphOfOnnx() throws IOException {
    JobRun run = export("export-model.data-licenses=[other]", "export-model.formats=[onnx]");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    assertThat(work.resolve("exported/model.safetensors")).doesNotExist();
    GraphProto graph;
    try (InputStream in = Files.newInputStream(work.resolve("exported/onnx/model.onnx"))) {
      graph = ModelProto.parseFrom(in).getGraph();
    }
    assertThat(graph.getInputList())
        .extracting(ValueInfoProto::getName)
        .containsExactly("input_ids", "attention_mask", "token_type_ids");
    assertThat(graph.getOutputList())
        .extracting(ValueInfoProto::getName)
        .containsExactly("prediction_logits", "seq_relationship_logits");
    assertThat(graph.getInitializerList())
        .extracting(tensor -> tensor.getName())
        .doesNotHaveDuplicates()
        .contains("encoder.layer.0.attention.self.query.weight", "cls.predictions.bias");
  }

  @Test
  void refusesACardWithoutLicenses() {
    JobRun run = export("export-model.data-licenses=[\" \"]");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err()).contains("data-licenses", "must name the license of each data set");
    assertThat(work.resolve("exported")).doesNotExist();
    assertThat(export("export-model.data-licenses=[other]", "export-model.formats=[pytorch]").err())
        .contains("must be one or both of huggingface, onnx");
  }

  @Test
  void refusesHeadsThatTransformersCannotHave() {
    EncoderConfig odd =
        new EncoderConfig(HIDDEN, 1, 2, 5, 24, VOCAB_SIZE, 12, 2, 2, 0.1, 0.1, 0.02, 1e-12);
    Path checkpoint = work.resolve("odd");
    TinyEncoder.make(checkpoint, odd, TinyTokenizer.of(VOCAB_SIZE, 2));
    JobRun run =
        export("export-model.checkpoint=" + checkpoint, "export-model.data-licenses=[other]");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains("has 2 heads of width 5 and a hidden size of 16", "formats = [onnx]");
    assertThat(work.resolve("exported")).doesNotExist();
  }
}

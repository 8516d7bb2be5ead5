package io.dialogbert.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.JobRun;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout.Parameter;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.pretrain.PretrainJob;
import io.dialogbert.text.Token;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.PretrainingTask;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A BERT's directory made here; bin/export-test imports a published one. */
final class ImportModelIT {
  private static final int HIDDEN = 8;

  /** The special tokens are not where this project has them. */
  private static final List<String> VOCABULARY =
      List.of("[unused3]", "[PAD]", "나", "##는", "[MASK]", "[SEP]", "[CLS]", "[UNK]", "!", "京");

  private static final String CONFIG =
      """
      {"model_type": "bert", "hidden_act": "gelu", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
       "intermediate_size": 12, "vocab_size": 10, "max_position_embeddings": 16, "type_vocab_size": 2, "layer_norm_eps": 1e-7}
      """;

  @TempDir Path work;

  @BeforeEach
  void makeModel() throws IOException {
    Files.createDirectory(work.resolve("bert"));
    Files.writeString(work.resolve("bert/config.json"), CONFIG);
    Files.write(work.resolve("bert/vocab.txt"), VOCABULARY);
    Files.writeString(work.resolve("bert/tokenizer_config.json"), "{\"do_lower_case\": false}");
    weights(name -> true);
  }

  /** Writes tensors whose elements count up; those of a name are left out. */
  private void weights(Predicate<String> has) throws IOException {
    EncoderConfig encoder =
        new EncoderConfig(HIDDEN, 1, 2, 12, VOCABULARY.size(), 16, 2, 1, 0.1, 0.1, 0.02, 1e-7);
    ModelConfig model = PretrainingTask.model(encoder);
    List<Safetensors.Tensor> tensors = new ArrayList<>();
    for (Parameter parameter : model.layout().parameters()) {
      String name = Architecture.PRETRAINING.tensorName(parameter.name());
      if (!name.contains("turn_embeddings") && has.test(name)) {
        tensors.add(new Safetensors.Tensor(name, parameter.shape(), () -> counting(parameter)));
      }
    }
    try (OutputStream out = Files.newOutputStream(work.resolve("bert/model.safetensors"))) {
      Safetensors.write(tensors, out);
    }
  }

  private static float[] counting(Parameter parameter) {
    float[] values = new float[(int) parameter.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = parameter.offset() + i;
    }
    return values;
  }

  private JobRun run() {
    return JobRun.of(
        new ImportModelJob(),
        "import-model.model=" + work.resolve("bert"),
        "import-model.output=" + work.resolve("imported"));
  }

  private void refused(String... parts) {
    JobRun run = run();
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains(parts);
    assertThat(work.resolve("imported")).doesNotExist();
  }

  private static float[] values(ComputationGraph graph, String name) {
    return Graphs.layout(graph)
        .view(graph.params().reshape(graph.numParams()), name)
        .ravel()
        .toFloatVector();
  }

  @Test
  void takesWeightsOverUnderOurIds() throws IOException {
    JobRun run = run();
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    Checkpoint imported =
        Checkpoint.load(new Directories(new Configuration()), work.resolve("imported").toString());
    ComputationGraph graph = imported.graph();
    EncoderConfig encoder = Graphs.encoderConfig(graph);
    assertThat(encoder.layerNormEps()).isEqualTo(1e-7);
    // 6 special tokens, 4 pieces of text, 16 spare tokens, of which one was there.
    assertThat(encoder.vocabSize()).isEqualTo(26);
    float[] words = values(graph, "embeddings.word_embeddings");
    float[] bias = values(graph, "cls.predictions.bias");
    int[] rowsOfSource = {1, 7, 6, 5, 4, 5, 2, 3, 8, 9};
    float firstBias = bias[0] - rowsOfSource[0];
    for (int id = 0; id < rowsOfSource.length; id++) {
      assertThat(words[id * HIDDEN + 3]).isEqualTo(rowsOfSource[id] * HIDDEN + 3f);
      assertThat(bias[id]).isEqualTo(firstBias + rowsOfSource[id]);
    }
    assertThat(words[(10 + 3) * HIDDEN]).as("[unused3]").isZero();
    assertThat(values(graph, "embeddings.turn_embeddings")).containsOnly(0);
    assertThat(values(graph, "cls.seq_relationship.weight")).hasSize(2 * HIDDEN);
    assertThat(imported.tokenizer().tokenizer().tokenize("나는!京 나", "ko"))
        .extracting(Token::piece)
        .containsExactly("나", "##는", "!", "京", "나");
    assertThat(imported.tokenizer().tokenizer().vocabulary().piece(SpecialTokens.SEPT))
        .isEqualTo("[SEPT]");
    assertThat(PretrainJob.learners()).contains(new ImportModelJob().name());
  }

  @Test
  void namesHeadsThatStartAtRandom() throws IOException {
    weights(name -> !name.startsWith("cls.") && !name.startsWith("bert.pooler"));
    JobRun run = run();
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    assertThat(run.printed()).contains("lacks 9 parameters, which start at random");
  }

  @Test
  void refusesWhatIsNoBertOfOneFile() throws IOException {
    weights(name -> !name.contains("layer.0.output.dense.weight"));
    refused("model.safetensors has no tensor for encoder.layer.0.output.dense.weight");

    Files.writeString(
        work.resolve("bert/config.json"),
        CONFIG.replace("\"intermediate_size\": 12", "\"intermediate_size\": 16"));
    refused("intermediate.dense.weight must have shape [16, 8]", "has [12, 8]");

    Files.writeString(work.resolve("bert/config.json"), CONFIG.replace("gelu", "relu"));
    refused("hidden_act must be gelu, is relu");
    Files.writeString(work.resolve("bert/config.json"), CONFIG.replace("\"bert\"", "\"roberta\""));
    refused("model_type must be bert, is roberta");

    Files.move(
        work.resolve("bert/model.safetensors"), work.resolve("bert/model.safetensors.index.json"));
    refused("has its weights in several files");
    Files.move(
        work.resolve("bert/model.safetensors.index.json"), work.resolve("bert/pytorch_model.bin"));
    refused("has pickled weights (pytorch_model.bin)");
  }

  @Test
  void refusesAVocabularyThatDoesNotFit() throws IOException {
    Files.write(work.resolve("bert/vocab.txt"), VOCABULARY.subList(0, 9));
    refused("must have a line for each of vocab_size = 10 tokens, has 9");
    List<String> without = new ArrayList<>(VOCABULARY);
    without.set(4, "[M]");
    Files.write(work.resolve("bert/vocab.txt"), without);
    refused("must have BERT's special tokens, but has no [MASK]");
    Files.delete(work.resolve("bert/vocab.txt"));
    refused("vocab.txt must be there");
  }
}

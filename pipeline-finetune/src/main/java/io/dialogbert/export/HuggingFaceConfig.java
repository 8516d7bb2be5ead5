package io.dialogbert.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.TaskSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** What transformers must know of a network: its {@code config.json}. */
final class HuggingFaceConfig {
  private static final ObjectMapper JSON = new ObjectMapper();

  private HuggingFaceConfig() {}

  /**
   * The configuration of a network.
   *
   * @param numAttentionHeads heads of a layer, those of zeros included
   * @param spec what it learned, if that is a task
   */
  static ObjectNode of(
      ModelConfig model,
      Architecture architecture,
      int numAttentionHeads,
      Optional<TaskSpec> spec) {
    EncoderConfig encoder = model.encoder();
    ObjectNode config = JSON.createObjectNode();
    config.putArray("architectures").add(architecture.className());
    config
        .put("model_type", "bert")
        .put("dtype", "float32")
        .put("vocab_size", encoder.vocabSize())
        .put("hidden_size", encoder.hiddenSize())
        .put("num_hidden_layers", encoder.numHiddenLayers())
        .put("num_attention_heads", numAttentionHeads)
        .put("intermediate_size", encoder.intermediateSize())
        .put("hidden_act", "gelu")
        .put("hidden_dropout_prob", encoder.hiddenDropoutProb())
        .put("attention_probs_dropout_prob", encoder.attentionProbsDropoutProb())
        .put("max_position_embeddings", encoder.maxPositionEmbeddings())
        .put("type_vocab_size", encoder.typeVocabSize() * encoder.turnVocabSize())
        .put("segment_vocab_size", encoder.typeVocabSize())
        .put("turn_vocab_size", encoder.turnVocabSize())
        .put("initializer_range", encoder.initializerRange())
        .put("layer_norm_eps", encoder.layerNormEps())
        .put("pad_token_id", 0)
        .put("position_embedding_type", "absolute")
        .put("tie_word_embeddings", true);
    if (architecture == Architecture.SEQUENCE_CLASSIFICATION
        || architecture == Architecture.TOKEN_CLASSIFICATION) {
      int outputs = model.heads().get(0).numOutputs(encoder);
      ObjectNode labels = config.putObject("id2label");
      ObjectNode ids = config.putObject("label2id");
      List<String> names = labels(outputs, spec);
      IntStream.range(0, outputs)
          .forEach(
              id -> {
                labels.put(String.valueOf(id), names.get(id));
                ids.put(names.get(id), id);
              });
    }
    if (architecture == Architecture.SEQUENCE_CLASSIFICATION) {
      boolean isScore = spec.isPresent() && !spec.get().kind().hasClasses();
      config.put("problem_type", isScore ? "regression" : "single_label_classification");
    }
    return config;
  }

  /** A name for each output; a class whose name another language has, too, names its own. */
  private static List<String> labels(int outputs, Optional<TaskSpec> spec) {
    if (spec.isPresent() && spec.get().kind() == TaskSpec.Kind.TAGS) {
      return spec.get().outputs();
    }
    List<TaskSpec.ClassName> classes = spec.map(TaskSpec::classes).orElse(List.of());
    if (classes.size() != outputs) {
      return outputs == 1
          ? List.of("score")
          : IntStream.range(0, outputs).mapToObj(id -> "LABEL_" + id).toList();
    }
    Set<String> seen = new HashSet<>();
    Set<String> repeated = new HashSet<>();
    classes.forEach(
        each -> {
          if (!seen.add(each.name())) {
            repeated.add(each.name());
          }
        });
    List<String> names = new ArrayList<>();
    for (TaskSpec.ClassName each : classes) {
      names.add(repeated.contains(each.name()) ? each.lang() + ":" + each.name() : each.name());
    }
    return names;
  }
}

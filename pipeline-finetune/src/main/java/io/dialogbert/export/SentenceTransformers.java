package io.dialogbert.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.task.TaskSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What sentence-transformers must know of a network of sentence vectors: the mean over all tokens,
 * scaled to length 1.
 */
final class SentenceTransformers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String POOLING = "1_Pooling";
  private static final String NORMALIZE = "2_Normalize";

  private SentenceTransformers() {}

  /** Contents of the files by name. */
  static Map<String, JsonNode> files(EncoderConfig encoder, Optional<TaskSpec> spec) {
    ArrayNode modules = JSON.createArrayNode();
    List<String> paths = List.of("", POOLING, NORMALIZE);
    List<String> classes = List.of("Transformer", "Pooling", "Normalize");
    for (int i = 0; i < paths.size(); i++) {
      modules
          .addObject()
          .put("idx", i)
          .put("name", String.valueOf(i))
          .put("path", paths.get(i))
          .put("type", "sentence_transformers.models." + classes.get(i));
    }
    int length =
        spec.map(task -> task.layout().maxSequenceLength()).orElse(encoder.maxPositionEmbeddings());
    Map<String, JsonNode> files = new LinkedHashMap<>();
    files.put("modules.json", modules);
    files.put(
        "sentence_bert_config.json",
        JSON.createObjectNode().put("max_seq_length", length).put("do_lower_case", false));
    files.put(
        POOLING + "/config.json",
        JSON.createObjectNode()
            .put("word_embedding_dimension", encoder.hiddenSize())
            .put("pooling_mode_cls_token", false)
            .put("pooling_mode_mean_tokens", true)
            .put("pooling_mode_max_tokens", false)
            .put("pooling_mode_mean_sqrt_len_tokens", false));
    return files;
  }
}

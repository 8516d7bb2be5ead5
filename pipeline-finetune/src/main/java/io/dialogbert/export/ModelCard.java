package io.dialogbert.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.task.TaskSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The page that says what a model is, what it was made from and how to load it.
 *
 * @param architecture its class in transformers
 * @param spec what it learned, if that is a task
 * @param checkpoint manifest of the network, whose figures are shown
 * @param dataLicenses licenses of the data that it learned from
 * @param tokenizerMethod how text is cut
 * @param agreement of the Python tokenizer with ours, if it was measured
 * @param hasOnnx whether there is an ONNX file
 */
record ModelCard(
    Architecture architecture,
    EncoderConfig encoder,
    Optional<TaskSpec> spec,
    Manifest checkpoint,
    List<String> dataLicenses,
    String tokenizerMethod,
    Optional<TokenizerExport.Agreement> agreement,
    boolean hasOnnx) {
  static final String FILE_NAME = "README.md";

  private static final ObjectMapper JSON = new ObjectMapper();

  String markdown() {
    return String.join(
            "\n\n",
            frontMatter(),
            "# Dialog-BERT: " + spec.map(TaskSpec::name).orElse("pretrained encoder"),
            sizes(),
            "## Data\n\nMade by `%s`. Licenses and terms of the data that it learned from:\n\n%s"
                .formatted(
                    checkpoint.job(),
                    dataLicenses.stream().map(one -> "- " + one).collect(Collectors.joining("\n"))),
            usage(),
            tokens(),
            "## Figures\n\n"
                + "Of the run that made it; its metrics are those of the project's pages.\n\n"
                + figures())
        + "\n";
  }

  private String frontMatter() {
    return "---\nlibrary_name: %s\npipeline_tag: %s\nlicense: other\ndata_licenses:\n%s\ntags:\n- dialog-bert\n---"
        .formatted(
            architecture == Architecture.ENCODER ? "sentence-transformers" : "transformers",
            switch (architecture) {
              case PRETRAINING, MASKED_LM -> "fill-mask";
              case SEQUENCE_CLASSIFICATION -> "text-classification";
              case TOKEN_CLASSIFICATION -> "token-classification";
              case QUESTION_ANSWERING -> "question-answering";
              case ENCODER -> "sentence-similarity";
            },
            dataLicenses.stream().map(one -> "- " + quoted(one)).collect(Collectors.joining("\n")));
  }

  /** A JSON string is a YAML string, too. */
  private static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private String sizes() {
    return "A `%s` of %d layers, hidden size %d and %,d token ids, for sequences of up to %d tokens."
        .formatted(
            architecture.className(),
            encoder.numHiddenLayers(),
            encoder.hiddenSize(),
            encoder.vocabSize(),
            encoder.maxPositionEmbeddings());
  }

  private String usage() {
    String load =
        architecture == Architecture.ENCODER
            ? """
            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer(DIRECTORY, trust_remote_code=True)
            vectors = model.encode(["저녁 뭐 먹을까?", "晩ご飯は何にする？"])\
            """
            : """
            from transformers import AutoTokenizer, %1$s

            tokenizer = AutoTokenizer.from_pretrained(DIRECTORY, trust_remote_code=True)
            model = %1$s.from_pretrained(DIRECTORY).eval()
            outputs = model(**tokenizer.encode_turns(["뭐 해?", "저녁 먹어"], return_tensors="pt"))\
            """
                .formatted(architecture.className());
    String text =
        """
        ## Use

        ```python
        %s
        ```

        `encode_turns(turns, pair=None, lang=None)` separates turns by `[SEPT]` and cuts them as in training; `tokenizer.lang` is `ko` or
        `ja`. `token_type_ids` are segment + %d * turn: the embedding of each is the sum of the embeddings of its segment and its turn.\
        """
            .formatted(load, encoder.typeVocabSize());
    if (spec.isPresent() && spec.get().kind() == TaskSpec.Kind.PAIR_SCORES) {
      TaskSpec.Range scores = spec.get().scores();
      text +=
          " A score is %s + %s * the logit.".formatted(scores.low(), scores.high() - scores.low());
    }
    if (hasOnnx) {
      text +=
          "\n\n"
              + "`onnx/model.onnx` computes the same for ONNX Runtime, from `input_ids`,"
              + " `token_type_ids` and `attention_mask`.";
    }
    return text;
  }

  private String tokens() {
    String measured =
        agreement
            .map(
                found ->
                    "On %,d made-up messages, a fifth of them Japanese, this Python class and the tokenizer of training gave the same ids for %,d (%s %%)."
                        .formatted(
                            found.texts(),
                            found.equal(),
                            String.format(
                                Locale.ROOT, "%.2f", 100.0 * found.equal() / found.texts())))
            .orElse(
                "How well this Python class agrees with the tokenizer of training was not measured"
                    + " at export.");
    return "## Tokens\n\nText is cut by the method `%s`. %s".formatted(tokenizerMethod, measured);
  }

  private String figures() {
    Map<String, Double> all = checkpoint.figures();
    return all.isEmpty()
        ? "None."
        : "| figure | value |\n|---|---|\n"
            + all.entrySet().stream()
                .map(
                    figure ->
                        String.format(
                            Locale.ROOT, "| %s | %.6g |", figure.getKey(), figure.getValue()))
                .collect(Collectors.joining("\n"));
  }
}

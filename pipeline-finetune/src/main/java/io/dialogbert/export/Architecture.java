package io.dialogbert.export;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Head.Pooling;
import io.dialogbert.model.head.Head.Projection;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.SpanLoss;
import java.util.List;

/** The classes of Hugging Face's transformers that compute what our networks compute. */
enum Architecture {
  /** Masked LM and next-sentence prediction. */
  PRETRAINING("BertForPreTraining", true),
  MASKED_LM("BertForMaskedLM", false),
  /** Classes of texts or pairs, or a score. */
  SEQUENCE_CLASSIFICATION("BertForSequenceClassification", true),
  /** A class for each token. */
  TOKEN_CLASSIFICATION("BertForTokenClassification", false),
  /** Where a span starts and ends. */
  QUESTION_ANSWERING("BertForQuestionAnswering", false),
  /** Sentence vectors, with the pooling that sentence-transformers adds. */
  ENCODER("BertModel", true);

  private final String className;
  private final boolean hasPooler;

  Architecture(String className, boolean hasPooler) {
    this.className = className;
    this.hasPooler = hasPooler;
  }

  String className() {
    return className;
  }

  /** Whether it has BERT's pooler. */
  boolean hasPooler() {
    return hasPooler;
  }

  /**
   * The class for a network.
   *
   * @param checkpoint its directory, for the message
   * @throws BadInputException if there is none; names the heads
   */
  static Architecture of(ModelConfig model, String checkpoint) {
    List<String> names = model.heads().stream().map(Head::name).toList();
    if (names.equals(List.of(Head.MASKED_LM, Head.NEXT_SENTENCE))) {
      return PRETRAINING;
    }
    if (model.heads().size() == 1) {
      Head head = model.heads().get(0);
      Projection projection = head.projection();
      Pooling pooling = head.layer() == null ? head.pooling() : Pooling.QKV;
      if (projection == Projection.TIED_DECODER) {
        return MASKED_LM;
      } else if (pooling == Pooling.FIRST && projection == Projection.LINEAR) {
        return SEQUENCE_CLASSIFICATION;
      } else if (pooling == Pooling.TOKENS && projection == Projection.LINEAR) {
        boolean spans = model.losses().stream().anyMatch(SpanLoss.class::isInstance);
        return spans ? QUESTION_ANSWERING : TOKEN_CLASSIFICATION;
      } else if (pooling == Pooling.MEAN && projection == Projection.NONE) {
        return ENCODER;
      }
    }
    throw new BadInputException(
        checkpoint
            + " has the heads "
            + model.heads().stream()
                .map(head -> head.name() + " (" + head.pooling() + ", " + head.projection() + ")")
                .toList()
            + ", which no class of transformers has; export a network of one task");
  }

  /** The name of one of our parameters in a file of this class. */
  String tensorName(String ours) {
    if (ours.startsWith("cls.")) {
      return ours;
    }
    boolean ofEncoder =
        ours.startsWith("embeddings.") || ours.startsWith("encoder.") || ours.startsWith("pooler.");
    if (!ofEncoder) {
      // A head's own name, which transformers does not know.
      String part = ours.substring(ours.lastIndexOf('.'));
      return (this == QUESTION_ANSWERING ? "qa_outputs" : "classifier") + part;
    }
    return (this == ENCODER ? "" : "bert.")
        + ours
        + (ours.endsWith("_embeddings") ? ".weight" : "");
  }
}

package io.dialogbert.model.head;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonSubTypes;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;

/**
 * What a head learns from: compares its outputs to a target. Part of a network's configuration. The
 * training loss is the sum of all losses that have a target in the batch, each a mean over its
 * terms times its weight.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ClassLoss.class, name = "class"),
  @JsonSubTypes.Type(value = SoftClassLoss.class, name = "soft-class"),
  @JsonSubTypes.Type(value = ScoreLoss.class, name = "score"),
  @JsonSubTypes.Type(value = SoftOutputLoss.class, name = "soft-output"),
  @JsonSubTypes.Type(value = SpanLoss.class, name = "span"),
  @JsonSubTypes.Type(value = GroupLoss.class, name = "group"),
  @JsonSubTypes.Type(value = InBatchLoss.class, name = "in-batch"),
  @JsonSubTypes.Type(value = CosentLoss.class, name = "cosent"),
  @JsonSubTypes.Type(value = CosineLoss.class, name = "cosine"),
  @JsonSubTypes.Type(value = MatryoshkaLoss.class, name = "matryoshka"),
  @JsonSubTypes.Type(value = StateLoss.class, name = "state"),
  @JsonSubTypes.Type(value = AttentionLoss.class, name = "attention"),
  @JsonSubTypes.Type(value = RelationLoss.class, name = "relation")
})
public sealed interface Loss extends Strict
    permits ClassLoss,
        SoftClassLoss,
        ScoreLoss,
        SoftOutputLoss,
        SpanLoss,
        GroupLoss,
        InBatchLoss,
        CosentLoss,
        CosineLoss,
        MatryoshkaLoss,
        StateLoss,
        AttentionLoss,
        RelationLoss {

  /** Prefix of its figures' names; may be empty if the network has one task. */
  String name();

  /** Name of the head. */
  String head();

  Weight weight();

  /** The same loss, weighted otherwise. */
  Loss withWeight(Weight other);

  /** The same loss under another name, of another head. */
  Loss of(String otherName, String otherHead);

  /**
   * Checks that the head's outputs are of the shape that this loss compares.
   *
   * @throws IllegalArgumentException if not
   */
  void requireFits(Head head, EncoderConfig encoder);

  /**
   * Checks a target before any part of the batch is computed, so that an error names its place in
   * the whole batch.
   *
   * @param batch a batch with a target
   * @throws io.dialogbert.common.BadInputException if the head cannot learn from it
   */
  default void requireFits(PackedBatch batch, Head head, EncoderConfig encoder) {}

  /** This loss's target in a batch. */
  Optional<? extends Target> target(PackedBatch batch);

  /** Widths of the vectors' prefixes that also learn, ascending; empty if only whole vectors do. */
  default List<Integer> prefixes() {
    return List.of();
  }

  /** Number of terms that the loss is a mean of. */
  int count(PackedBatch batch);

  /** Whether a term depends on sequences that may be in another part of the batch. */
  default boolean needsWholeBatch() {
    return false;
  }

  /**
   * Computes sums over the terms.
   *
   * @param batch a batch with a target and at least one term
   * @param outputs the head's outputs; on return, their gradient
   * @param scale weight of a term's gradient
   */
  Losses compute(Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double scale);

  /** Name of the mean that {@link #compute} reports as the loss. */
  default String lossName() {
    return figure("loss");
  }

  /** Mean of the loss as training weights it, apart from {@link #weight}. */
  default double value(Losses losses) {
    return losses.mean(lossName());
  }

  /** A figure's name. */
  default String figure(String what) {
    return name().isEmpty() ? what : name() + "_" + what;
  }
}

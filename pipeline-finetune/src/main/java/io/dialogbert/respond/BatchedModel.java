package io.dialogbert.respond;

import io.dialogbert.finetune.Tasks;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.task.Layout.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A model that many threads use. Sequences that wait are computed together, so that callers share
 * the cost of reading the parameters. A caller's sequences stay together.
 */
public final class BatchedModel implements AutoCloseable {
  /** Sequences that are computed at once. */
  private static final int MAX_BATCH = 64;

  private final InferenceModel model;
  private final String head;
  private final IntConsumer batchSizes;
  private final Batcher<List<Sequence>, float[][]> batcher;

  /**
   * Starts a thread for the model.
   *
   * @param model used by nobody else
   * @param head whose outputs are wanted
   * @param batchSizes told the number of sequences of each batch
   */
  public BatchedModel(InferenceModel model, String head, IntConsumer batchSizes) {
    this.model = model;
    this.head = head;
    this.batchSizes = batchSizes;
    batcher = new Batcher<>("dialogbert-model", MAX_BATCH, List::size, this::compute);
  }

  /**
   * The head's outputs.
   *
   * @param sequences at least one
   * @return float32 [B][O]
   * @throws TooSlowException if the deadline passes first
   */
  float[][] outputs(List<Sequence> sequences, Deadline deadline) throws TooSlowException {
    return batcher.answer(List.copyOf(sequences), deadline);
  }

  private List<float[][]> compute(List<List<Sequence>> requests) {
    List<Sequence> sequences = requests.stream().flatMap(List::stream).toList();
    float[][] outputs = new float[sequences.size()][];
    for (int from = 0; from < outputs.length; from += MAX_BATCH) {
      List<Sequence> some = sequences.subList(from, Math.min(from + MAX_BATCH, sequences.size()));
      PackedBatch.Builder packed = PackedBatch.builder();
      some.forEach(sequence -> Tasks.add(packed, sequence));
      float[][] computed = model.predict(packed.build(), head);
      System.arraycopy(computed, 0, outputs, from, computed.length);
      batchSizes.accept(computed.length);
    }
    List<float[][]> answers = new ArrayList<>();
    int from = 0;
    for (List<Sequence> request : requests) {
      answers.add(Arrays.copyOfRange(outputs, from, from + request.size()));
      from += request.size();
    }
    return answers;
  }

  @Override
  public void close() {
    batcher.close();
  }
}

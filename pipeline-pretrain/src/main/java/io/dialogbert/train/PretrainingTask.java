package io.dialogbert.train;

import io.dialogbert.example.MaskedInput;
import io.dialogbert.example.Masking;
import io.dialogbert.example.MaskingConfig;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.PretrainingModel;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.piece.Vocabulary;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.apache.parquet.example.data.Group;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * Masked-LM prediction, and next-sentence prediction if examples are pairs. Examples without static
 * masks get new masks in each epoch.
 *
 * @param seed seed of the dynamic masks
 */
public record PretrainingTask(
    String networkJson, SerializedTokenizer tokenizer, MaskingConfig masking, long seed)
    implements TrainingTask<PretrainExample> {

  @Override
  public PretrainExample decode(Group row) {
    return new PretrainExample(
        row.getString("example_id", 0),
        // Training needs only the dialogue that is the example's id.
        List.of(row.getString("dialogue_id", 0)),
        row.getString("lang", 0),
        // The split is in the directory name, not in the file.
        "",
        ExampleReader.ints(row, "input_ids"),
        ExampleReader.ints(row, "segment_ids"),
        ExampleReader.ints(row, "turn_ids"),
        row.getInteger("next_sentence_label", 0),
        ExampleReader.ints(row, "masked_lm_positions"),
        ExampleReader.ints(row, "masked_lm_ids"));
  }

  @Override
  public MultiDataSet batch(List<PretrainExample> examples, IntToLongFunction epoch) {
    return PretrainingModel.toDataSet(pack(examples, epoch));
  }

  @Override
  public Map<String, Double> lastLosses(ComputationGraph graph) {
    return PretrainingModel.lastTrainingScore(graph).losses();
  }

  /** Packs the examples into one batch, with the masks of an epoch. */
  public PackedBatch pack(List<PretrainExample> examples, long epoch) {
    return pack(examples, place -> epoch);
  }

  PackedBatch pack(List<PretrainExample> examples, IntToLongFunction epoch) {
    Vocabulary vocabulary = tokenizer.tokenizer().vocabulary();
    Masking masks = new Masking(masking, vocabulary::isWordStart);
    PackedBatch.Builder batch = PackedBatch.builder();
    for (int place = 0; place < examples.size(); place++) {
      PretrainExample example = examples.get(place);
      int pass = Math.toIntExact(epoch.applyAsLong(place));
      MaskedInput masked =
          example.maskedLmPositions().length > 0
              ? new MaskedInput(
                  example.inputIds(), example.maskedLmPositions(), example.maskedLmIds())
              : masks.mask(example.inputIds(), seed, pass, example.exampleId());
      batch.addMasked(
          masked.inputIds(),
          example.segmentIds(),
          example.turnIds(),
          masked.maskedLmPositions(),
          masked.maskedLmIds(),
          example.nextSentenceLabel());
    }
    return batch.build();
  }
}

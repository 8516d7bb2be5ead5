package io.dialogbert.train;

import io.dialogbert.example.MaskedInput;
import io.dialogbert.example.Masking;
import io.dialogbert.example.MaskingConfig;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.piece.Vocabulary;
import io.dialogbert.train.engine.BertEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.apache.parquet.example.data.Group;

/**
 * Masked-LM prediction, and next-sentence prediction if examples are pairs. Examples without static
 * masks get new masks in each epoch.
 *
 * @param seed seed of the dynamic masks
 */
public record PretrainingTask(
    BertEngine engine, SerializedTokenizer tokenizer, MaskingConfig masking, long seed)
    implements TrainingTask<PretrainExample, PackedBatch> {

  /**
   * The network: loss = mean cross-entropy over masked tokens + mean cross-entropy over pairs.
   *
   * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019, section 3.1</a>
   */
  public static ModelConfig model(EncoderConfig encoder) {
    return new ModelConfig(
        encoder,
        List.of(Head.maskedLm(encoder), Head.nextSentence()),
        List.of(
            new ClassLoss("mlm", Head.MASKED_LM, Weight.ONE),
            new ClassLoss("nsp", Head.NEXT_SENTENCE, Weight.ONE)));
  }

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
  public PackedBatch batch(List<PretrainExample> examples, IntToLongFunction epoch) {
    Vocabulary vocabulary = tokenizer.tokenizer().vocabulary();
    Masking masks = new Masking(masking, vocabulary::isWordStart);
    PackedBatch.Builder batch = PackedBatch.builder();
    List<int[]> rows = new ArrayList<>();
    List<int[]> ids = new ArrayList<>();
    for (int place = 0; place < examples.size(); place++) {
      PretrainExample example = examples.get(place);
      MaskedInput masked = mask(masks, example, Math.toIntExact(epoch.applyAsLong(place)));
      int first = batch.add(masked.inputIds(), example.segmentIds(), example.turnIds());
      rows.add(
          IntStream.of(masked.maskedLmPositions()).map(position -> first + position).toArray());
      ids.add(masked.maskedLmIds());
    }
    PackedBatch packed =
        batch.build().with(Head.MASKED_LM, new Target.TokenClasses(join(rows), join(ids)));
    int[] labels = examples.stream().mapToInt(PretrainExample::nextSentenceLabel).toArray();
    return IntStream.of(labels).allMatch(label -> label == PretrainExample.NO_PAIR)
        ? packed
        : packed.with(Head.NEXT_SENTENCE, new Target.Classes(labels));
  }

  private MaskedInput mask(Masking masks, PretrainExample example, int epoch) {
    return example.maskedLmPositions().length > 0
        ? new MaskedInput(example.inputIds(), example.maskedLmPositions(), example.maskedLmIds())
        : masks.mask(example.inputIds(), seed, epoch, example.exampleId());
  }

  private static int[] join(List<int[]> parts) {
    return parts.stream().flatMapToInt(IntStream::of).toArray();
  }
}

package io.dialogbert.finetune.objective;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.tag.BioTags;
import io.dialogbert.task.tag.TagDecoder;
import io.dialogbert.task.tag.TaggedText;
import io.dialogbert.train.engine.Predictor;
import io.dialogbert.train.run.Selection;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Named entities, by a linear map of each piece's output to the tags of BIO (Devlin et al. 2019,
 * section 5.3). Tags are valid by decoding. What is compared are the text's own characters, so
 * entities that tags of pieces cannot express, or that are beyond the layout, count as missed.
 */
public record TagObjective(TaskSpec spec) implements Objective<TagObjective.Tagging> {
  public static final String HEAD = "tagger";

  /**
   * What was predicted for a text. Letter V: its characters that are no white space.
   *
   * @param tags int32 [V]
   * @param predicted int32 [V], valid ones
   * @param likeliest int32 [V], those of each piece by itself, which may be invalid
   * @param loss cross-entropy in nats, the sum over its pieces that are read and have a tag
   * @param pieces number of these
   * @param hits how many of them have the right tag by themselves
   */
  public record Tagging(
      String exampleId,
      int[] tags,
      int[] predicted,
      int[] likeliest,
      double loss,
      int pieces,
      int hits)
      implements Serializable {}

  private static final DataType INTS = DataTypes.createArrayType(DataTypes.IntegerType, false);

  private static final StructType SCHEMA =
      new StructType()
          .add("example_id", DataTypes.StringType, false)
          .add("tags", INTS, false)
          .add("predicted", INTS, false)
          .add("likeliest", INTS, false)
          .add("loss", DataTypes.DoubleType, false);

  private static final RowMapping<Tagging> MAPPING =
      new RowMapping.Builder<Tagging>(SCHEMA)
          .set("example_id", Tagging::exampleId)
          .set("tags", Tagging::tags)
          .set("predicted", Tagging::predicted)
          .set("likeliest", Tagging::likeliest)
          .set("loss", Tagging::loss)
          .build();

  @Override
  public ModelConfig model(EncoderConfig encoder) {
    return new ModelConfig(
        encoder,
        List.of(Head.tokenClassifier(HEAD, Tasks.tagSet(spec))),
        List.of(new ClassLoss("", HEAD, Weight.ONE)));
  }

  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    PackedBatch batch = Tasks.pack(spec, examples);
    List<Integer> rows = new ArrayList<>();
    List<Integer> tags = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      TaskExample example = examples.get(i);
      int[] ofPieces = tagged(example).places().tags(example.tagged().tags());
      for (int piece : readPieces(example)) {
        rows.add(row(batch, i, piece));
        tags.add(ofPieces[piece]);
      }
    }
    return batch.with(HEAD, new Target.TokenClasses(ints(rows), ints(tags)));
  }

  /** The packed row of a piece: the first one of a sequence is {@code [CLS]}. */
  private static int row(PackedBatch batch, int sequence, int piece) {
    return batch.sequenceOffsets()[sequence] + 1 + piece;
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The pieces of an example that are read and have a tag. */
  public int[] readPieces(TaskExample example) {
    return IntStream.range(0, spec.layout().numKept(example.first()))
        .filter(example.tagged().places()::isTagged)
        .toArray();
  }

  private static TaggedText tagged(TaskExample example) {
    if (example.tagged().tags().length == 0) {
      throw new BadInputException("example " + example.exampleId() + " has no tags");
    }
    return example.tagged();
  }

  @Override
  public List<Tagging> observe(Predictor<PackedBatch> network, List<TaskExample> examples) {
    List<float[][]> logits = logits(network, examples);
    return IntStream.range(0, examples.size())
        .mapToObj(i -> tagging(examples.get(i), logits.get(i)))
        .toList();
  }

  /** The logits float32 [P][T] of each example's pieces that are read and have a tag. */
  public List<float[][]> logits(Predictor<PackedBatch> network, List<TaskExample> examples) {
    PackedBatch batch = Tasks.pack(spec, examples);
    float[][] outputs = network.predict(batch, HEAD);
    List<float[][]> logits = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      int sequence = i;
      logits.add(
          IntStream.of(readPieces(examples.get(i)))
              .mapToObj(piece -> outputs[row(batch, sequence, piece)])
              .toArray(float[][]::new));
    }
    return logits;
  }

  /**
   * Compares an example's tags to its logits.
   *
   * @param logits float32 [P][T] of its pieces that are read and have a tag
   */
  Tagging tagging(TaskExample example, float[][] logits) {
    TaggedText text = tagged(example);
    int[] pieces = readPieces(example);
    int[] ofPieces = text.places().tags(text.tags());
    int[] likeliest = TagDecoder.likeliest(logits);
    double loss = 0;
    int hits = 0;
    for (int i = 0; i < pieces.length; i++) {
      int tag = ofPieces[pieces[i]];
      loss -= TagDecoder.logProbability(logits[i], tag);
      hits += likeliest[i] == tag ? 1 : 0;
    }
    return new Tagging(
        example.exampleId(),
        visible(text.tags(), text.tags()),
        visible(text.tags(), characterTags(text, pieces, TagDecoder.decode(logits))),
        visible(text.tags(), characterTags(text, pieces, likeliest)),
        loss,
        pieces.length,
        hits);
  }

  private static int[] characterTags(TaggedText text, int[] pieces, int[] tags) {
    return text.places().at(pieces).characterTags(tags, text.tags().length);
  }

  /** The values at characters that are no white space. */
  private static int[] visible(int[] tags, int[] values) {
    return IntStream.range(0, tags.length)
        .filter(i -> tags[i] != BioTags.NONE)
        .map(i -> values[i])
        .toArray();
  }

  private int numTypes() {
    return spec.classes().size();
  }

  private Map<String, Double> figuresOf(List<TagCounts> counts) {
    return counts.stream().reduce(TagCounts.none(numTypes()), TagCounts::plus).figures();
  }

  private List<TagCounts> counts(List<Tagging> taggings) {
    return taggings.stream().map(text -> TagCounts.of(text, numTypes())).toList();
  }

  @Override
  public Map<String, Double> figures(List<Tagging> taggings) {
    return figuresOf(counts(taggings));
  }

  @Override
  public Function<SplittableRandom, Map<String, Double>> resampler(List<Tagging> taggings) {
    List<TagCounts> counts = counts(taggings);
    return random -> figuresOf(Objective.resample(counts, random));
  }

  /** The share of characters that are no white space to which both give the same tag. */
  @Override
  public double agreement(List<Tagging> some, List<Tagging> others) {
    long same = 0;
    long all = 0;
    for (int i = 0; i < some.size(); i++) {
      int[] one = some.get(i).predicted();
      int[] other = others.get(i).predicted();
      same += IntStream.range(0, one.length).filter(c -> one[c] == other[c]).count();
      all += one.length;
    }
    return (double) same / Math.max(1, all);
  }

  @Override
  public StructType schema() {
    return SCHEMA;
  }

  @Override
  public List<Row> rows(List<Tagging> taggings) {
    return taggings.stream().map(MAPPING::row).toList();
  }

  @Override
  public Selection selection() {
    return Selection.of("entity_f1");
  }
}

package io.dialogbert.finetune.objective;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.metric.BinaryScores;
import io.dialogbert.metric.Classification;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.engine.Predictor;
import io.dialogbert.train.run.Selection;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Classification of a text or a pair, by a linear map of BERT's pooled output (Devlin et al. 2019,
 * section 4.1).
 *
 * @param classWeights how much an example's cross-entropy counts by its class; empty if all count
 *     the same
 */
public record ClassObjective(TaskSpec spec, List<Double> classWeights)
    implements Objective<ClassObjective.Prediction> {
  private static final int TOP = 3;

  /**
   * What was predicted for an example.
   *
   * @param rank of the example's class by its logit, from 0; equal logits rank in order of classes
   * @param loss cross-entropy in nats
   */
  public record Prediction(String exampleId, int label, int predicted, int rank, double loss)
      implements Serializable {}

  private static final StructType SCHEMA =
      new StructType()
          .add("example_id", DataTypes.StringType, false)
          .add("label", DataTypes.IntegerType, false)
          .add("predicted", DataTypes.IntegerType, false)
          .add("rank", DataTypes.IntegerType, false)
          .add("loss", DataTypes.DoubleType, false);

  private static final RowMapping<Prediction> MAPPING =
      new RowMapping.Builder<Prediction>(SCHEMA)
          .set("example_id", Prediction::exampleId)
          .set("label", Prediction::label)
          .set("predicted", Prediction::predicted)
          .set("rank", Prediction::rank)
          .set("loss", Prediction::loss)
          .build();

  /** In which all classes count the same. */
  public static ClassObjective ofLabels(TaskSpec spec) {
    return new ClassObjective(spec, List.of());
  }

  @Override
  public ModelConfig model(EncoderConfig encoder) {
    return new ModelConfig(
        encoder,
        List.of(Head.classifier(Head.CLASSIFIER, Tasks.classSet(spec))),
        List.of(new ClassLoss("", Head.CLASSIFIER, Weight.ONE, classWeights)));
  }

  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    int[] labels = examples.stream().mapToInt(TaskExample::label).toArray();
    return Tasks.pack(spec, examples).with(Head.CLASSIFIER, new Target.Classes(labels));
  }

  @Override
  public List<Prediction> observe(Predictor<PackedBatch> network, List<TaskExample> examples) {
    float[][] logits = network.predict(Tasks.pack(spec, examples), Head.CLASSIFIER);
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < logits.length; i++) {
      predictions.add(prediction(examples.get(i), logits[i]));
    }
    return predictions;
  }

  /**
   * Compares an example's class to its logits.
   *
   * @param logits [C]
   * @throws BadInputException if the example's class is none of them
   */
  static Prediction prediction(TaskExample example, float[] logits) {
    int label = example.label();
    if (label < 0 || label >= logits.length) {
      throw new BadInputException(
          "label "
              + label
              + " of example "
              + example.exampleId()
              + " is outside 0.."
              + (logits.length - 1));
    }
    int predicted = 0;
    int rank = 0;
    for (int c = 0; c < logits.length; c++) {
      predicted = logits[c] > logits[predicted] ? c : predicted;
      rank += logits[c] > logits[label] || (logits[c] == logits[label] && c < label) ? 1 : 0;
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((double) logit - logits[predicted]);
    }
    double loss = Math.log(sum) + logits[predicted] - logits[label];
    return new Prediction(example.exampleId(), label, predicted, rank, loss);
  }

  @Override
  public Map<String, Double> figures(List<Prediction> predictions) {
    Map<String, Double> figures = new TreeMap<>();
    figures.put("loss", mean(predictions, Prediction::loss));
    figures.put("accuracy", mean(predictions, p -> p.rank() == 0 ? 1 : 0));
    Classification classification = classify(predictions);
    figures.put("macro_accuracy", classification.macroAccuracy());
    figures.put("macro_f1", classification.macroF1());
    figures.put("weighted_f1", classification.weightedF1());
    if (spec.classes().size() == 2) {
      figures.put("auroc", auroc(predictions));
    }
    if (spec.classes().size() > TOP) {
      figures.put("top3_accuracy", mean(predictions, p -> p.rank() < TOP ? 1 : 0));
    }
    figures.putAll(accuracyByLanguage(predictions));
    return figures;
  }

  /** Accuracies of the classes of each language, if they have several. */
  private Map<String, Double> accuracyByLanguage(List<Prediction> predictions) {
    Map<String, Double> accuracies = new TreeMap<>();
    for (String lang : spec.classes().stream().map(TaskSpec.ClassName::lang).distinct().toList()) {
      List<Prediction> ofLanguage =
          predictions.stream()
              .filter(p -> spec.classes().get(p.label()).lang().equals(lang))
              .toList();
      accuracies.put(lang + "_accuracy", mean(ofLanguage, p -> p.rank() == 0 ? 1 : 0));
      accuracies.put(lang + "_top3_accuracy", mean(ofLanguage, p -> p.rank() < TOP ? 1 : 0));
    }
    return accuracies.size() > 2 ? accuracies : Map.of();
  }

  /**
   * Of two classes: how well the probability of the second tells them apart; 0 if one is absent.
   */
  private static double auroc(List<Prediction> predictions) {
    double[] probabilities = new double[predictions.size()];
    boolean[] isSecond = new boolean[predictions.size()];
    for (int i = 0; i < isSecond.length; i++) {
      Prediction prediction = predictions.get(i);
      isSecond[i] = prediction.label() == 1;
      probabilities[i] =
          isSecond[i] ? Math.exp(-prediction.loss()) : -Math.expm1(-prediction.loss());
    }
    return ScoredPair.defined(new BinaryScores(probabilities, isSecond).auroc());
  }

  /** The share of examples that both take for the same class. */
  @Override
  public double agreement(List<Prediction> some, List<Prediction> others) {
    return IntStream.range(0, some.size())
        .map(i -> some.get(i).predicted() == others.get(i).predicted() ? 1 : 0)
        .average()
        .orElse(0);
  }

  @Override
  public Optional<Classification> classification(List<Prediction> predictions) {
    return Optional.of(classify(predictions));
  }

  private Classification classify(List<Prediction> predictions) {
    return new Classification(
        predictions.stream().mapToInt(Prediction::label).toArray(),
        predictions.stream().mapToInt(Prediction::predicted).toArray(),
        spec.classes().size());
  }

  @Override
  public StructType schema() {
    return SCHEMA;
  }

  @Override
  public List<Row> rows(List<Prediction> predictions) {
    return predictions.stream().map(MAPPING::row).toList();
  }

  private static double mean(List<Prediction> predictions, ToDoubleFunction<Prediction> value) {
    return predictions.stream().mapToDouble(value).average().orElse(0);
  }

  @Override
  public Selection selection() {
    return Selection.of("accuracy");
  }
}

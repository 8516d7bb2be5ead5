package io.dialogbert.finetune.inference;

import io.dialogbert.finetune.objective.TagObjective;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.tag.BioTags;
import io.dialogbert.task.tag.Entity;
import io.dialogbert.task.tag.PiecePlaces;
import io.dialogbert.task.tag.TagDecoder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The entities of texts, with places in characters (code points) of the text as it was given. An
 * entity's probability is the least of its pieces' tags.
 */
record FoundEntities(TagObjective objective)
    implements TextInference.Outputs, TextInference.Values, Serializable {
  static final StructType SCHEMA =
      new StructType()
          .add(
              "entities",
              DataTypes.createArrayType(
                  new StructType()
                      .add("start", DataTypes.IntegerType, false)
                      .add("end", DataTypes.IntegerType, false)
                      .add("class_id", DataTypes.IntegerType, false)
                      .add("name", DataTypes.StringType, false)
                      .add("probability", DataTypes.FloatType, false),
                  false))
          .add("characters_read", DataTypes.IntegerType);

  /** One after the other, the logits of the pieces that are read and have a tag. */
  @Override
  public float[][] of(InferenceModel model, List<TaskExample> examples) {
    int numTags = BioTags.count(objective.spec().classes().size());
    List<float[][]> logits = objective.logits(model::predict, examples);
    float[][] rows = new float[examples.size()][];
    for (int i = 0; i < rows.length; i++) {
      float[][] ofPieces = logits.get(i);
      rows[i] = new float[ofPieces.length * numTags];
      for (int piece = 0; piece < ofPieces.length; piece++) {
        System.arraycopy(ofPieces[piece], 0, rows[i], piece * numTags, numTags);
      }
    }
    return rows;
  }

  @Override
  public Object[] of(TaskExample example, float[] outputs) {
    int numTags = BioTags.count(objective.spec().classes().size());
    float[][] logits = new float[outputs.length / numTags][];
    for (int piece = 0; piece < logits.length; piece++) {
      logits[piece] = Arrays.copyOfRange(outputs, piece * numTags, (piece + 1) * numTags);
    }
    int[] read = objective.readPieces(example);
    PiecePlaces places = example.tagged().places().at(read);
    int[] tags = TagDecoder.decode(logits);
    List<Row> entities = new ArrayList<>();
    for (Entity entity : places.entities(tags)) {
      TaskSpec.ClassName type = objective.spec().classes().get(entity.type());
      double probability = 1;
      for (int piece = 0; piece < tags.length; piece++) {
        if (places.starts()[piece] >= entity.start() && places.ends()[piece] <= entity.end()) {
          probability =
              Math.min(
                  probability, Math.exp(TagDecoder.logProbability(logits[piece], tags[piece])));
        }
      }
      entities.add(
          RowFactory.create(
              entity.start(), entity.end(), entity.type(), type.name(), (float) probability));
    }
    return new Object[] {entities.toArray(), charactersRead(example, places)};
  }

  /** All characters or, if a text is cut, those up to its last piece that is read. */
  private int charactersRead(TaskExample example, PiecePlaces read) {
    if (!objective.spec().layout().cuts(example.first())) {
      return example.tagged().tags().length;
    }
    return read.size() == 0 ? 0 : read.ends()[read.size() - 1];
  }
}

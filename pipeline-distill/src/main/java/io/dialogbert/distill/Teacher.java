package io.dialogbert.distill;

import io.dialogbert.finetune.ClassificationTask;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.head.Head;
import io.dialogbert.task.TaskExample;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * A teacher sent to the executors, where the first task that needs it reads it. As a broadcast,
 * each executor has one teacher for all its tasks.
 */
final class Teacher implements Serializable {
  /** The teacher as one task uses it. */
  @FunctionalInterface
  interface Predictor {
    /** [B][C] logits. */
    float[][] logits(List<TaskExample> examples);
  }

  private final String directory;
  private transient InferenceModel model;

  Teacher(String directory) {
    this.directory = directory;
  }

  /** The teacher, for one caller. */
  synchronized Predictor predictor() throws IOException {
    if (model == null) {
      Directories directories = new Directories(SparkHadoopUtil.get().conf());
      model = InferenceModel.of(Checkpoint.load(directories, directory).graph());
    }
    InferenceModel own = model.newSession();
    return examples -> own.predict(ClassificationTask.pack(examples), Head.CLASSIFIER);
  }
}

package io.dialogbert.distill;

import io.dialogbert.finetune.Tasks;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.head.Head;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
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
  private final TaskSpec spec;
  private transient InferenceModel model;

  Teacher(String directory, TaskSpec spec) {
    this.directory = directory;
    this.spec = spec;
  }

  /** The teacher, for one caller. */
  synchronized Predictor predictor() throws IOException {
    if (model == null) {
      Directories directories = new Directories(SparkHadoopUtil.get().conf());
      model = InferenceModel.of(Checkpoint.load(directories, directory).graph());
    }
    InferenceModel own = model.newSession();
    return examples -> own.predict(Tasks.pack(spec, examples), Head.CLASSIFIER);
  }
}

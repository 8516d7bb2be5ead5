package io.dialogbert.finetune.inference;

import io.dialogbert.frame.store.Directories;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.io.Serializable;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * A checkpoint's model sent to the executors, where the first task that needs it reads it. As a
 * broadcast, each executor has one model for all its tasks.
 */
public final class SharedModel implements Serializable {
  private final String directory;
  private final Precision precision;
  private transient InferenceModel model;

  /**
   * A model, not yet read.
   *
   * @param directory of the checkpoint
   * @param precision of the matrix products
   */
  public SharedModel(String directory, Precision precision) {
    this.directory = directory;
    this.precision = precision;
  }

  /** The model for one caller; all share the parameters. */
  public synchronized InferenceModel newSession() throws IOException {
    if (model == null) {
      Directories directories = new Directories(SparkHadoopUtil.get().conf());
      model = InferenceModel.of(Checkpoint.load(directories, directory).graph(), precision);
    }
    return model.newSession();
  }
}

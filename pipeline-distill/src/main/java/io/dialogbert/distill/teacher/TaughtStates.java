package io.dialogbert.distill.teacher;

import io.dialogbert.frame.store.Directories;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * A teacher that says during training what its layers compute: too much to be kept for each
 * example. Always without dropout. As a broadcast, each executor reads it once.
 */
public final class TaughtStates implements Serializable {
  private final String directory;
  private final List<Head> heads;
  private transient InferenceModel model;
  private transient Deque<InferenceModel> idle;

  /**
   * A teacher, not yet read.
   *
   * @param directory of its checkpoint
   * @param heads what is asked: heads that read tokens, the network's own or without parameters
   */
  public TaughtStates(String directory, List<Head> heads) {
    this.directory = directory;
    this.heads = List.copyOf(heads);
  }

  /** A batch with the teacher's states and logits as targets of the heads. */
  public PackedBatch teach(PackedBatch batch) throws IOException {
    InferenceModel own = borrow();
    List<String> names = heads.stream().map(Head::name).toList();
    List<float[][]> states = own.predict(batch, names);
    giveBack(own);
    PackedBatch taught = batch;
    for (int i = 0; i < names.size(); i++) {
      float[][] outputs = states.get(i);
      taught =
          taught.with(
              names.get(i),
              batch
                  .target(names.get(i), Target.TokenClasses.class)
                  .<Target>map(classes -> new Target.SoftTokenClasses(classes.rows(), outputs))
                  .orElse(new Target.TokenStates(outputs)));
    }
    return taught;
  }

  /** Sessions are reused: each has the buffers of a whole pass. */
  private synchronized InferenceModel borrow() throws IOException {
    if (model == null) {
      Directories directories = new Directories(SparkHadoopUtil.get().conf());
      model =
          InferenceModel.of(Checkpoint.load(directories, directory).graph(), heads, Precision.AUTO);
      idle = new ArrayDeque<>();
    }
    return idle.isEmpty() ? model.newSession() : idle.pop();
  }

  private synchronized void giveBack(InferenceModel session) {
    idle.push(session);
  }
}

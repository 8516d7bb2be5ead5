package io.dialogbert.train;

import io.dialogbert.train.run.PieceFiles;
import io.dialogbert.train.run.PieceFiles.Format;
import io.dialogbert.train.run.Position;
import io.dialogbert.train.run.RunDirectory;
import io.dialogbert.train.run.VectorPiece;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * What is sent to a Spark task to average one piece of the workers' states, and to take the outer
 * optimizer's step: Nesterov momentum on the averaged change.
 *
 * @see <a href="https://arxiv.org/abs/2311.08105">Douillard et al. 2023, DiLoCo, algorithm 1</a>
 */
record Averaging(
    TrainingConfig config, String root, Position start, long endStep, List<Worker.Result> results)
    implements Serializable {

  /** Floats in a piece: 16 MiB. */
  static final int PIECE = 1 << 22;

  /** A piece to average: a range of elements of a vector. */
  record Task(String vector, long from, int length) implements Serializable {}

  /** File name of a piece; no other attempt uses it. */
  static String fileName(String vector, long from) {
    return String.format(Locale.ROOT, "%s-%05d-%s", vector, from / PIECE, UUID.randomUUID());
  }

  List<Task> tasks() {
    List<Task> tasks = new ArrayList<>();
    results
        .get(0)
        .files()
        .forEach(
            (vector, file) -> {
              for (long from = 0; from < file.length(); from += PIECE) {
                tasks.add(new Task(vector, from, (int) Math.min(PIECE, file.length() - from)));
              }
            });
    return tasks;
  }

  /** Averages a piece. For the parameters, also returns the piece of the outer momentum. */
  Map<String, VectorPiece> average(Task task) throws IOException {
    PieceFiles files = new PieceFiles(SparkHadoopUtil.get().conf(), root);
    boolean params = task.vector().equals(Position.PARAMS);
    boolean changes = params && config.averaging().compressChanges();
    boolean steps = params && config.averaging().hasOuterOptimizer();
    float[] mean = mean(files, task, changes ? Format.FLOAT16 : Format.FLOAT32);
    if (!changes && !steps) {
      return Map.of(task.vector(), write(files, task.vector(), task.from(), mean));
    }
    float[] old = read(files, task, Position.PARAMS);
    for (int i = 0; i < mean.length; i++) {
      mean[i] = changes ? mean[i] / Worker.CHANGE_SCALE : mean[i] - old[i];
    }
    Map<String, VectorPiece> pieces = new TreeMap<>();
    if (steps) {
      float[] momentum = read(files, task, Position.OUTER);
      step(mean, momentum);
      pieces.put(Position.OUTER, write(files, Position.OUTER, task.from(), momentum));
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] += old[i];
    }
    pieces.put(Position.PARAMS, write(files, Position.PARAMS, task.from(), mean));
    return pieces;
  }

  /** Turns the mean change into the outer optimizer's step, and updates its momentum. */
  private void step(float[] change, float[] momentum) {
    float decay = (float) config.averaging().outerMomentum();
    float rate = (float) config.averaging().outerLearningRate();
    for (int i = 0; i < change.length; i++) {
      momentum[i] = decay * momentum[i] + change[i];
      change[i] = rate * (change[i] + decay * momentum[i]);
    }
  }

  /**
   * The mean over the workers, in worker order: a float sum must not depend on who finished first.
   * This is a running mean. If all workers have the same value, it is the mean to the last bit. So
   * a parameter that no worker changed keeps its value.
   */
  private float[] mean(PieceFiles files, Task task, Format format) throws IOException {
    float[] mean = new float[task.length()];
    int number = 0;
    for (Worker.Result result : results) {
      int count = ++number;
      files.read(
          result.files().get(task.vector()),
          task.from(),
          task.length(),
          format,
          (from, values, length) -> {
            int offset = (int) (from - task.from());
            for (int i = 0; i < length; i++) {
              mean[offset + i] += (values[i] - mean[offset + i]) / count;
            }
          });
    }
    return mean;
  }

  /** Reads the start state's piece of a vector; zeros if the state has no such vector. */
  private float[] read(PieceFiles files, Task task, String vector) throws IOException {
    float[] values = new float[task.length()];
    List<VectorPiece> pieces =
        start.pieces(vector).stream().filter(piece -> piece.from() == task.from()).toList();
    files.read(
        pieces,
        (from, source, length) ->
            System.arraycopy(source, 0, values, (int) (from - task.from()), length));
    return values;
  }

  private VectorPiece write(PieceFiles files, String vector, long from, float[] values)
      throws IOException {
    return files.write(
        RunDirectory.state(endStep) + "/" + fileName(vector, from),
        from,
        values.length,
        Format.FLOAT32,
        (at, target, length) -> System.arraycopy(values, (int) (at - from), target, 0, length));
  }
}

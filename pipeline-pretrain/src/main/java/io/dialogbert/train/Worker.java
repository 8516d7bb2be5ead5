package io.dialogbert.train;

import io.dialogbert.common.Seeds;
import io.dialogbert.model.dl4j.NonFiniteLossException;
import io.dialogbert.model.dl4j.VectorCopy;
import io.dialogbert.train.engine.NetworkState;
import io.dialogbert.train.engine.Trainer;
import io.dialogbert.train.run.PieceFiles;
import io.dialogbert.train.run.PieceFiles.Format;
import io.dialogbert.train.run.Position;
import io.dialogbert.train.run.RunDirectory;
import io.dialogbert.train.run.VectorPiece;
import java.io.IOException;
import java.io.Serializable;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What is sent to a Spark task to train one worker's share of a round.
 *
 * @param reader owner of the example reader that the run's tasks share in one JVM
 */
record Worker<B>(
    BatchSource<B> task,
    String reader,
    List<ExampleReader.Part> parts,
    TrainingConfig config,
    long seed,
    String root,
    Position start,
    int steps,
    int threads)
    implements Serializable {
  /** Scale of changes stored in half precision, which has few bits below 6e-5. */
  static final float CHANGE_SCALE = 1024;

  /**
   * Result of a worker.
   *
   * @param files vectors to be averaged, in the round's directory
   * @param own vectors of the new state that belong to this worker only
   * @param loss mean of the training loss over its steps; NaN if a step's loss or gradient norm was
   *     not finite
   * @param losses means of its parts over the steps that have them
   * @param gradientNorm mean over its steps of the gradient's L2 norm before clipping
   */
  record Result(
      int worker,
      Map<String, VectorPiece> files,
      Map<String, VectorPiece> own,
      double loss,
      Map<String, Double> losses,
      double gradientNorm,
      double trainSeconds,
      double loaderSeconds,
      long bytesWritten)
      implements Serializable {}

  /** Trains worker {@code index}; its batches are interleaved with those of the other workers. */
  Result train(int index) throws Exception {
    TaskGpu.use();
    Configuration hadoop = SparkHadoopUtil.get().conf();
    PieceFiles files = new PieceFiles(hadoop, root);
    BatchSource.Batches<B> source = task.batches(hadoop, parts, reader, seed);
    try (Trainer<B> trainer =
            task.engine()
                .open(threads, Seeds.hash(seed, "dropout", index), config.microBatchSize());
        Prefetched<B> batches = new Prefetched<>(steps, step -> batch(source, step, index))) {
      load(files, start, index, trainer);
      try (INDArray before = before(trainer)) {
        return train(index, files, trainer, batches, before);
      }
    }
  }

  /** A copy of the parameters if their changes are to be sent, else empty; the caller closes it. */
  private INDArray before(Trainer<B> trainer) {
    return config.averaging().compressChanges()
        ? trainer.params().copy()
        : Nd4j.empty(DataType.FLOAT);
  }

  private Result train(
      int index, PieceFiles files, Trainer<B> trainer, Prefetched<B> batches, INDArray before)
      throws Exception {
    long started = System.nanoTime();
    Map<String, DoubleSummaryStatistics> losses = new TreeMap<>();
    double loss = 0;
    double gradientNorm = 0;
    try {
      for (int step = 0; step < steps; step++) {
        Trainer.Step done = trainer.step(batches.next());
        done.losses()
            .losses()
            .forEach(
                (name, mean) ->
                    losses
                        .computeIfAbsent(name, any -> new DoubleSummaryStatistics())
                        .accept(mean));
        loss += done.loss() / steps;
        gradientNorm += done.gradientNorm() / steps;
        if (TaskContext.get() != null && TaskContext.get().isInterrupted()) {
          throw new InterruptedException("Spark stopped this worker");
        }
      }
    } catch (NonFiniteLossException e) {
      return new Result(index, Map.of(), Map.of(), Double.NaN, Map.of(), Double.NaN, 0, 0, 0);
    }
    double trainSeconds = (System.nanoTime() - started) * 1e-9;
    // Two attempts of one task must never write the same file.
    String attempt = index + "-" + UUID.randomUUID();
    Format format = config.averaging().compressChanges() ? Format.FLOAT16 : Format.FLOAT32;
    VectorPiece params = saveParams(files, trainer.params(), before, format, attempt);
    VectorPiece moments = saveMoments(files, trainer.optimizerState(), attempt);
    boolean average = config.averaging().averageMoments();
    return new Result(
        index,
        average
            ? Map.of(Position.PARAMS, params, Position.UPDATER, moments)
            : Map.of(Position.PARAMS, params),
        average ? Map.of() : Map.of(Position.ownUpdater(index), moments),
        loss,
        means(losses),
        gradientNorm,
        trainSeconds,
        batches.waitedSeconds(),
        params.length() * format.bytes + moments.length() * Float.BYTES);
  }

  private static Map<String, Double> means(Map<String, DoubleSummaryStatistics> losses) {
    Map<String, Double> means = new TreeMap<>();
    losses.forEach((name, all) -> means.put(name, all.getAverage()));
    return means;
  }

  /**
   * Makes a batch in the thread that reads ahead. Batches are handed over as values: arrays on a
   * card must not pass from thread to thread.
   */
  private B batch(BatchSource.Batches<B> source, int step, int index) throws IOException {
    long number = (long) step * config.averaging().numWorkers() + index;
    return source.read(start.cursor() + number * config.batchSize(), config.batchSize());
  }

  /** Loads a worker's start state; if the state has no moments, they are set to 0. */
  static void load(PieceFiles files, Position start, int index, NetworkState network)
      throws IOException {
    files.read(start.pieces(Position.PARAMS), network.params()::write);
    List<VectorPiece> moments = start.updater(index);
    VectorCopy updater = network.optimizerState();
    if (moments.isEmpty()) {
      float[] zeros = new float[PieceFiles.BLOCK];
      for (long from = 0; from < updater.length(); from += zeros.length) {
        updater.write(from, zeros, (int) Math.min(zeros.length, updater.length() - from));
      }
    } else {
      files.read(moments, updater::write);
    }
    network.setStep(start.step());
  }

  private VectorPiece saveParams(
      PieceFiles files, VectorCopy params, INDArray before, Format format, String attempt)
      throws IOException {
    return files.write(
        RunDirectory.round() + "/" + Position.PARAMS + "-" + attempt,
        0,
        params.length(),
        format,
        before.isEmpty() ? params::read : changes(params, new VectorCopy(before)));
  }

  /** The change of the parameters in training, scaled for half precision. */
  private static PieceFiles.Source changes(VectorCopy params, VectorCopy before) {
    float[] old = new float[PieceFiles.BLOCK];
    return (from, target, length) -> {
      params.read(from, target, length);
      before.read(from, old, length);
      for (int i = 0; i < length; i++) {
        target[i] = (target[i] - old[i]) * CHANGE_SCALE;
      }
    };
  }

  private VectorPiece saveMoments(PieceFiles files, VectorCopy updater, String attempt)
      throws IOException {
    String directory =
        config.averaging().averageMoments()
            ? RunDirectory.round()
            : RunDirectory.state(start.step() + steps);
    return files.write(
        directory + "/" + Position.UPDATER + "-" + attempt,
        0,
        updater.length(),
        Format.FLOAT32,
        updater::read);
  }
}

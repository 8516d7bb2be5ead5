package io.dialogbert.train;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.Seeds;
import io.dialogbert.model.dl4j.NonFiniteLossException;
import io.dialogbert.model.dl4j.VectorCopy;
import io.dialogbert.train.run.PieceFiles;
import io.dialogbert.train.run.PieceFiles.Format;
import io.dialogbert.train.run.Position;
import io.dialogbert.train.run.RunDirectory;
import io.dialogbert.train.run.VectorPiece;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.resource.ResourceInformation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What crosses the wire to train one worker's share of a round.
 *
 * @param reader whose examples are shared by the run's tasks in one JVM
 */
record Worker<E>(
    TrainingTask<E> task,
    String reader,
    List<ExampleReader.Part> parts,
    TrainingConfig config,
    long seed,
    String root,
    Position start,
    int steps,
    int threads)
    implements Serializable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  /** Changes are stored as halves, which have few bits below 6e-5: so much is put before them. */
  static final float CHANGE_SCALE = 1024;

  /**
   * What a worker leaves.
   *
   * @param files vectors that are to be averaged, in the round's directory
   * @param own vectors of the new state that are this worker's alone
   * @param losses means over its steps; not a number from a step on that has no finite loss
   * @param gradientNorm mean over its steps of the gradient's L2 norm before clipping
   */
  record Result(
      int worker,
      Map<String, VectorPiece> files,
      Map<String, VectorPiece> own,
      Map<String, Double> losses,
      double gradientNorm,
      double trainSeconds,
      double loaderSeconds,
      long bytesWritten)
      implements Serializable {}

  /** Trains worker {@code index}; its batches lie interleaved with those of the others. */
  Result train(int index) throws Exception {
    useTaskGpu();
    Configuration hadoop = SparkHadoopUtil.get().conf();
    PieceFiles files = new PieceFiles(hadoop, root);
    ExampleReader<E> examples = ExampleReader.shared(hadoop, parts, task, reader, seed);
    try (Dl4jTrainer trainer =
            Dl4jTrainer.borrow(
                task, threads, Seeds.hash(seed, "dropout", index), config.microBatchSize());
        Prefetched<MultiDataSet> batches =
            new Prefetched<>(steps, step -> batch(examples, step, index))) {
      load(files, start, index, trainer);
      try (INDArray before = before(trainer)) {
        return train(index, files, trainer, batches, before);
      }
    }
  }

  /** A copy of the parameters, where changes of them are to be told; closed by who asks. */
  private INDArray before(Dl4jTrainer trainer) {
    return config.averaging().compressChanges()
        ? trainer.graph().params().dup()
        : Nd4j.empty(DataType.FLOAT);
  }

  private Result train(
      int index,
      PieceFiles files,
      Dl4jTrainer trainer,
      Prefetched<MultiDataSet> batches,
      INDArray before)
      throws Exception {
    long started = System.nanoTime();
    Map<String, Double> losses = new TreeMap<>();
    double gradientNorm = 0;
    try {
      for (int step = 0; step < steps; step++) {
        trainer
            .step(batches.next())
            .forEach((name, loss) -> losses.merge(name, loss / steps, Double::sum));
        gradientNorm += trainer.gradientNorm() / steps;
        if (TaskContext.get() != null && TaskContext.get().isInterrupted()) {
          throw new InterruptedException("Spark stopped this worker");
        }
      }
    } catch (NonFiniteLossException e) {
      return new Result(index, Map.of(), Map.of(), Map.of("loss", Double.NaN), Double.NaN, 0, 0, 0);
    }
    double trainSeconds = (System.nanoTime() - started) * 1e-9;
    // Two attempts of one task never write one file.
    String attempt = index + "-" + UUID.randomUUID();
    Format format = config.averaging().compressChanges() ? Format.FLOAT16 : Format.FLOAT32;
    VectorPiece params = saveParams(files, trainer.params(), before, format, attempt);
    VectorPiece moments = saveMoments(files, trainer.updater(), attempt);
    boolean average = config.averaging().averageMoments();
    return new Result(
        index,
        average
            ? Map.of(Position.PARAMS, params, Position.UPDATER, moments)
            : Map.of(Position.PARAMS, params),
        average ? Map.of() : Map.of(Position.ownUpdater(index), moments),
        losses,
        gradientNorm,
        trainSeconds,
        batches.waitedSeconds(),
        params.length() * format.bytes + moments.length() * Float.BYTES);
  }

  /**
   * Computes on the GPU that Spark gave to this task, if it gave one. Its address is taken for
   * CUDA's index of the device among those that this JVM sees. That is so where the discovery
   * script sees the same devices as the executor (in the executor's own container, or on a host
   * whose executors see all of its GPUs) and CUDA numbers them as the script does, by {@code
   * CUDA_DEVICE_ORDER=PCI_BUS_ID}. The choice is the calling thread's alone: other threads of the
   * task (its batches', or its computation's where {@code spark.task.cpus} is above 1) use the
   * first device that the JVM sees, so that an executor should see no other GPU than its task's.
   * Without ND4J's CUDA backend it is none.
   */
  static void useTaskGpu() {
    if (TaskContext.get() != null) {
      ResourceInformation gpu = TaskContext.get().resourcesJMap().get("gpu");
      if (gpu != null) {
        Nd4j.getAffinityManager().unsafeSetDevice(device(gpu.addresses()[0]));
        LOG.info(
            "worker {} has GPU {}; ND4J computes on {}",
            TaskContext.getPartitionId(),
            gpu.addresses()[0],
            Nd4j.getExecutioner().type());
      }
    }
  }

  /**
   * CUDA's index of a device.
   *
   * @param address as a discovery script gives it
   * @throws BadConfigException if it is not a number
   */
  static int device(String address) {
    try {
      return Integer.parseUnsignedInt(address);
    } catch (NumberFormatException e) {
      throw new BadConfigException(
          "addresses of GPUs must be CUDA's indexes, from 0, and Spark's discovery script gave "
              + address
              + "; let it print nvidia-smi's index",
          e);
    }
  }

  private MultiDataSet batch(ExampleReader<E> examples, int step, int index) throws IOException {
    long number = (long) step * config.averaging().numWorkers() + index;
    long position = start.cursor() + number * config.batchSize();
    return task.batch(
        examples.read(position, config.batchSize()), place -> examples.epoch(position + place));
  }

  /** Loads what a worker starts from; moments that the state has not are 0. */
  static void load(PieceFiles files, Position start, int index, LocalTrainer trainer)
      throws IOException {
    files.read(start.pieces(Position.PARAMS), trainer.params()::write);
    List<VectorPiece> moments = start.updater(index);
    VectorCopy updater = trainer.updater();
    if (moments.isEmpty()) {
      float[] zeros = new float[PieceFiles.BLOCK];
      for (long from = 0; from < updater.length(); from += zeros.length) {
        updater.write(from, zeros, (int) Math.min(zeros.length, updater.length() - from));
      }
    } else {
      files.read(moments, updater::write);
    }
    trainer.goTo(start.step());
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

  /** What training added to the parameters, scaled for halves. */
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

package io.dialogbert.bench;

import io.dialogbert.example.PretrainExample;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.BatchArrays;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.AveragingConfig;
import io.dialogbert.train.AveragingTrainer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.PretrainingTask;
import io.dialogbert.train.TrainingConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * The driver of one side of the comparison, in its own process. Prints an {@link
 * AveragingCase.Reply} with its idle heap. Then answers {@code rounds}, {@code heap} (rounds with
 * heap measurement, which takes time), and, on our side, {@code evaluate} and {@code checkpoint}.
 */
final class AveragingWorker {
  /** Number of examples in an evaluation. */
  static final int EVALUATED = 640;

  private static final long SEED = 1;

  /** Averaging by one side. */
  @FunctionalInterface
  private interface Rounds {
    /** Runs a case's rounds and returns them. */
    List<AveragingTrainer.Round> run() throws IOException;
  }

  private final AveragingCase averagingCase;
  private final JavaSparkContext spark;
  private final DriverTraffic traffic = new DriverTraffic();
  private final SerializedTokenizer tokenizer;
  private final EncoderConfig encoder;
  private final TrainingConfig config;

  private AveragingWorker(AveragingCase averagingCase) {
    this.averagingCase = averagingCase;
    this.spark = new JavaSparkContext(conf(averagingCase));
    spark.sc().addSparkListener(traffic);
    this.tokenizer = TinyTokenizer.of(averagingCase.vocabSize(), 2);
    this.encoder =
        BenchCase.encoder(
            averagingCase.numLayers(), averagingCase.hiddenSize(), averagingCase.vocabSize());
    AveragingConfig averaging =
        AveragingConfig.plain(AveragingCase.WORKERS, averagingCase.frequency());
    this.config = AveragingRun.config(averagingCase.batchSize(), averaging, 1e-4, 1_000_000);
  }

  private static SparkConf conf(AveragingCase averagingCase) {
    return new SparkConf()
        .setMaster(averagingCase.master())
        .setAppName("averaging")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.local.dir", averagingCase.directory())
        .set("spark.scheduler.minRegisteredResourcesRatio", "1")
        .set("spark.executor.memory", "1g")
        .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .set("spark.executorEnv.OMP_NUM_THREADS", "1")
        .set(
            "spark.executor.extraJavaOptions",
            "@"
                + System.getProperty("bench.root")
                + "/conf/jvm.options -Dlog4j2.configurationFile="
                + System.getProperty("log4j2.configurationFile"));
  }

  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    // Keeps the output of libraries out of the answers.
    System.setOut(System.err);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    AveragingWorker worker = new AveragingWorker(AveragingCase.read(args[0]));
    AveragingRun ours = worker.averagingCase.stock() ? null : worker.ours();
    Rounds rounds =
        ours == null ? worker.stock() : () -> ours.rounds(worker.averagingCase.rounds());
    out.println(new AveragingCase.Reply(0, 0, 0, 0, 0, LiveHeap.now()).toJson());
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      AveragingCase.Reply reply =
          switch (line) {
            case "rounds" -> worker.timed(rounds);
            case "heap" -> worker.watched(rounds);
            case "evaluate" -> worker.timed(() -> worker.evaluate(ours));
            case "checkpoint" -> worker.timed(() -> worker.checkpoint(ours));
            default -> throw new IllegalArgumentException(line);
          };
      out.println(reply.toJson());
    }
    worker.spark.stop();
    System.exit(0);
  }

  private AveragingRun ours() throws IOException {
    Path states = Path.of(averagingCase.directory(), "states");
    return new AveragingRun(spark, encoder, tokenizer, averagingCase.parts(), config, SEED, states);
  }

  /** DL4J's training master. Its executors cache the batches beforehand, as its guide advises. */
  private Rounds stock() {
    ComputationGraph graph = AveragingRun.network(encoder, tokenizer, config, SEED);
    PretrainingTask task = AveragingRun.task(graph, tokenizer, SEED);
    int count = averagingCase.examples() / averagingCase.batchSize();
    JavaRDD<MultiDataSet> batches =
        spark
            .parallelize(IntStream.range(0, count).boxed().toList(), AveragingCase.WORKERS)
            .map(
                new ReadBatch(
                    task,
                    Graphs.encoderConfig(graph),
                    averagingCase.parts(),
                    averagingCase.batchSize()))
            .persist(StorageLevel.MEMORY_ONLY_SER());
    batches.count();
    ParameterAveragingTrainingMaster master =
        new ParameterAveragingTrainingMaster.Builder(
                AveragingCase.WORKERS, averagingCase.batchSize())
            .batchSizePerWorker(averagingCase.batchSize())
            .averagingFrequency(averagingCase.frequency())
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            // Moments are averaged here, too; without this, they are lost after each round.
            .saveUpdater(true)
            .storageLevel(StorageLevel.MEMORY_ONLY_SER())
            .rngSeed(SEED)
            .build();
    SparkComputationGraph network = new SparkComputationGraph(spark, graph, master);
    return () -> {
      network.fitMultiDataSet(batches);
      return List.of();
    };
  }

  /** Reads a batch on an executor, and limits its arithmetic to one core, as on our side. */
  private record ReadBatch(
      PretrainingTask task, EncoderConfig encoder, List<ExampleReader.Part> parts, int batchSize)
      implements Function<Integer, MultiDataSet> {
    @Override
    public MultiDataSet call(Integer index) throws IOException {
      Threads.use(1);
      ExampleReader<PretrainExample> reader =
          ExampleReader.shared(SparkHadoopUtil.get().conf(), parts, task, "bench", SEED);
      long position = (long) index * batchSize;
      PackedBatch batch =
          task.batch(reader.read(position, batchSize), place -> reader.epoch(position + place));
      return BatchArrays.toDataSet(PretrainingTask.model(encoder), batch);
    }
  }

  private AveragingCase.Reply timed(Rounds rounds) throws IOException {
    long driverBytes = traffic.throughDriver();
    long sparkBytes = traffic.total();
    long start = System.nanoTime();
    List<AveragingTrainer.Round> done = rounds.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    try {
      spark.sc().listenerBus().waitUntilEmpty();
    } catch (java.util.concurrent.TimeoutException e) {
      throw new IOException("Spark's listeners are too slow", e);
    }
    return new AveragingCase.Reply(
        seconds,
        done.stream().mapToDouble(AveragingTrainer.Round::trainSeconds).sum(),
        done.stream().mapToLong(AveragingTrainer.Round::bytesMoved).sum(),
        traffic.throughDriver() - driverBytes,
        traffic.total() - sparkBytes,
        0);
  }

  private AveragingCase.Reply watched(Rounds rounds) throws IOException {
    AveragingCase.Reply reply;
    LiveHeap heap = new LiveHeap();
    try (heap) {
      reply = timed(rounds);
    }
    return new AveragingCase.Reply(
        reply.seconds(),
        reply.trainSeconds(),
        reply.fileBytes(),
        reply.driverBytes(),
        reply.sparkBytes(),
        heap.peak());
  }

  /** Loads the state and scores {@value #EVALUATED} examples, as in an evaluation. */
  private List<AveragingTrainer.Round> evaluate(AveragingRun ours) throws IOException {
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(spark.hadoopConfiguration(), averagingCase.parts(), ours.task(), SEED);
    Threads.use(Runtime.getRuntime().availableProcessors());
    Graphs.score(ours.load(), ours.task().batch(reader.read(0, EVALUATED), place -> 0));
    return List.of();
  }

  private List<AveragingTrainer.Round> checkpoint(AveragingRun ours) throws IOException {
    Path directory = Files.createDirectories(Path.of(averagingCase.directory(), "checkpoint"));
    new Checkpoint(ours.load(), tokenizer, 0)
        .save(
            new Directories(spark.hadoopConfiguration()),
            new org.apache.hadoop.fs.Path(directory.toString()));
    return List.of();
  }
}

package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.model.PackedBatch;
import io.dialogbert.train.engine.GraphState;
import io.dialogbert.train.engine.NetworkState;
import io.dialogbert.train.run.RunDirectory;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rounds on Spark pass networks from task to task. Runs also where the CPU is used like a card. */
class HandOverIT {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);

  @TempDir Path directory;

  @Test
  void aRoundTrainsTheNetworksOfTheRoundBefore() throws Exception {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      List<ExampleReader.Part> parts =
          TinyExamples.write(directory.resolve("data"), TinyExamples.rows("train", 50, SEED), 2);
      TrainingConfig config = TinyExamples.training(8, 8, AveragingConfig.plain(2, 2), 0.01, 3);
      ComputationGraph graph = TinyExamples.network(config, SEED);
      PretrainingTask task = TinyExamples.task(graph, SEED);
      NetworkState network = new GraphState(graph);
      AveragingTrainer<PackedBatch> trainer =
          new AveragingTrainer<>(
              JavaSparkContext.fromSparkContext(spark.sparkContext()),
              task,
              parts,
              config,
              SEED,
              new RunDirectory(
                  spark.sparkContext().hadoopConfiguration(), directory.resolve("run").toString()));
      float[] before = graph.params().toFloatVector();
      trainer.load(trainer.train(trainer.start(network), round -> true), network);
      assertThat(graph.params().toFloatVector()).doesNotContain(Float.NaN).isNotEqualTo(before);
    }
  }
}

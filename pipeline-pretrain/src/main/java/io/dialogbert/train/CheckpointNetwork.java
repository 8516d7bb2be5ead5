package io.dialogbert.train;

import io.dialogbert.frame.store.Directories;
import java.io.IOException;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * The network of a checkpoint.
 *
 * @param task holds the configuration of the checkpoint's network
 */
public record CheckpointNetwork(TrainingTask<?> task, String directory) implements NetworkSource {
  @Override
  public Dl4jTrainer open(int threads) throws IOException {
    Dl4jTrainer network = Dl4jTrainer.borrow(task, threads, 0, Integer.MAX_VALUE);
    try {
      Checkpoint.loadParameters(
          new Directories(SparkHadoopUtil.get().conf()), directory, network.graph());
      return network;
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
  }
}

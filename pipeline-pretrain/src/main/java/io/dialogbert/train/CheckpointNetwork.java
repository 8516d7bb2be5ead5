package io.dialogbert.train;

import io.dialogbert.frame.store.Directories;
import io.dialogbert.train.engine.Engine;
import io.dialogbert.train.engine.Trainer;
import java.io.IOException;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * The network of a checkpoint.
 *
 * @param engine makes networks of the checkpoint's configuration
 */
public record CheckpointNetwork<B>(Engine<B> engine, String directory) implements NetworkSource<B> {
  @Override
  public Trainer<B> open(int threads) throws IOException {
    Trainer<B> network = engine.open(threads, 0, Integer.MAX_VALUE);
    try {
      Checkpoint.loadParameters(new Directories(SparkHadoopUtil.get().conf()), directory, network);
      return network;
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
  }
}

package io.dialogbert.train;

import io.dialogbert.train.run.PieceFiles;
import io.dialogbert.train.run.Position;
import java.io.IOException;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * The network of a run's state.
 *
 * @param root the run's directory
 */
record StateNetwork(TrainingTask<?> task, String root, Position state) implements NetworkSource {
  @Override
  public Dl4jTrainer open(int threads) throws IOException {
    Dl4jTrainer network = Dl4jTrainer.borrow(task, threads, 0, Integer.MAX_VALUE);
    try {
      new PieceFiles(SparkHadoopUtil.get().conf(), root)
          .read(state.pieces(Position.PARAMS), network.params()::write);
      return network;
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
  }
}

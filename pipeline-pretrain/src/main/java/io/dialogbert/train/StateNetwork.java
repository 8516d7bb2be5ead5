package io.dialogbert.train;

import io.dialogbert.train.engine.Engine;
import io.dialogbert.train.engine.Trainer;
import io.dialogbert.train.run.PieceFiles;
import io.dialogbert.train.run.Position;
import java.io.IOException;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * The network of a run's state.
 *
 * @param root the run's directory
 */
record StateNetwork<B>(Engine<B> engine, String root, Position state) implements NetworkSource<B> {
  @Override
  public Trainer<B> open(int threads) throws IOException {
    Trainer<B> network = engine.open(threads, 0, Integer.MAX_VALUE);
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

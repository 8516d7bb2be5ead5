package io.dialogbert.model;

import io.dialogbert.model.kernel.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One network per thread over the same parameters, each of which takes a part of every batch: so
 * that all arithmetic runs on all threads, not the matrix products alone, and without a barrier
 * after each. A batch of one sequence is one part, whose matrix products use all threads.
 *
 * @param <N> a network, which serves one thread at a time
 */
public final class DataParallel<N> {
  /** What a network does with its part of a batch. */
  @FunctionalInterface
  public interface Work<N, R> {
    R apply(N network, PackedBatch part, int partIndex);
  }

  /** The same for a part whose gradient goes to {@code flatGradient}. */
  @FunctionalInterface
  public interface GradientWork<N, R> {
    R apply(N network, PackedBatch part, int partIndex, INDArray flatGradient);
  }

  private final Supplier<N> newNetwork;
  private final List<N> networks = new ArrayList<>();
  private final List<INDArray> otherGradients = new ArrayList<>();

  public DataParallel(Supplier<N> newNetwork) {
    this.newNetwork = newNetwork;
  }

  /** The network of a batch's first part. */
  public N first() {
    grow(1);
    return networks.get(0);
  }

  private void grow(int size) {
    while (networks.size() < size) {
      networks.add(newNetwork.get());
    }
  }

  /** The results of the batch's parts, in order. */
  public <R> List<R> run(PackedBatch batch, Work<N, R> work) {
    return run(batch.split(Threads.count()), work);
  }

  private <R> List<R> run(List<PackedBatch> parts, Work<N, R> work) {
    grow(parts.size());
    List<Supplier<R>> calls = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      int index = i;
      calls.add(() -> work.apply(networks.get(index), parts.get(index), index));
    }
    return Threads.all(calls);
  }

  /**
   * The results of the batch's parts, and the sum of their gradients.
   *
   * @param maxSequences are in memory at once; what is more comes after, which is known as gradient
   *     accumulation
   * @param flatGradient overwritten
   */
  public <R> List<R> gradient(
      PackedBatch batch, int maxSequences, INDArray flatGradient, GradientWork<N, R> work) {
    List<R> results = new ArrayList<>();
    for (PackedBatch micro : batch.splitBySequences(maxSequences)) {
      List<PackedBatch> parts = micro.split(Threads.count());
      int before = results.size();
      // The first part of all writes where the others are added.
      int first = before == 0 ? 1 : 0;
      while (otherGradients.size() < parts.size() - first) {
        otherGradients.add(
            Nd4j.createUninitializedDetached(flatGradient.dataType(), flatGradient.length()));
      }
      results.addAll(
          run(
              parts,
              (network, part, i) ->
                  work.apply(
                      network,
                      part,
                      before + i,
                      before + i == 0 ? flatGradient : otherGradients.get(i - first))));
      for (int i = first; i < parts.size(); i++) {
        flatGradient.addi(otherGradients.get(i - first));
      }
    }
    return results;
  }
}

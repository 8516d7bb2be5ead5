package io.dialogbert.model;

import io.dialogbert.model.kernel.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One network per thread, all over the same parameters. Each takes a part of every batch. So all
 * arithmetic runs on all threads, not only the matrix products, and no barrier follows each
 * product. A batch of one sequence is one part; its matrix products use all threads.
 *
 * @param <N> a network; it serves one thread at a time
 */
public final class DataParallel<N> {
  /** Runs a network on its part of a batch. */
  @FunctionalInterface
  public interface Work<N, R> {
    R apply(N network, PackedBatch part, int partIndex);
  }

  /** Runs a network on its part of a batch, and writes the gradient to {@code flatGradient}. */
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

  /** The network that runs a batch's first part. */
  public N first() {
    grow(1);
    return networks.get(0);
  }

  private void grow(int size) {
    while (networks.size() < size) {
      networks.add(newNetwork.get());
    }
  }

  /** Runs the work on all parts of a batch; returns the results in order. */
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
   * Runs the work on all parts of a batch; returns the results in order and sums the gradients.
   *
   * @param maxSequences number of sequences in memory at once; a larger batch runs in several
   *     passes (gradient accumulation)
   * @param flatGradient receives the sum; overwritten
   */
  public <R> List<R> gradient(
      PackedBatch batch, int maxSequences, INDArray flatGradient, GradientWork<N, R> work) {
    List<R> results = new ArrayList<>();
    for (PackedBatch micro : batch.splitBySequences(maxSequences)) {
      List<PackedBatch> parts = micro.split(Threads.count());
      int before = results.size();
      // The batch's very first part writes to the vector that the others are added to.
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

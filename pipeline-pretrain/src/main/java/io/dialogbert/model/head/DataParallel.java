package io.dialogbert.model.head;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.model.EncoderParameters;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Kernels;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.model.kernel.Threads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * One network per thread, all over the same parameters. Each takes a part of every batch. So all
 * arithmetic runs on all threads, not only the matrix products, and no barrier follows each
 * product. A batch of one sequence is one part; its matrix products use all threads. Serves one
 * caller at a time.
 */
public final class DataParallel {
  /** Runs a network on its part of a batch. */
  @FunctionalInterface
  private interface Work<R> {
    R apply(BertNetwork network, PackedBatch part, int partIndex);
  }

  private final ModelConfig config;
  private final Supplier<BertNetwork> newNetwork;
  private final List<BertNetwork> networks = new ArrayList<>();
  private final List<INDArray> otherGradients = new ArrayList<>();

  private DataParallel(ModelConfig config, Supplier<BertNetwork> newNetwork) {
    this.config = config;
    this.newNetwork = newNetwork;
  }

  /**
   * Networks over a vector of the layout.
   *
   * @param kernels makes the kernels of each network
   */
  public static DataParallel over(ModelConfig config, INDArray flat, Supplier<Kernels> kernels) {
    return new DataParallel(config, () -> BertNetwork.over(config, flat, kernels.get()));
  }

  /**
   * Networks over a copy of the parameters in the layout that is fastest to read.
   *
   * @param precision of the matrix products
   */
  public static DataParallel frozen(ModelConfig config, INDArray flat, Precision precision) {
    ParameterLayout layout = config.layout();
    DataType type = flat.dataType();
    EncoderParameters encoder =
        EncoderParameters.of(config.encoder(), layout, flat)
            .frozen(Kernels.create(type, precision)::freeze);
    Map<String, INDArray> heads = new HashMap<>();
    heads.put(ParameterLayout.WORD_EMBEDDINGS, encoder.wordEmbeddings());
    for (Head head : config.heads()) {
      for (String name : head.shapes(config.encoder()).keySet()) {
        heads.put(name, layout.view(flat, name).dup());
      }
    }
    return new DataParallel(
        config,
        () -> new BertNetwork(config, encoder, heads::get, Kernels.create(type, precision)));
  }

  /** The same networks for another caller; both share the parameters. */
  public DataParallel another() {
    return new DataParallel(config, newNetwork);
  }

  private void grow(int size) {
    while (networks.size() < size) {
      networks.add(newNetwork.get());
    }
  }

  private <R> List<R> run(List<PackedBatch> parts, Work<R> work) {
    grow(parts.size());
    List<Supplier<R>> calls = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      int index = i;
      calls.add(() -> work.apply(networks.get(index), parts.get(index), index));
    }
    return Threads.all(calls);
  }

  /**
   * Outputs of a head.
   *
   * @return [B, O], or [N, O] for a head over tokens
   */
  public INDArray outputs(PackedBatch batch, String head, DropoutSeeds seeds) {
    return stack(
        batch, (network, part, i) -> network.outputs(part, head, Optional.empty(), seeds.part(i)));
  }

  /**
   * Outputs of a head over tokens, for some of them.
   *
   * @param rows packed rows, ascending
   * @return [rows, O]
   */
  public INDArray outputs(PackedBatch batch, String head, int[] rows) {
    grow(1);
    return networks.get(0).outputs(batch, head, Optional.of(rows), DropoutSeeds.OFF).dup('c');
  }

  /**
   * Outputs of several heads over tokens, from one pass: for the tokens that the batch has classes
   * for, else for all.
   *
   * @return [R][O] for each head
   */
  public List<float[][]> outputs(PackedBatch batch, List<String> heads) {
    List<List<float[][]>> parts =
        run(batch.split(Threads.count()), (network, part, i) -> network.outputs(part, heads));
    return IntStream.range(0, heads.size())
        .mapToObj(
            head ->
                parts.stream().flatMap(part -> Stream.of(part.get(head))).toArray(float[][]::new))
        .toList();
  }

  /** [B, H] pooled output: tanh of a linear map of each sequence's first token. */
  public INDArray pooled(PackedBatch batch) {
    return stack(batch, (network, part, i) -> network.pool(part));
  }

  private INDArray stack(PackedBatch batch, Work<INDArray> rows) {
    return Nd4j.vstack(
        run(
            batch.split(Threads.count()),
            (network, part, i) -> rows.apply(network, part, i).dup('c')));
  }

  /**
   * Losses and hits of a batch, without dropout.
   *
   * @throws io.dialogbert.common.BadInputException if the network cannot learn from a target
   */
  public Losses score(PackedBatch batch) {
    config.requireFits(batch);
    return losses(batch, 0, batch.split(Threads.count()), DropoutSeeds.OFF, 0, Optional.empty());
  }

  /**
   * Computes the losses of a batch and their gradient.
   *
   * @param step counted from 0; weights may depend on it
   * @param maxSequences number of sequences in memory at once; a larger batch runs in several
   *     passes (gradient accumulation)
   * @param flatGradient receives the sum; overwritten
   * @throws BadConfigException if a loss needs the whole batch, and it is larger
   * @throws io.dialogbert.common.BadInputException if the network cannot learn from a target
   */
  public Losses gradient(
      PackedBatch batch, long step, int maxSequences, DropoutSeeds seeds, INDArray flatGradient) {
    config.requireFits(batch);
    List<PackedBatch> passes = batch.splitBySequences(maxSequences);
    if (passes.size() > 1) {
      requireDivisible(batch, maxSequences);
    }
    Losses losses = Losses.ZERO;
    int before = 0;
    for (PackedBatch pass : passes) {
      List<PackedBatch> parts = pass.split(Threads.count());
      // The batch's very first part writes to the vector that the others are added to.
      int first = before == 0 ? 1 : 0;
      List<INDArray> others = otherGradients(parts.size() - first, flatGradient);
      List<INDArray> gradients = new ArrayList<>(others);
      if (before == 0) {
        gradients.add(0, flatGradient);
      }
      losses = losses.plus(losses(batch, before, parts, seeds, step, Optional.of(gradients)));
      others.forEach(flatGradient::addi);
      before += parts.size();
    }
    return losses;
  }

  private List<INDArray> otherGradients(int count, INDArray flatGradient) {
    while (otherGradients.size() < count) {
      otherGradients.add(
          Nd4j.createUninitializedDetached(flatGradient.dataType(), flatGradient.length()));
    }
    return otherGradients.subList(0, count);
  }

  private void requireDivisible(PackedBatch batch, int maxSequences) {
    for (Loss loss : config.losses()) {
      if (loss.needsWholeBatch() && loss.target(batch).isPresent()) {
        throw new BadConfigException(
            loss.lossName()
                + " compares sequences of the whole batch, but only "
                + maxSequences
                + " of its "
                + batch.numSequences()
                + " are in memory at once: micro-batch-size must be at least batch-size");
      }
    }
  }

  /**
   * Losses of the parts of one pass.
   *
   * @param before number of parts in earlier passes
   * @param gradients receive each part's gradient; empty for a score only
   */
  private Losses losses(
      PackedBatch whole,
      int before,
      List<PackedBatch> parts,
      DropoutSeeds seeds,
      long step,
      Optional<List<INDArray>> gradients) {
    List<Loss> together =
        config.losses().stream()
            .filter(loss -> loss.needsWholeBatch() && loss.target(whole).isPresent())
            .toList();
    if (together.isEmpty()) {
      return sum(
          run(
              parts,
              (network, part, i) -> {
                network.forward(part, whole, seeds.part(before + i), gradients.isPresent());
                Losses losses = network.computeLosses(whole, step);
                gradients.ifPresent(all -> network.backward(all.get(i)));
                return losses;
              }));
    }
    run(
        parts,
        (network, part, i) -> {
          network.forward(part, whole, seeds.part(before + i), gradients.isPresent());
          return true;
        });
    List<INDArray> outputs = together.stream().map(loss -> gather(loss, parts.size())).toList();
    Losses losses = sum(run(parts, (network, part, i) -> network.computeLosses(whole, step)));
    for (int i = 0; i < together.size(); i++) {
      Loss loss = together.get(i);
      losses = losses.plus(networks.get(0).compute(loss, whole, outputs.get(i), step));
      spread(loss, outputs.get(i), parts);
    }
    gradients.ifPresent(
        all ->
            run(
                parts,
                (network, part, i) -> {
                  network.backward(all.get(i));
                  return true;
                }));
    return losses;
  }

  /** [B, O] a copy of a head's outputs of all parts. */
  private INDArray gather(Loss loss, int numParts) {
    return Nd4j.vstack(
        networks.subList(0, numParts).stream()
            .map(network -> network.outputs(loss.head()).dup('c'))
            .toList());
  }

  /** Gives each part its share of the gradient of a head's outputs. */
  private void spread(Loss loss, INDArray gradient, List<PackedBatch> parts) {
    int from = 0;
    for (int i = 0; i < parts.size(); i++) {
      int to = from + parts.get(i).numSequences();
      networks
          .get(i)
          .addGradient(
              loss.head(), gradient.get(NDArrayIndex.interval(from, to), NDArrayIndex.all()));
      from = to;
    }
  }

  private static Losses sum(List<Losses> parts) {
    return parts.stream().reduce(Losses.ZERO, Losses::plus);
  }
}

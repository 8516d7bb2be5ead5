package io.dialogbert.model.head;

import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Dropout;
import io.dialogbert.model.kernel.Kernels;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A linear map. Letters: R rows, K their width, O outputs. */
final class LinearHead implements HeadNetwork {
  private final Head head;
  private final INDArray weight;
  private final INDArray bias;
  private final Kernels kernels;
  private final Arena arena;
  private INDArray pooled;

  LinearHead(Head head, Function<String, INDArray> parameters, Kernels kernels, Arena arena) {
    this.head = head;
    this.weight = parameters.apply(head.parameter("weight"));
    this.bias = parameters.apply(head.parameter("bias"));
    this.kernels = kernels;
    this.arena = arena;
  }

  @Override
  public INDArray forward(INDArray pooled, Dropout dropout) {
    this.pooled = pooled;
    kernels.dropout(pooled, dropout);
    INDArray outputs = arena.matrix(head.buffer("outputs"), pooled.rows(), weight.rows());
    kernels.linear(pooled, weight, bias, outputs);
    return outputs;
  }

  @Override
  public INDArray backward(
      INDArray dOutputs, ParameterLayout layout, INDArray flatGradient, Dropout dropout) {
    kernels.linearBackwardWeight(
        pooled,
        dOutputs,
        layout.view(flatGradient, head.parameter("weight")),
        layout.view(flatGradient, head.parameter("bias")));
    INDArray dPooled = arena.matrix(head.buffer("dPooled"), pooled.rows(), pooled.columns());
    kernels.linearBackwardInput(dOutputs, weight, dPooled);
    kernels.dropout(dPooled, dropout);
    return dPooled;
  }
}

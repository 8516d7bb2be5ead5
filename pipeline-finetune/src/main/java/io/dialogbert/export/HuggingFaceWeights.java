package io.dialogbert.export;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.head.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A network's parameters as transformers' BERT has them. Its classes have no turn ids and no heads
 * narrower than their share of the hidden width, so
 *
 * <ul>
 *   <li>token type s + S t stands for segment s and turn t, where S is the number of segments: its
 *       embedding is the sum of theirs;
 *   <li>heads that were taken out are put back as zeros, which add nothing.
 * </ul>
 *
 * Letters: H hidden, S segments.
 */
final class HuggingFaceWeights {
  private static final String SEGMENTS = "embeddings.token_type_embeddings";
  private static final String TURNS = "embeddings.turn_embeddings";
  private static final String ATTENTION_OUTPUT = "attention.output.dense.weight";

  private final ModelConfig model;
  private final Architecture architecture;
  private final Function<String, float[]> parameters;

  /**
   * Takes a network.
   *
   * @param parameters elements of a parameter by our name, row-major
   */
  HuggingFaceWeights(
      ModelConfig model, Architecture architecture, Function<String, float[]> parameters) {
    this.model = model;
    this.architecture = architecture;
    this.parameters = parameters;
  }

  /**
   * Number of heads in a layer of transformers' BERT.
   *
   * @param checkpoint the network's directory, for the message
   * @throws BadInputException if heads of this width do not make up the hidden width
   */
  static int numAttentionHeads(EncoderConfig encoder, String checkpoint) {
    if (encoder.hiddenSize() % encoder.headSize() != 0
        || encoder.attentionSize() > encoder.hiddenSize()) {
      throw new BadInputException(
          "transformers' BERT has heads that share the hidden size, but "
              + checkpoint
              + " has "
              + encoder.numAttentionHeads()
              + " heads of width "
              + encoder.headSize()
              + " and a hidden size of "
              + encoder.hiddenSize()
              + "; export it with formats = [onnx]");
    }
    return encoder.hiddenSize() / encoder.headSize();
  }

  /** The tensors in our parameters' order. */
  List<Safetensors.Tensor> tensors() {
    List<Safetensors.Tensor> tensors = new ArrayList<>();
    for (ParameterLayout.Parameter parameter : model.layout().parameters()) {
      String name = parameter.name();
      boolean left = name.equals(TURNS);
      if (!left && (architecture.hasPooler() || !name.startsWith("pooler."))) {
        tensors.add(
            new Safetensors.Tensor(
                architecture.tensorName(name), shape(parameter), () -> values(parameter)));
      }
    }
    return tensors;
  }

  private List<Integer> shape(ParameterLayout.Parameter parameter) {
    List<Integer> shape = new ArrayList<>(parameter.shape());
    if (parameter.name().equals(SEGMENTS)) {
      shape.set(0, model.encoder().typeVocabSize() * model.encoder().turnVocabSize());
    } else if (parameter.name().endsWith(ATTENTION_OUTPUT)) {
      shape.set(1, model.encoder().hiddenSize());
    } else if (parameter.name().contains(".attention.self.")) {
      shape.set(0, model.encoder().hiddenSize());
    }
    return List.copyOf(shape);
  }

  private float[] values(ParameterLayout.Parameter parameter) {
    float[] values = parameters.apply(parameter.name());
    int hidden = model.encoder().hiddenSize();
    if (parameter.name().equals(SEGMENTS)) {
      return tokenTypes(parameters, hidden);
    } else if (parameter.name().endsWith(ATTENTION_OUTPUT)) {
      return widened(values, model.encoder().attentionSize(), hidden);
    } else if (parameter.name().contains(".attention.self.")) {
      int columns = parameter.decayed() ? hidden : 1;
      return Arrays.copyOf(values, hidden * columns);
    }
    return values;
  }

  /**
   * Embeddings of token types.
   *
   * @param parameters elements of a parameter by our name, row-major
   * @return [S * turns, H]; row s + S t is the sum of segment s and turn t
   */
  static float[] tokenTypes(Function<String, float[]> parameters, int hidden) {
    float[] segments = parameters.apply(SEGMENTS);
    float[] turns = parameters.apply(TURNS);
    int numTurns = turns.length / hidden;
    float[] types = new float[segments.length * numTurns];
    for (int turn = 0; turn < numTurns; turn++) {
      for (int i = 0; i < segments.length; i++) {
        types[turn * segments.length + i] = segments[i] + turns[turn * hidden + i % hidden];
      }
    }
    return types;
  }

  /** A matrix with columns of zeros behind those that it has. */
  private static float[] widened(float[] matrix, int columns, int newColumns) {
    if (columns == newColumns) {
      return matrix;
    }
    int rows = matrix.length / columns;
    float[] wide = new float[rows * newColumns];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(matrix, row * columns, wide, row * newColumns, columns);
    }
    return wide;
  }
}

package io.dialogbert.export.onnx;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Function;
import onnx.Onnx.TensorProto.DataType;

/**
 * A network as a graph of ONNX's operators over padded batches. Letters: B sequences, T tokens of
 * the longest, H hidden, A heads, D width of a head, V vocabulary, O outputs.
 *
 * <p>Inputs, int64 [B, T]: {@code input_ids}, {@code attention_mask} (1: a token, 0: padding) and
 * {@code token_type_ids}, which are segment + S * turn, where S is the number of segments.
 */
public final class BertGraph {
  /** What a sum of squares is at least, as the norm's; zeros have no direction. */
  private static final float MIN_NORM = 1e-12f;

  private static final float MASKED = -Float.MAX_VALUE;
  private static final String[] TOKENS = {"batch", "sequence"};

  /** A protobuf message has at most 2 GiB; the graph itself takes far less than the rest. */
  private static final long MAX_PARAMETERS = (Integer.MAX_VALUE - (1L << 24)) / Float.BYTES;

  private final ModelConfig model;
  private final EncoderConfig encoder;
  private final Function<String, float[]> parameters;
  private final OnnxGraph graph = new OnnxGraph("dialogbert");

  private BertGraph(ModelConfig model, Function<String, float[]> parameters) {
    this.model = model;
    this.encoder = model.encoder();
    this.parameters = parameters;
  }

  /**
   * Writes a network. Outputs: those of each head as float32, [B, O] or [B, T, O], under the names
   * that transformers gives them; of a head that makes sentence vectors, {@code sentence_embedding}
   * [B, H] of length 1.
   *
   * @param tokenTypes embeddings of token types, [rows, H] row-major
   * @param parameters elements of a parameter by name, row-major
   * @throws BadInputException if the network is too large for one file, or has a head without such
   *     a form
   */
  public static void write(
      ModelConfig model, float[] tokenTypes, Function<String, float[]> parameters, OutputStream out)
      throws IOException {
    if (model.layout().length() > MAX_PARAMETERS) {
      throw new BadInputException(
          "a file of ONNX holds at most %,d parameters, the network has %,d; export it with formats = [huggingface]"
              .formatted(MAX_PARAMETERS, model.layout().length()));
    }
    BertGraph network = new BertGraph(model, parameters);
    network.build(tokenTypes);
    network.graph.write(out);
  }

  private void build(float[] tokenTypes) {
    String ids = graph.input("input_ids", DataType.INT64, TOKENS);
    String mask = graph.input("attention_mask", DataType.INT64, TOKENS);
    String types = graph.input("token_type_ids", DataType.INT64, TOKENS);
    String maskOfTokens = graph.add("Cast", List.of(OnnxGraph.whole("to", 1)), mask);
    String hidden = embeddings(ids, types, tokenTypes);
    String bias = attentionBias(maskOfTokens);
    for (int layer = 0; layer < encoder.numHiddenLayers(); layer++) {
      hidden = layer(hidden, bias, "encoder.layer." + layer + ".");
    }
    for (Head head : model.heads()) {
      head(head, hidden, maskOfTokens);
    }
  }

  private String embeddings(String ids, String types, float[] tokenTypes) {
    String words =
        graph.add("Gather", parameter(ParameterLayout.WORD_EMBEDDINGS, vocabulary()), ids);
    String typeTable =
        graph.floats(
            "embeddings.token_type_embeddings",
            tokenTypes,
            tokenTypes.length / encoder.hiddenSize(),
            encoder.hiddenSize());
    String length =
        graph.add("Shape", List.of(OnnxGraph.whole("start", 1), OnnxGraph.whole("end", 2)), ids);
    String positions =
        graph.add(
            "Slice",
            parameter(
                "embeddings.position_embeddings",
                encoder.maxPositionEmbeddings(),
                encoder.hiddenSize()),
            graph.longs("first_position", new long[] {0}, 1),
            length);
    String sum = graph.add("Add", words, graph.add("Gather", typeTable, types));
    return norm(graph.add("Add", sum, positions), "embeddings.LayerNorm");
  }

  /** 0 for tokens, the least float for padding: [B, 1, 1, T]. */
  private String attentionBias(String mask) {
    String one = graph.floats("one", new float[] {1});
    String padding = graph.add("Sub", one, mask);
    String bias = graph.add("Mul", padding, graph.floats("masked", new float[] {MASKED}));
    return graph.add("Unsqueeze", bias, graph.longs("axes_of_heads", new long[] {1, 2}, 2));
  }

  private String layer(String hidden, String bias, String prefix) {
    String attended = attention(hidden, bias, prefix + "attention.self.");
    String projected = linear(attended, prefix + "attention.output.dense");
    String normed =
        norm(graph.add("Add", projected, hidden), prefix + "attention.output.LayerNorm");
    String inner = graph.add("Gelu", linear(normed, prefix + "intermediate.dense"));
    String outer = linear(inner, prefix + "output.dense");
    return norm(graph.add("Add", outer, normed), prefix + "output.LayerNorm");
  }

  private String attention(String hidden, String bias, String prefix) {
    int width = encoder.headSize();
    String shape =
        graph.longs(prefix + "heads", new long[] {0, 0, encoder.numAttentionHeads(), width}, 4);
    String query = heads(linear(hidden, prefix + "query"), shape, 0, 2, 1, 3);
    String key = heads(linear(hidden, prefix + "key"), shape, 0, 2, 3, 1);
    String value = heads(linear(hidden, prefix + "value"), shape, 0, 2, 1, 3);
    String scale = graph.floats(prefix + "scale", new float[] {(float) (1 / Math.sqrt(width))});
    String scores = graph.add("Mul", graph.add("MatMul", query, key), scale);
    String probabilities =
        graph.add("Softmax", List.of(OnnxGraph.whole("axis", -1)), graph.add("Add", scores, bias));
    String context = heads(graph.add("MatMul", probabilities, value), "", 0, 2, 1, 3);
    return graph.add(
        "Reshape",
        context,
        graph.longs(prefix + "joined", new long[] {0, 0, encoder.attentionSize()}, 3));
  }

  /** Moves axes, after a new shape if one is given. */
  private String heads(String value, String shape, long... order) {
    String shaped = shape.isEmpty() ? value : graph.add("Reshape", value, shape);
    return graph.add("Transpose", List.of(OnnxGraph.wholes("perm", order)), shaped);
  }

  private void head(Head head, String hidden, String mask) {
    switch (head.projection()) {
      case TIED_DECODER ->
          output(decoder(hidden), "prediction_logits", "sequence", encoder.vocabSize());
      case NONE -> {
        if (head.pooling() != Head.Pooling.MEAN) {
          throw unknown(head);
        }
        output(direction(mean(hidden, mask)), "sentence_embedding", "", encoder.hiddenSize());
      }
      case LINEAR -> {
        boolean ofTokens = head.pooling() == Head.Pooling.TOKENS && head.layer() == null;
        if (!ofTokens && head.pooling() != Head.Pooling.FIRST) {
          throw unknown(head);
        }
        String name = head.name().equals(Head.NEXT_SENTENCE) ? "seq_relationship_logits" : "logits";
        output(
            linear(ofTokens ? hidden : pooled(hidden), head.name()),
            name,
            ofTokens ? "sequence" : "",
            head.numOutputs(encoder));
      }
    }
  }

  private static BadInputException unknown(Head head) {
    return new BadInputException(
        "head %s reads %s by %s, which is not exported"
            .formatted(head.name(), head.pooling(), head.projection()));
  }

  private void output(String value, String name, String perToken, int width) {
    String last = String.valueOf(width);
    String[] sizes =
        perToken.isEmpty() ? new String[] {"batch", last} : new String[] {"batch", perToken, last};
    graph.output(value, name, DataType.FLOAT, sizes);
  }

  private String pooled(String hidden) {
    String first = graph.add("Gather", List.of(OnnxGraph.whole("axis", 1)), hidden, zero());
    return graph.add("Tanh", linear(first, "pooler.dense"));
  }

  private String zero() {
    return graph.longs("first_token", new long[] {0});
  }

  private String decoder(String hidden) {
    String activation = graph.add("Gelu", linear(hidden, "cls.predictions.transform.dense"));
    String transformed = norm(activation, "cls.predictions.transform.LayerNorm");
    String decoder =
        graph.add(
            "Transpose", List.of(OnnxGraph.wholes("perm", 1, 0)), ParameterLayout.WORD_EMBEDDINGS);
    return graph.add(
        "Add",
        graph.add("MatMul", transformed, decoder),
        parameter(ParameterLayout.DECODER_BIAS, encoder.vocabSize()));
  }

  /** Mean over a sequence's tokens: [B, H]. */
  private String mean(String hidden, String mask) {
    String row = graph.add("Unsqueeze", mask, graph.longs("row_axis", new long[] {1}, 1));
    String length = graph.add("ReduceSum", mask, graph.longs("token_axis", new long[] {1}, 1));
    String mean = graph.add("Div", graph.add("MatMul", row, hidden), unsqueezed(length));
    return graph.add("Squeeze", mean, graph.longs("mean_axis", new long[] {1}, 1));
  }

  private String unsqueezed(String lengths) {
    return graph.add("Unsqueeze", lengths, graph.longs("length_axis", new long[] {2}, 1));
  }

  private String direction(String vectors) {
    String length = graph.add("ReduceL2", vectors, graph.longs("vector_axis", new long[] {1}, 1));
    return graph.add(
        "Div", vectors, graph.add("Max", length, graph.floats("min_norm", new float[] {MIN_NORM})));
  }

  /** x W^T + b, where W is [out, in]. */
  private String linear(String input, String name) {
    List<Integer> shape = model.layout().parameter(name + ".weight").shape();
    int out = shape.get(0);
    int in = shape.get(1);
    String weight =
        graph.floats(
            name + ".weight", transposed(parameters.apply(name + ".weight"), out, in), in, out);
    return graph.add("Add", graph.add("MatMul", input, weight), parameter(name + ".bias", out));
  }

  private static float[] transposed(float[] matrix, int rows, int columns) {
    float[] transposed = new float[matrix.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        transposed[column * rows + row] = matrix[row * columns + column];
      }
    }
    return transposed;
  }

  private String norm(String input, String name) {
    int width = encoder.hiddenSize();
    return graph.add(
        "LayerNormalization",
        List.of(
            OnnxGraph.whole("axis", -1), OnnxGraph.real("epsilon", (float) encoder.layerNormEps())),
        input,
        parameter(name + ".weight", width),
        parameter(name + ".bias", width));
  }

  private long[] vocabulary() {
    return new long[] {encoder.vocabSize(), encoder.hiddenSize()};
  }

  private String parameter(String name, long... shape) {
    return graph.floats(name, parameters.apply(name), shape);
  }
}

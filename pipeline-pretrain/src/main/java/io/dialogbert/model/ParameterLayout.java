package io.dialogbert.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.commons.codec.digest.DigestUtils;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Names the parts of one flat parameter vector, with BERT's standard names and row-major shapes
 * ({@code weight} is [out, in]).
 *
 * <p>Matrices come first, vectors (biases, layer normalization) after them. Weight decay applies
 * only to matrices, so each group is one contiguous range. Query, key and value of a layer are
 * adjacent in both groups: {@link #span} views the three as one matrix or vector.
 */
public final class ParameterLayout {
  private static final String LAYERS = "encoder.layer.";

  public static final String WORD_EMBEDDINGS = "embeddings.word_embeddings";

  /** Bias of the decoder that is tied to the word embeddings, one element for each token. */
  public static final String DECODER_BIAS = "cls.predictions.bias";

  /**
   * One named part of the flat vector.
   *
   * @param name BERT's name, such as {@code encoder.layer.0.attention.self.query.weight}
   * @param offset index of the first element
   * @param shape one or two sizes, row-major
   */
  public record Parameter(String name, long offset, List<Integer> shape) {
    public Parameter {
      shape = List.copyOf(shape);
    }

    /** Number of elements. */
    public long length() {
      return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** Whether weight decay applies: to matrices, not to biases and layer normalization. */
    public boolean decayed() {
      return shape.size() == 2;
    }

    /**
     * How far a part is from the input: 0 for the embeddings, then the layers from 1 on, the
     * pooler, and the heads.
     *
     * @param numHiddenLayers number of the encoder's layers
     */
    public int depth(int numHiddenLayers) {
      if (name.startsWith("embeddings.")) {
        return 0;
      }
      if (name.startsWith(LAYERS)) {
        return 1
            + Integer.parseInt(name.substring(LAYERS.length(), name.indexOf('.', LAYERS.length())));
      }
      return numHiddenLayers + (name.startsWith("pooler.") ? 1 : 2);
    }

    /** Whether this is a table of embeddings, or a bias of one, with more rows than another. */
    private boolean grownFrom(Parameter other) {
      boolean table = name.startsWith("embeddings.") && decayed();
      return (table || name.equals(DECODER_BIAS))
          && shape.size() == other.shape.size()
          && shape.get(0) > other.shape.get(0)
          && shape.subList(1, shape.size()).equals(other.shape.subList(1, shape.size()));
    }
  }

  private final Map<String, Parameter> parameters;
  private final long length;

  private ParameterLayout(Map<String, Parameter> named, long length) {
    this.parameters = Collections.unmodifiableMap(named);
    this.length = length;
  }

  /** Matrices first, then vectors. */
  private static ParameterLayout ordered(Map<String, List<Integer>> shapes) {
    List<Parameter> parameters = new ArrayList<>();
    long offset = 0;
    for (int rank = 2; rank >= 1; rank--) {
      for (Map.Entry<String, List<Integer>> entry : shapes.entrySet()) {
        if (entry.getValue().size() == rank) {
          Parameter parameter = new Parameter(entry.getKey(), offset, entry.getValue());
          parameters.add(parameter);
          offset = Math.addExact(offset, parameter.length());
        }
      }
    }
    return of(parameters);
  }

  /**
   * Encoder and pooler, then the heads.
   *
   * @param heads shapes of the heads' parameters by name, in order
   * @throws IllegalArgumentException if a head has a parameter of the encoder's name
   */
  public static ParameterLayout of(EncoderConfig config, Map<String, List<Integer>> heads) {
    Map<String, List<Integer>> shapes = encoder(config);
    heads.forEach(
        (name, shape) -> {
          if (shapes.putIfAbsent(name, shape) != null) {
            throw new IllegalArgumentException("two parameters are named " + name);
          }
        });
    return ordered(shapes);
  }

  /**
   * Parts as they lie in a vector.
   *
   * @param parameters in order, without gaps
   * @throws IllegalArgumentException if there is a gap or an overlap
   */
  public static ParameterLayout of(List<Parameter> parameters) {
    Map<String, Parameter> named = new LinkedHashMap<>();
    long length = 0;
    for (Parameter parameter : parameters) {
      if (parameter.offset() != length || named.put(parameter.name(), parameter) != null) {
        throw new IllegalArgumentException(
            parameter.name() + " is at " + parameter.offset() + ", expected at " + length);
      }
      length = Math.addExact(length, parameter.length());
    }
    return new ParameterLayout(named, length);
  }

  private static Map<String, List<Integer>> encoder(EncoderConfig config) {
    int h = config.hiddenSize();
    int a = config.attentionSize();
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    shapes.put(WORD_EMBEDDINGS, List.of(config.vocabSize(), h));
    shapes.put("embeddings.position_embeddings", List.of(config.maxPositionEmbeddings(), h));
    shapes.put("embeddings.token_type_embeddings", List.of(config.typeVocabSize(), h));
    shapes.put("embeddings.turn_embeddings", List.of(config.turnVocabSize(), h));
    shapes.put("embeddings.LayerNorm.weight", List.of(h));
    shapes.put("embeddings.LayerNorm.bias", List.of(h));
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      String prefix = layerPrefix(layer);
      linear(shapes, prefix + "attention.self.query", a, h);
      linear(shapes, prefix + "attention.self.key", a, h);
      linear(shapes, prefix + "attention.self.value", a, h);
      linear(shapes, prefix + "attention.output.dense", h, a);
      shapes.put(prefix + "attention.output.LayerNorm.weight", List.of(h));
      shapes.put(prefix + "attention.output.LayerNorm.bias", List.of(h));
      linear(shapes, prefix + "intermediate.dense", config.intermediateSize(), h);
      linear(shapes, prefix + "output.dense", h, config.intermediateSize());
      shapes.put(prefix + "output.LayerNorm.weight", List.of(h));
      shapes.put(prefix + "output.LayerNorm.bias", List.of(h));
    }
    linear(shapes, "pooler.dense", h, h);
    return shapes;
  }

  private static void linear(Map<String, List<Integer>> shapes, String name, int out, int in) {
    shapes.put(name + ".weight", List.of(out, in));
    shapes.put(name + ".bias", List.of(out));
  }

  static String layerPrefix(int layer) {
    return LAYERS + layer + ".";
  }

  /** Number of elements of the flat vector. */
  public long length() {
    return length;
  }

  /** All parts in the order of the flat vector. */
  public Collection<Parameter> parameters() {
    return parameters.values();
  }

  /**
   * Looks up a parameter.
   *
   * @throws IllegalArgumentException if there is no parameter of that name
   */
  public Parameter parameter(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException(
          "no parameter named " + name + " among " + parameters.size());
    }
    return parameter;
  }

  public boolean contains(String name) {
    return parameters.containsKey(name);
  }

  /** Hex SHA-256 of names and shapes in order. Vectors with the same hash have the same layout. */
  public String hash() {
    MessageDigest digest = DigestUtils.getSha256Digest();
    for (Parameter parameter : parameters.values()) {
      digest.update((parameter.name() + parameter.shape() + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** A view of one parameter in its shape; writing to it writes to the vector. */
  public INDArray view(INDArray flat, String name) {
    Parameter parameter = parameter(name);
    long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
    return view(flat, parameter.offset(), shape);
  }

  /**
   * One view over adjacent parameters of equal shape: [n * rows, columns] for matrices, [n *
   * length] for vectors.
   *
   * @throws IllegalArgumentException if they are not adjacent or differ in shape
   */
  public INDArray span(INDArray flat, String... names) {
    Parameter first = parameter(names[0]);
    for (int i = 0; i < names.length; i++) {
      Parameter parameter = parameter(names[i]);
      if (!parameter.shape().equals(first.shape())
          || parameter.offset() != first.offset() + i * first.length()) {
        throw new IllegalArgumentException("not neighbors of equal shape: " + List.of(names));
      }
    }
    long[] shape = first.shape().stream().mapToLong(Integer::longValue).toArray();
    shape[0] *= names.length;
    return view(flat, first.offset(), shape);
  }

  private INDArray view(INDArray flat, long offset, long[] shape) {
    if (flat.length() != length) {
      throw new IllegalArgumentException(
          "flat vector has " + flat.length() + " elements, layout has " + length);
    }
    long[] stride = shape.length == 2 ? new long[] {shape[1], 1} : new long[] {1};
    return Nd4j.create(flat.data(), shape, stride, flat.offset() + offset, 'c');
  }

  /**
   * Copies parameters from {@code source} into {@code target}, a vector of this layout. Copies each
   * parameter that {@code source} has under the mapped name. A table of embeddings may have more
   * rows than its source: the further rows are untouched.
   *
   * @param sourceName maps a name of this layout to the name to read it from
   * @return the names of this layout that were copied, in order; the rest of {@code target} is
   *     untouched
   * @throws IllegalArgumentException if a pair differs in shape; names both
   */
  public List<String> copy(
      INDArray target,
      ParameterLayout sourceLayout,
      INDArray source,
      UnaryOperator<String> sourceName) {
    List<String> copied = new ArrayList<>();
    for (Parameter parameter : parameters.values()) {
      String from = sourceName.apply(parameter.name());
      if (!sourceLayout.contains(from)) {
        continue;
      }
      Parameter had = sourceLayout.parameter(from);
      if (!had.shape().equals(parameter.shape()) && !parameter.grownFrom(had)) {
        throw new IllegalArgumentException(
            parameter.name()
                + " has shape "
                + parameter.shape()
                + ", source "
                + from
                + " has shape "
                + had.shape());
      }
      view(target, parameter.offset(), new long[] {had.length()})
          .assign(sourceLayout.view(source, had.offset(), new long[] {had.length()}));
      copied.add(parameter.name());
    }
    return List.copyOf(copied);
  }

  /**
   * The name mapping that initializes a student's layers from chosen layers of a teacher. Other
   * names map to themselves.
   *
   * @param teacherLayers element i: the teacher layer that student layer i is copied from
   */
  public static UnaryOperator<String> fromTeacherLayers(List<Integer> teacherLayers) {
    List<Integer> layers = List.copyOf(teacherLayers);
    return name -> {
      if (!name.startsWith(LAYERS)) {
        return name;
      }
      int end = name.indexOf('.', LAYERS.length());
      int layer = Integer.parseInt(name.substring(LAYERS.length(), end));
      if (layer >= layers.size()) {
        throw new IllegalArgumentException(
            "no teacher layer given for " + name + ", only for " + layers.size());
      }
      return LAYERS + layers.get(layer) + name.substring(end);
    };
  }
}

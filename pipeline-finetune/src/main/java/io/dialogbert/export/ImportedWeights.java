package io.dialogbert.export;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.ParameterLayout.Parameter;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Takes a BERT's tensors over into a network. Letters: H hidden.
 *
 * <p>Tables with a row for each token are permuted; rows that are new keep their values, except for
 * {@code [SEPT]}, which starts as {@code [SEP]}. Turn embeddings become zero, so that the network
 * computes what the BERT does.
 */
final class ImportedWeights {
  private static final String TURNS = "embeddings.turn_embeddings";

  private final ParameterLayout layout;
  private final INDArray flat;
  private final int[] rows;
  private final String file;
  private final Set<String> missing = new TreeSet<>();
  private int numUnused;

  /**
   * Makes turn embeddings zero.
   *
   * @param flat the network's parameters
   * @param rows for each token id, the row of the BERT's tables; -1 for a new one
   * @param sept token id whose row starts as that of {@code sep}, if it is new
   * @param file the tensors' file, for messages
   */
  ImportedWeights(
      ParameterLayout layout, INDArray flat, int[] rows, int sept, int sep, String file) {
    this.layout = layout;
    this.flat = flat;
    this.rows = rows.clone();
    this.file = file;
    if (rows[sept] == ImportedVocabulary.NEW) {
      this.rows[sept] = rows[sep];
    }
    layout.parameters().forEach(parameter -> missing.add(parameter.name()));
    layout.view(flat, TURNS).assign(0);
    missing.remove(TURNS);
  }

  /** Our name of a tensor; names of the first versions of BERT's port are known. */
  private static String ourName(String tensor) {
    String name = tensor.startsWith("bert.") ? tensor.substring("bert.".length()) : tensor;
    name = name.replaceFirst("LayerNorm\\.gamma$", "LayerNorm.weight");
    name = name.replaceFirst("LayerNorm\\.beta$", "LayerNorm.bias");
    return name.replaceFirst("_embeddings\\.weight$", "_embeddings");
  }

  /** Whether a tensor is one of the network's. */
  boolean wants(String tensor) {
    boolean known = layout.contains(ourName(tensor));
    numUnused += known ? 0 : 1;
    return known;
  }

  /**
   * Takes a tensor.
   *
   * @throws BadInputException if it has another shape than the configuration says; names both
   */
  void take(Safetensors.Entry entry, float[] values) {
    Parameter parameter = layout.parameter(ourName(entry.name()));
    boolean byToken =
        parameter.name().equals(ParameterLayout.WORD_EMBEDDINGS)
            || parameter.name().equals(ParameterLayout.DECODER_BIAS);
    List<Integer> expected = byToken ? tokensOf(parameter) : parameter.shape();
    if (!entry.shape().equals(expected)) {
      throw new BadInputException(
          "%s: %s must have shape %s by config.json and vocab.txt, has %s"
              .formatted(file, entry.name(), expected, entry.shape()));
    }
    INDArray view = layout.view(flat, parameter.name());
    if (byToken) {
      float[] ours = view.ravel().toFloatVector();
      int width = ours.length / rows.length;
      for (int id = 0; id < rows.length; id++) {
        if (rows[id] != ImportedVocabulary.NEW) {
          System.arraycopy(values, rows[id] * width, ours, id * width, width);
        }
      }
      view.assign(Nd4j.createFromArray(ours).reshape(view.shape()));
    } else {
      view.assign(Nd4j.createFromArray(values).reshape(view.shape()));
    }
    missing.remove(parameter.name());
  }

  private List<Integer> tokensOf(Parameter parameter) {
    int tokens = Arrays.stream(rows).max().orElseThrow() + 1;
    return parameter.decayed() ? List.of(tokens, parameter.shape().get(1)) : List.of(tokens);
  }

  /** Number of tensors that were left. */
  int numUnused() {
    return numUnused;
  }

  /**
   * Parameters of heads and pooler that the file did not have; they keep their values.
   *
   * @throws BadInputException if one of the embeddings or layers is missing; names it
   */
  Set<String> untrained() {
    missing.stream()
        .filter(name -> name.startsWith("embeddings.") || name.startsWith("encoder."))
        .findFirst()
        .ifPresent(
            name -> {
              throw new BadInputException(file + " has no tensor for " + name);
            });
    return Collections.unmodifiableSet(missing);
  }
}

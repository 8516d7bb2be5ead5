package io.dialogbert.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.VectorCopy;
import io.dialogbert.model.kernel.CudaCards;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.engine.GraphState;
import io.dialogbert.train.engine.NetworkState;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A trained network and its tokenizer, with optimizer state and position.
 *
 * @param graph can also be opened with stock DL4J: {@code ComputationGraph.load}
 * @param examplesSeen number of examples read in training
 */
public record Checkpoint(ComputationGraph graph, SerializedTokenizer tokenizer, long examplesSeen) {
  /**
   * Number of the format. Format 2 added the parameters' names, shapes and offsets to {@code
   * training.json}.
   */
  private static final int FORMAT = 2;

  /** A network of many tasks has some tens of kilobytes. */
  private static final int MAX_JSON_BYTES = 4 << 20;

  private static final String MODEL = "model.zip";
  private static final String POSITION = "training.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Writes the files to a directory. */
  public void save(Directories directories, Path directory) throws IOException {
    Tokenizers.save(directories, directory, tokenizer);
    saveNetwork(directories, directory);
  }

  /** Writes the network to a directory that has the tokenizer; replaces one that is there. */
  public void saveNetwork(Directories directories, Path directory) throws IOException {
    Path model = new Path(directory, MODEL);
    try (OutputStream out = directories.fileSystem(model).create(model, true)) {
      ModelSerializer.writeModel(graph, out, true);
    }
    ObjectNode position = JSON.createObjectNode();
    position.put("format", FORMAT);
    position.put("step", graph.getIterationCount());
    position.put("examples_seen", examplesSeen);
    position.put("num_parameters", graph.numParams());
    ParameterLayout layout = Graphs.layout(graph);
    position.put("layout_sha256", layout.hash());
    position.put("tokenizer_sha256", tokenizer.sha256());
    ArrayNode parameters = position.putArray("parameters");
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      ObjectNode described = parameters.addObject();
      described.put("name", parameter.name());
      parameter.shape().forEach(described.putArray("shape")::add);
      described.put("offset", parameter.offset());
    }
    directories.writeString(new Path(directory, POSITION), position.toPrettyString() + "\n");
  }

  /**
   * Reads a checkpoint without the optimizer's state. Stock DL4J can read that state, but it loads
   * the whole file onto the heap. No Java array can hold the moments of more than 268 M parameters.
   *
   * @throws BadInputException if a file is missing, a part that is read is truncated or corrupt, or
   *     the parts do not belong together
   */
  public static Checkpoint load(Directories directories, String directory) throws IOException {
    SerializedTokenizer tokenizer = loadTokenizer(directories, directory);
    CudaCards.requireUsable();
    ComputationGraph graph = new ComputationGraph(configuration(directories, directory));
    graph.init();
    loadParameters(directories, directory, new GraphState(graph));
    JsonNode position = position(directories, new Path(directory, POSITION));
    return new Checkpoint(graph, tokenizer, position.path("examples_seen").asLong());
  }

  /**
   * Reads only a checkpoint's tokenizer.
   *
   * @throws BadInputException if files are missing or do not belong together
   */
  public static SerializedTokenizer loadTokenizer(Directories directories, String directory)
      throws IOException {
    SerializedTokenizer tokenizer = Tokenizers.load(directories, directory);
    JsonNode position = position(directories, new Path(directory, POSITION));
    requireSame("tokenizer", position, tokenizer.sha256(), directory);
    return tokenizer;
  }

  /**
   * Reads only the configuration of a checkpoint's network.
   *
   * @return DL4J's JSON
   * @throws BadInputException if the file is missing, truncated or corrupt, or if this version does
   *     not know the network
   */
  public static String loadNetworkJson(Directories directories, String directory)
      throws IOException {
    return configuration(directories, directory).toJson();
  }

  private static ComputationGraphConfiguration configuration(
      Directories directories, String directory) throws IOException {
    Path model = new Path(directory, MODEL);
    byte[] json =
        read(
            directories,
            model,
            ModelSerializer.CONFIGURATION_JSON,
            entry -> entry.readNBytes(MAX_JSON_BYTES + 1));
    try {
      if (json.length > MAX_JSON_BYTES) {
        throw new IllegalArgumentException("its description is over " + MAX_JSON_BYTES + " bytes");
      }
      return Graphs.configuration(new String(json, StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      // DL4J wraps the exceptions of its mapper.
      throw new BadInputException(
          model
              + " is not of a network that this version reads: "
              + ExceptionUtils.getRootCauseMessage(e),
          e);
    }
  }

  /**
   * Reads a checkpoint's parameters into a network; holds nothing else of it in memory.
   *
   * @throws BadInputException if a file is missing, truncated or corrupt, or if the network has
   *     other parameters
   */
  static void loadParameters(Directories directories, String directory, NetworkState network)
      throws IOException {
    JsonNode position = position(directories, new Path(directory, POSITION));
    if (!position.has("parameters")) {
      // The first format has no list of them.
      requireSame("layout", position, network.layout().hash(), directory);
    }
    ParameterLayout stored =
        position.has("parameters") ? layout(position, directory) : network.layout();
    try (INDArray params =
        read(
            directories,
            new Path(directory, MODEL),
            ModelSerializer.COEFFICIENTS_BIN,
            entry -> Nd4j.read(new DataInputStream(entry)))) {
      if (params.length() != stored.length()) {
        throw new BadInputException(
            "checkpoint has "
                + params.length()
                + " parameters, but "
                + POSITION
                + " lists "
                + stored.length()
                + ": "
                + directory
                + "; copy the whole directory again");
      }
      copy(stored, new VectorCopy(params), network, directory);
    }
  }

  /** Copies by name: a later version may order parameters differently. */
  private static void copy(
      ParameterLayout stored, VectorCopy params, NetworkState network, String directory) {
    VectorCopy target = network.params();
    for (ParameterLayout.Parameter parameter : network.layout().parameters()) {
      if (!stored.contains(parameter.name())
          || !stored.parameter(parameter.name()).shape().equals(parameter.shape())) {
        throw new BadInputException(
            "checkpoint has no parameter "
                + parameter.name()
                + " of shape "
                + parameter.shape()
                + ": "
                + directory
                + "; copy the whole directory again");
      }
      long from = stored.parameter(parameter.name()).offset();
      float[] block = new float[(int) Math.min(parameter.length(), 1 << 20)];
      for (long done = 0; done < parameter.length(); done += block.length) {
        int count = (int) Math.min(block.length, parameter.length() - done);
        params.read(from + done, block, count);
        target.write(parameter.offset() + done, block, count);
      }
    }
  }

  private static ParameterLayout layout(JsonNode position, String directory) {
    List<ParameterLayout.Parameter> parameters = new ArrayList<>();
    for (JsonNode parameter : position.path("parameters")) {
      List<Integer> shape = new ArrayList<>();
      parameter.path("shape").forEach(size -> shape.add(size.asInt()));
      parameters.add(
          new ParameterLayout.Parameter(
              parameter.path("name").asText(), parameter.path("offset").asLong(), shape));
    }
    ParameterLayout layout = ParameterLayout.of(parameters);
    requireSame("layout", position, layout.hash(), directory);
    return layout;
  }

  private interface Reader<T> {
    T read(InputStream entry) throws IOException;
  }

  private static <T> T read(Directories directories, Path path, String name, Reader<T> reader)
      throws IOException {
    try (ZipInputStream zip = new ZipInputStream(directories.fileSystem(path).open(path))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(name)) {
          T value = reader.read(zip);
          // Reads to the end of the entry, which checks its CRC-32.
          zip.closeEntry();
          return value;
        }
      }
      throw new EOFException(name);
    } catch (FileNotFoundException e) {
      throw missing(path, e);
    } catch (EOFException | ZipException | RuntimeException e) {
      // ND4J wraps the exceptions of the stream.
      throw torn(path, e);
    }
  }

  private static void requireSame(String what, JsonNode position, String found, String directory) {
    String trainedWith = position.path(what + "_sha256").asText();
    if (!trainedWith.equals(found)) {
      throw new BadInputException(
          "checkpoint was trained with "
              + what
              + " "
              + trainedWith
              + ", but the one beside it is "
              + found
              + ": "
              + directory
              + "; copy the whole directory again");
    }
  }

  private static JsonNode position(Directories directories, Path path) throws IOException {
    try {
      JsonNode position = JSON.readTree(directories.readString(path));
      int format = position.path("format").asInt(1);
      if (format > FORMAT) {
        throw new BadInputException(
            path
                + " has format "
                + format
                + ", this version reads up to "
                + FORMAT
                + "; read it with the version that wrote it");
      }
      return position;
    } catch (FileNotFoundException e) {
      throw missing(path, e);
    } catch (JsonProcessingException e) {
      throw torn(path, e);
    }
  }

  private static BadInputException missing(Path path, Exception cause) {
    return new BadInputException(
        path + " must be there; give the directory that a training job wrote", cause);
  }

  private static BadInputException torn(Path path, Exception cause) {
    return new BadInputException(
        path + " is torn (" + cause.getClass().getSimpleName() + "); copy or train it again",
        cause);
  }
}

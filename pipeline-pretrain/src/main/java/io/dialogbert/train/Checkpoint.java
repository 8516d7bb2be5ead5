package io.dialogbert.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.common.BadInputException;
import io.dialogbert.common.Directories;
import io.dialogbert.common.JobContext;
import io.dialogbert.preprocess.Tokenizers;
import io.dialogbert.text.SerializedTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;

/**
 * A trained network and the tokenizer that belongs to it, with optimiser state and position.
 *
 * @param graph opens with stock DL4J, too: {@code ComputationGraph.load}
 * @param examplesSeen examples that its training read
 */
public record Checkpoint(ComputationGraph graph, SerializedTokenizer tokenizer, long examplesSeen) {
  private static final String MODEL = "model.zip";
  private static final String POSITION = "training.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Writes the files into a job's output. */
  public void save(JobContext job) throws IOException {
    try (OutputStream out = job.create(MODEL)) {
      ModelSerializer.writeModel(graph, out, true);
    }
    Tokenizers.save(job.directories(), job.output(), tokenizer);
    ObjectNode position = JSON.createObjectNode();
    position.put("step", graph.getIterationCount());
    position.put("examples_seen", examplesSeen);
    position.put("num_parameters", graph.numParams());
    position.put("tokenizer_sha256", tokenizer.sha256());
    job.directories().writeString(job.outputPath(POSITION), position.toPrettyString() + "\n");
  }

  /**
   * Reads a checkpoint.
   *
   * @throws BadInputException if a file is missing or its parts do not belong together
   */
  public static Checkpoint load(Directories directories, String directory) throws IOException {
    SerializedTokenizer tokenizer = Tokenizers.load(directories, directory);
    JsonNode position = JSON.readTree(directories.readString(new Path(directory, POSITION)));
    String trainedWith = position.path("tokenizer_sha256").asText();
    if (!trainedWith.equals(tokenizer.sha256())) {
      throw new BadInputException(
          "checkpoint was trained with tokenizer "
              + trainedWith
              + ", beside it lies "
              + tokenizer.sha256()
              + ": "
              + directory);
    }
    Path model = new Path(directory, MODEL);
    try (InputStream in = directories.fileSystem(model).open(model)) {
      ComputationGraph graph = ModelSerializer.restoreComputationGraph(in, true);
      return new Checkpoint(graph, tokenizer, position.path("examples_seen").asLong());
    }
  }
}

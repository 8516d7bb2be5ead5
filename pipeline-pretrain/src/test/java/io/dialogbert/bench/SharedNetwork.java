package io.dialogbert.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.Target;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Head;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A classifier's parameters and batches as files, so that another program computes the same. {@code
 * parameters} holds float32, least byte first; {@code network.json} names its parts, and has the
 * ids, offsets and labels of each batch.
 */
final class SharedNetwork {
  private SharedNetwork() {}

  static void write(Path directory, ComputationGraph graph, List<PackedBatch> batches)
      throws IOException {
    INDArray flat = graph.params().reshape(graph.numParams());
    try (OutputStream out = Files.newOutputStream(directory.resolve("parameters"))) {
      for (ParameterLayout.Parameter parameter : Graphs.layout(graph).parameters()) {
        float[] values = Graphs.layout(graph).view(flat, parameter.name()).dup().data().asFloat();
        ByteBuffer bytes =
            ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        out.write(bytes.array());
      }
    }
    Map<String, Object> network =
        Map.of(
            "layout", Graphs.layout(graph).parameters(),
            "batches", batches.stream().map(SharedNetwork::batch).toList());
    new ObjectMapper().writeValue(directory.resolve("network.json").toFile(), network);
  }

  private static Map<String, int[]> batch(PackedBatch batch) {
    return Map.of(
        "ids", batch.inputIds(),
        "offsets", batch.sequenceOffsets(),
        "labels", batch.target(Head.CLASSIFIER, Target.Classes.class).orElseThrow().labels());
  }
}

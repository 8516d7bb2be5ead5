package io.dialogbert.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.train.ExampleReader;
import java.util.List;

/**
 * What a side of the comparison trains, by two workers.
 *
 * @param stock whether DL4J's own training master does it
 * @param master Spark's; also what says where driver and executors are
 * @param rounds that are done at a time
 * @param directory for files of its own
 */
record AveragingCase(
    boolean stock,
    String master,
    int numLayers,
    int hiddenSize,
    int vocabSize,
    int batchSize,
    int frequency,
    int rounds,
    List<ExampleReader.Part> parts,
    String directory) {
  static final int WORKERS = 2;

  private static final ObjectMapper JSON = new ObjectMapper();

  static AveragingCase read(String json) throws JsonProcessingException {
    return JSON.readValue(json, AveragingCase.class);
  }

  String toJson() throws JsonProcessingException {
    return JSON.writeValueAsString(this);
  }

  /** Examples of {@link #rounds}. */
  int examples() {
    return WORKERS * rounds * frequency * batchSize;
  }

  /**
   * What {@link AveragingWorker} answers.
   *
   * @param seconds of all that was asked for
   * @param trainSeconds of them that the workers trained; 0 for the stock master, which does not
   *     tell
   * @param fileBytes written to and read from the shared file system
   * @param driverBytes that Spark moved through the driver
   * @param sparkBytes that Spark moved in all
   * @param liveHeap the driver's, in bytes; its peak where that was asked for
   */
  record Reply(
      double seconds,
      double trainSeconds,
      long fileBytes,
      long driverBytes,
      long sparkBytes,
      long liveHeap) {
    static Reply read(String json) throws JsonProcessingException {
      return JSON.readValue(json, Reply.class);
    }

    String toJson() throws JsonProcessingException {
      return JSON.writeValueAsString(this);
    }
  }
}

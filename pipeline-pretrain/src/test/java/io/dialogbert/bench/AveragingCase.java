package io.dialogbert.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.train.ExampleReader;
import java.util.List;

/**
 * What one side of the comparison trains, with two workers.
 *
 * @param stock whether DL4J's own training master trains
 * @param master Spark's master URL; also determines where driver and executors run
 * @param rounds number of rounds done at a time
 * @param directory for the case's own files
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

  /** Number of examples in {@link #rounds}. */
  int examples() {
    return WORKERS * rounds * frequency * batchSize;
  }

  /**
   * The answer from {@link AveragingWorker}.
   *
   * @param seconds time of the whole request
   * @param trainSeconds part of that time in which the workers trained; 0 for the stock master,
   *     which does not report it
   * @param fileBytes bytes written to and read from the shared file system
   * @param driverBytes bytes that Spark moved through the driver
   * @param sparkBytes bytes that Spark moved in all
   * @param liveHeap the driver's heap in bytes; its peak if that was requested
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

package io.dialogbert.task;

/**
 * A context to classify. The arrays belong to the example; nobody may change them.
 *
 * @param inputIds int32 [T], {@code [CLS] turn [SEPT] turn [SEP]}
 * @param segmentIds int32 [T], all 0
 * @param turnIds int32 [T], alternating from turn to turn, from 0
 * @param label class, from 0
 * @param teacherLogits float32 [C], or empty without a teacher
 */
public record TaskExample(
    String exampleId,
    int[] inputIds,
    int[] segmentIds,
    int[] turnIds,
    int label,
    float[] teacherLogits) {
  public TaskExample {
    if (segmentIds.length != inputIds.length || turnIds.length != inputIds.length) {
      throw new IllegalArgumentException(
          "input_ids, segment_ids and turn_ids must be equally long, are "
              + inputIds.length
              + ", "
              + segmentIds.length
              + " and "
              + turnIds.length
              + ": example "
              + exampleId);
    }
    if (label < 0) {
      throw new IllegalArgumentException(
          "label must not be negative, is " + label + ": example " + exampleId);
    }
  }

  /** This example with what a teacher says of it. */
  public TaskExample withTeacherLogits(float[] logits) {
    return new TaskExample(exampleId, inputIds, segmentIds, turnIds, label, logits);
  }
}

package io.dialogbert.task;

/**
 * A context to classify. The example owns the arrays; nobody may change them.
 *
 * @param inputIds int32 [T], {@code [CLS] turn [SEPT] turn [SEP]}
 * @param segmentIds int32 [T], all 0
 * @param turnIds int32 [T], 0 for the first turn, then 1, 0, 1 and so on
 * @param label class index, from 0
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

  /** This example with a teacher's logits. */
  public TaskExample withTeacherLogits(float[] logits) {
    return new TaskExample(exampleId, inputIds, segmentIds, turnIds, label, logits);
  }
}
